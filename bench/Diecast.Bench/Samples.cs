using System.Globalization;

namespace Diecast.Bench;

/// <summary>What the runs of a case say together.</summary>
public static class Samples
{
    /// <summary>The middle value, or the mean of the two in the middle.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The median of a value.</summary>
    public static double Median<T>(IEnumerable<T> samples, Func<T, double> value) => Median(samples.Select(value));

    /// <summary>The median of the ratios within a turn; of the medians, where one side was run fewer times. One to itself, nothing to nothing.</summary>
    public static string Ratio(IReadOnlyList<Sample> own, IReadOnlyList<Sample>? other, Func<Sample, double> value, string form = "0.00")
    {
        ArgumentNullException.ThrowIfNull(own);
        if (other is null || ReferenceEquals(own, other))
            return other is null ? "" : "1";
        double ratio = own.Count == other.Count ? Median(own.Zip(other, (a, b) => value(a) / value(b))) : Median(own, value) / Median(other, value);
        return ratio.ToString(form, CultureInfo.InvariantCulture);
    }

    /// <summary>Cells of a Markdown table: seconds of the processor, seconds, and MiB.</summary>
    public static string Cells(IReadOnlyList<Sample> own) => string.Create(
        CultureInfo.InvariantCulture, $"{Median(own, s => s.Processor):0.00} | {Median(own, s => s.Wall):0.00} | {Median(own, s => s.Peak):0}");

    /// <summary>Whether the case takes so long that one run is enough.</summary>
    public static bool IsEnough(IReadOnlyList<Sample> samples) => samples is [{ Wall: > Sample.Long }, ..];
}
