namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>What an EROFS says of itself in its superblock.</summary>
public sealed record ErofsInfo
{
    /// <summary>The volume's name; empty for none.</summary>
    public required string Label { get; init; }

    /// <summary>The file system's UUID.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>
    /// The features by dump.erofs's names, in the order of their bits: those that any reader may ignore, then those that it
    /// has to know. One without a name is <c>FEATURE_I9</c>, with the number of its bit.
    /// </summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The compression algorithms that files may use, by name; empty for none.</summary>
    public required IReadOnlyList<string> Algorithms { get; init; }

    /// <summary>Bytes in a block.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Blocks.</summary>
    public required long BlockCount { get; init; }

    /// <summary>Inodes.</summary>
    public required long InodeCount { get; init; }

    /// <summary>When the file system was made, and the time of inodes that have none of their own.</summary>
    public required Timestamp Time { get; init; }
}
