using System.Globalization;
using Diecast.Bases;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Store;

namespace Diecast.Building;

/// <summary>Finds out whether a definition gives the same bytes again.</summary>
public static class ReproducibilityCheck
{
    private const string WorkKind = "check";

    /// <summary>
    /// Builds twice, the second time on one thread and with another directory for what is in between, and compares every
    /// output. Nothing is left of either build but the cached base.
    /// </summary>
    /// <param name="loaded">The definition.</param>
    /// <param name="options">What the caller decides of a build; the output's directory is not used, and digests are always made.</param>
    /// <param name="observer">Told of the steps; may be null.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BuildException">The image cannot be made; <see cref="ImageBuilder.Build"/> throws more for the same.</exception>
    public static ReproducibilityReport Run(
        LoadedDefinition loaded, BuildOptions options, IProgress<BuildEvent>? observer = null, CancellationToken cancellation = default)
    {
        var store = CacheStore.Open(options.CacheDirectory);
        using CacheWork one = store.MakeWork(WorkKind);
        using CacheWork two = store.MakeWork(WorkKind);
        using var first = new ImageBuilder.Trial(loaded, OptionsOf(options, one), observer, cancellation);
        BuildReport before = Write(first);
        // What was installed for the first is in the cache for the second, also where the archive has changed meanwhile.
        BuildOptions again = OptionsOf(options, two) with { Workers = 1, WorkDirectory = two.Path, Network = NetworkPolicy.Offline };
        using var second = new ImageBuilder.Trial(loaded, again, observer, cancellation);
        BuildReport after = Write(second);
        return new ReproducibilityReport
        {
            Build = before,
            Differences = [.. Compare(Facts(before, one.Path), Facts(after, two.Path), (name, format) =>
                ContentDifference.Find(format, Open(first, one, name), Open(second, two, name), cancellation))],
        };
    }

    /// <summary>Builds once and compares with what an earlier build reported, here or elsewhere.</summary>
    /// <param name="loaded">The definition.</param>
    /// <param name="earlier">What the earlier build reported.</param>
    /// <param name="options">As for <see cref="Run"/>.</param>
    /// <param name="observer">Told of the steps; may be null.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BuildException">The image cannot be made, or the earlier report has no digests.</exception>
    public static ReproducibilityReport Against(
        LoadedDefinition loaded, BuildReport earlier, BuildOptions options, IProgress<BuildEvent>? observer = null, CancellationToken cancellation = default)
    {
        if (earlier.Outputs.FirstOrDefault(output => output.Sha256 is null) is { } bare)
            throw new BuildException($"the report says no digest of {Path.GetFileName(bare.Path)}", "build it again without --digest none");
        using CacheWork work = CacheStore.Open(options.CacheDirectory).MakeWork(WorkKind);
        using var trial = new ImageBuilder.Trial(loaded, OptionsOf(options, work), observer, cancellation);
        BuildReport now = Write(trial);
        return new ReproducibilityReport { Build = now, Differences = [.. Compare(earlier, Facts(now, work.Path), (_, _) => null)] };
    }

    private static BuildOptions OptionsOf(BuildOptions options, CacheWork work) => options with
    {
        OutputPath = work.Path + Path.DirectorySeparatorChar,
        Digest = OutputDigest.Sha256,
    };

    private static BuildReport Write(ImageBuilder.Trial trial) => trial.Run("build", (set, progress) => set.WriteAll(progress));

    /// <summary>The report with the outputs' names in place of their paths.</summary>
    private static BuildReport Facts(BuildReport report, string directory) => report with
    {
        Outputs = report.Outputs.Select(output => output with { Path = Path.GetRelativePath(directory, output.Path) }).ToValueList(),
    };

    private static HostFile? Open(ImageBuilder.Trial trial, CacheWork work, string name) => trial.Outputs.OpenWritten(Path.Combine(work.Path, name));

    private static IEnumerable<BuildDifference> Compare(BuildReport before, BuildReport after, Func<string, string, string?> explain)
    {
        string[] compressors = [.. before.Codecs.Except(after.Codecs).Concat(after.Codecs.Except(before.Codecs))];
        if (compressors.Length > 0)
        {
            yield return new BuildDifference(
                "compressors", $"{Listed(before.Codecs)} before, {Listed(after.Codecs)} now: another version or level may give other bytes of the same content");
        }

        if (before.Epoch != after.Epoch)
            yield return new BuildDifference("epoch", string.Create(CultureInfo.InvariantCulture, $"{before.Epoch} before, {after.Epoch} now"));
        if (PlanDifference(before.Plan, after.Plan) is { } plan)
            yield return new BuildDifference("plan", plan);
        foreach (OutputReport output in before.Outputs)
        {
            string name = Path.GetFileName(output.Path);
            OutputReport? same = after.Outputs.FirstOrDefault(other => Path.GetFileName(other.Path) == name && other.Format == output.Format)
                ?? (before.Outputs.Count(other => other.Format == output.Format) == 1 ? after.Outputs.FirstOrDefault(other => other.Format == output.Format) : null);
            if (same is null)
            {
                yield return new BuildDifference(name, $"there is no such output of the format {output.Format} now");
            }
            else if (output.Sha256 != same.Sha256)
            {
                string sizes = output.Size == same.Size ? "" : string.Create(CultureInfo.InvariantCulture, $"; {output.Size} bytes before, {same.Size} now");
                string where = explain(same.Path, same.Format) is { } found ? $"; {found}" : "";
                yield return new BuildDifference(name, $"SHA-256 {output.Sha256} before, {same.Sha256} now{sizes}{where}");
            }
        }

        foreach (OutputReport output in after.Outputs.Where(output => before.Outputs.All(other => other.Format != output.Format)))
            yield return new BuildDifference(Path.GetFileName(output.Path), $"there was no output of the format {output.Format} before");
    }

    /// <summary>The first line in which two plans differ.</summary>
    private static string? PlanDifference(string before, string after)
    {
        string[] one = before.Split('\n');
        string[] two = after.Split('\n');
        for (int i = 0; i < Math.Max(one.Length, two.Length); i++)
        {
            string a = i < one.Length ? one[i].Trim() : "";
            string b = i < two.Length ? two[i].Trim() : "";
            if (a != b)
                return $"\"{a}\" before, \"{b}\" now";
        }

        return null;
    }

    private static string Listed(ValueList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}

/// <summary>Whether a definition gave the same bytes again.</summary>
public sealed record ReproducibilityReport
{
    /// <summary>The build that was made, of two the first; its outputs are gone.</summary>
    public required BuildReport Build { get; init; }

    /// <summary>What was not the same, the first difference of each kind; empty for a reproducible definition.</summary>
    public required ValueList<BuildDifference> Differences { get; init; }

    /// <summary>Whether everything was the same.</summary>
    public bool IsReproducible => Differences.Count == 0;
}

/// <summary>Something in which two builds differ.</summary>
/// <param name="Subject">An output's name, or <c>plan</c>, <c>compressors</c> or <c>epoch</c>.</param>
/// <param name="Explanation">How they differ, with the partition and the file where these can be told.</param>
public sealed record BuildDifference(string Subject, string Explanation);
