namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>What the superblock of a squashfs says.</summary>
public sealed record SquashfsInfo
{
    /// <summary>The compressor.</summary>
    public required SquashfsCompression Compression { get; init; }

    /// <summary>The compressor's options by mksquashfs's names, as in <c>Xcompression-level 22</c>; empty where they are the usual ones.</summary>
    public required IReadOnlyList<string> CompressorOptions { get; init; }

    /// <summary>How it was made.</summary>
    public required SquashfsFlags Flags { get; init; }

    /// <summary>Bytes in a block of data.</summary>
    public required int BlockSize { get; init; }

    /// <summary>When it was made.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>Inodes there are.</summary>
    public required long Inodes { get; init; }

    /// <summary>Fragments there are, which are blocks that small files share.</summary>
    public required long Fragments { get; init; }

    /// <summary>Different owners and groups.</summary>
    public required int Ids { get; init; }

    /// <summary>Bytes, without the padding at the end.</summary>
    public required long Length { get; init; }
}
