using System.Globalization;
using Diecast.Formats;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.F2fs;
using Diecast.Formats.Trees;

namespace Diecast.ForeignFileSystems;

/// <summary>F2FS by mkfs.f2fs, filled by sload.f2fs.</summary>
internal sealed class F2fsFormat : ForeignFormat
{
    private const string Package = "f2fs-tools";

    /// <summary>Tables, the segments that are kept for cleaning, and the six that are written to.</summary>
    private const long Overhead = 64 * MebiByte;

    /// <summary>An inode is a block.</summary>
    private const int InodeBytes = 4096;

    private static readonly ForeignTool Filler = new("sload.f2fs", Package);

    internal override string Name => "f2fs";

    internal override ForeignTool Tool { get; } = new("mkfs.f2fs", Package);

    internal override void Stage(ForeignRequest request, string directory, CancellationToken cancellation)
    {
        F2fsFinisher.Check(request.Staged);
        HostStage.Write(request.Staged, directory, null, cancellation);
    }

    internal override long Guess(ForeignRequest request)
    {
        long content = ContentBytes(request.Staged) + ((long)request.Staged.Inodes.Count * InodeBytes);
        return Units.RoundUp(Math.Max(content + (content / 12) + Overhead + request.FreeBytes, request.MinimumSize), 2 * MebiByte);
    }

    internal override void Make(ForeignRun run)
    {
        string time = run.Request.Time.Seconds.ToString(CultureInfo.InvariantCulture);
        List<string> arguments = ["-q", "-f", "-r", "-t", "0", "-T", time, "-U", run.Request.Uuid.ToString()];
        if (run.Request.Label.Length > 0)
            arguments.AddRange(["-l", run.Request.Label]);
        Tool.Run([.. arguments, .. Extra(run.Request), run.Image], "/", [], run.Cancellation);
        Filler.Run(["-f", run.Stage, "-t", "/", run.Image], "/", [], run.Cancellation);
    }

    internal override void Finish(ForeignRequest request, ImageEditor image) => F2fsFinisher.Finish(image, request.Staged);
}
