using System.Globalization;
using Diecast.Formats;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Xfs;

namespace Diecast.ForeignFileSystems;

/// <summary>XFS by mkfs.xfs -p, whose prototype states owners and devices in words.</summary>
internal sealed class XfsFormat : ForeignFormat
{
    private const string Prototype = "prototype";

    /// <summary>mkfs.xfs makes none that is smaller.</summary>
    private const long Least = 300 * MebiByte;

    /// <summary>The least log, and the group heads of a small file system.</summary>
    private const long Overhead = 80 * MebiByte;

    /// <summary>The share of the content that the kernel wants free in each group, for its trees to grow.</summary>
    private const int Reserve = 16;

    private static readonly Version WideCounts = new(5, 19);
    private static readonly Version Exchange = new(6, 10);

    internal override string Name => "xfs";

    internal override ForeignTool Tool { get; } = new("mkfs.xfs", "xfsprogs");

    internal override void Stage(ForeignRequest request, string directory, CancellationToken cancellation)
    {
        Directory.CreateDirectory(directory);
        using (FileStream prototype = File.Create(Path.Combine(directory, Prototype)))
            XfsPrototype.Write(request.Staged, number => number.ToString(CultureInfo.InvariantCulture), prototype);
        HostStage.WriteContents(request.Staged, directory, cancellation);
    }

    internal override long Guess(ForeignRequest request)
    {
        long content = ContentBytes(request.Staged) + (request.Staged.Inodes.Count * 1024L);
        return Units.RoundUp(Math.Max(Math.Max(content + (content / Reserve) + Overhead + request.FreeBytes, request.MinimumSize), Least), MebiByte);
    }

    internal override void Make(ForeignRun run)
    {
        string[] extra = [.. Extra(run.Request)];
        List<string> arguments = ["-q", "-f", "-K", "-p", Prototype, "-m", $"uuid={run.Request.Uuid}"];
        if (run.Request.Label.Length > 0)
            arguments.AddRange(["-L", run.Request.Label]);
        // What GRUB 2.12 and kernels before 6.10 refuse to read.
        if (run.Version >= WideCounts && !extra.Any(word => word.Contains("nrext64", StringComparison.Ordinal)))
            arguments.AddRange(["-i", "nrext64=0"]);
        if (run.Version >= Exchange && !extra.Any(word => word.Contains("exchange=", StringComparison.Ordinal)))
            arguments.AddRange(["-i", "exchange=0"]);
        if (run.Version >= Exchange)
            arguments.AddRange(["-n", "parent=0"]);
        Tool.Run(
            [.. arguments, .. extra, run.Image],
            run.Stage,
            [
                new("SOURCE_DATE_EPOCH", run.Request.Time.Seconds.ToString(CultureInfo.InvariantCulture)),
                new("DETERMINISTIC_SEED", "1"),
            ],
            run.Cancellation);
    }

    internal override void Finish(ForeignRequest request, ImageEditor image) => XfsFinisher.Finish(image, request.Staged, request.Time);
}
