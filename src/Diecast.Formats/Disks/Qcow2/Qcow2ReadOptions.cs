using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Where a qcow2 finds the other files that it names.</summary>
/// <remarks>
/// An image from elsewhere could name any file of this machine and so have it read. Nothing is opened by default.
/// </remarks>
public sealed record Qcow2ReadOptions
{
    /// <summary>No other files.</summary>
    public static Qcow2ReadOptions Default { get; } = new();

    /// <summary>The path of the image, whose directory relative names start from; null for the current directory.</summary>
    public string? Path { get; init; }

    /// <summary>Opens a file by its path. Null, the default, refuses images that need another file.</summary>
    public Func<string, Blob>? OpenFile { get; init; }

    /// <summary>
    /// Reads a backing file of a format other than <c>raw</c> and <c>qcow2</c>, by the format's name. Null, the default,
    /// refuses those.
    /// </summary>
    public Func<string, Blob, Blob>? ReadOther { get; init; }

    /// <summary>Told that a backing file was left out, as there is nothing to open it with. Null, the default, refuses the image.</summary>
    internal Action? SkipBacking { get; init; }

    /// <summary>How many backing files may follow each other. Default: 64.</summary>
    public int MaximumDepth { get; init; } = 64;
}
