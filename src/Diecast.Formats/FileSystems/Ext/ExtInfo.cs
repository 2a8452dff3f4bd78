using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>What an ext2, ext3 or ext4 file system says of itself in its superblock.</summary>
public sealed record ExtInfo
{
    /// <summary>The volume's name; empty for none.</summary>
    public required string Label { get; init; }

    /// <summary>The file system's UUID.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>
    /// The features by mke2fs's names, in the order of their bits: those that any kernel may ignore, those that it has to
    /// know, those that it has to know to write. One without a name is <c>FEATURE_C31</c>, as dumpe2fs has it.
    /// </summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>ext2, ext3 or ext4, as blkid tells them apart.</summary>
    public required string Type { get; init; }

    /// <summary>Bytes in a block.</summary>
    public required int BlockSize { get; init; }

    /// <summary>Bytes in an inode.</summary>
    public required int InodeSize { get; init; }

    /// <summary>Blocks.</summary>
    public required long BlockCount { get; init; }

    /// <summary>Blocks that are not in use.</summary>
    public required long FreeBlocks { get; init; }

    /// <summary>Blocks that only root may fill.</summary>
    public required long ReservedBlocks { get; init; }

    /// <summary>Inodes.</summary>
    public required long InodeCount { get; init; }

    /// <summary>Inodes that are not in use.</summary>
    public required long FreeInodes { get; init; }

    /// <summary>Bytes of the file system.</summary>
    public required long Length { get; init; }

    /// <summary>When it was made; null where it does not tell.</summary>
    public required Timestamp? MadeTime { get; init; }

    /// <summary>When it was last mounted; null for never.</summary>
    public required Timestamp? MountedTime { get; init; }

    /// <summary>When the superblock was last written; null for never.</summary>
    public required Timestamp? WrittenTime { get; init; }

    /// <summary>When it was last checked; null for never.</summary>
    public required Timestamp? CheckedTime { get; init; }

    /// <summary>Where it was last mounted; empty for nowhere.</summary>
    public required string LastMounted { get; init; }

    /// <summary>Times it was mounted since the last check.</summary>
    public required int MountCount { get; init; }

    /// <summary>Whether it was unmounted, and no journal is due.</summary>
    public required bool IsClean { get; init; }

    /// <summary>Whether the kernel found damage in it.</summary>
    public required bool HasErrors { get; init; }
}
