using System.Globalization;

namespace Diecast;

/// <summary>A size in bytes. Written as a number with K, M, G, T or P (powers of 1024), or without for bytes.</summary>
/// <param name="Bytes">The size; zero or more.</param>
public readonly record struct ByteSize(long Bytes)
{
    private const string Units = "KMGTP";

    /// <summary>A size in KiB.</summary>
    public static ByteSize KiB(long count) => new(count << 10);

    /// <summary>A size in MiB.</summary>
    public static ByteSize MiB(long count) => new(count << 20);

    /// <summary>A size in GiB.</summary>
    public static ByteSize GiB(long count) => new(count << 30);

    /// <summary>
    /// Reads <c>512</c>, <c>512B</c>, <c>512M</c>, <c>512MiB</c> or <c>1.5G</c>; null when the text is no size. <c>512MB</c> is
    /// none: to some it is a power of ten, to some of two.
    /// </summary>
    public static ByteSize? TryParse(string text)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        int shift = 0;
        bool isBinary = number.EndsWith("iB", StringComparison.OrdinalIgnoreCase);
        if (isBinary)
            number = number[..^2];
        if (number.Length > 0 && Units.IndexOf(char.ToUpperInvariant(number[^1]), StringComparison.Ordinal) is >= 0 and int unit)
        {
            shift = 10 * (unit + 1);
            number = number[..^1];
        }
        else if (isBinary)
        {
            return null;
        }
        else if (number.EndsWith("B", StringComparison.OrdinalIgnoreCase))
        {
            number = number[..^1];
        }

        if (!decimal.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
            return null;
        if (value > (decimal)(long.MaxValue >> shift))
            return null;
        decimal bytes = value * (1L << shift);
        return bytes == Math.Floor(bytes) ? new ByteSize((long)bytes) : null;
    }

    /// <summary>The exact size with the largest unit that leaves a whole number: <c>512M</c>, <c>1537</c>.</summary>
    public override string ToString()
    {
        long value = Bytes;
        int unit = -1;
        while (value > 0 && value % 1024 == 0 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit < 0
            ? value.ToString(CultureInfo.InvariantCulture)
            : value.ToString(CultureInfo.InvariantCulture) + Units[unit];
    }
}
