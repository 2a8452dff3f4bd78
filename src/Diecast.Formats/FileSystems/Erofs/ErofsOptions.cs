using System.Numerics;
using System.Text;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Which time an inode has.</summary>
public enum ErofsTimes
{
    /// <summary>Its own, as mkfs.erofs has it with --preserve-mtime. One that differs from the file system's takes a larger inode.</summary>
    Keep,

    /// <summary>The file system's, as with --ignore-mtime.</summary>
    FileSystem,
}

/// <summary>Where the end of a file goes that does not fill a block.</summary>
public enum ErofsTails
{
    /// <summary>Behind its inode, where it fits.</summary>
    Inline,

    /// <summary>Into a block of its own, as with -Enoinline_data: all content then begins at a block.</summary>
    Blocks,
}

/// <summary>How inodes and content are laid out.</summary>
public enum ErofsPlacement
{
    /// <summary>One after the other, in the order of the tree.</summary>
    Dense,

    /// <summary>
    /// For updates by difference: with room at the end of what is below a directory, up to a 64th of its content and a 16th of
    /// its inodes, so that what grows or shrinks in it mostly moves nothing behind it; and with ends of files in blocks, so
    /// that inodes stay where they are.
    /// </summary>
    Stable,
}

/// <summary>What names of one inode become.</summary>
public enum ErofsHardLinks
{
    /// <summary>Names of one inode.</summary>
    Keep,

    /// <summary>Inodes of their own, as with --hard-dereference: for trees whose links are an accident.</summary>
    Separate,
}

/// <summary>An owner of all inodes.</summary>
/// <param name="Uid">User.</param>
/// <param name="Gid">Group.</param>
public readonly record struct ErofsOwner(uint Uid, uint Gid);

/// <summary>Everything about an EROFS that its tree does not say.</summary>
public sealed record ErofsOptions
{
    /// <summary>The volume's name: up to 15 bytes of UTF-8. Default: none.</summary>
    public string Label { get; init; } = "";

    /// <summary>The file system's UUID.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>When the file system was made; inodes with this very time are smaller. Default: the epoch.</summary>
    public Timestamp Time { get; init; }

    /// <summary>
    /// Bytes in a block: a power of two from 512 to 65536. Default: 4096. The kernel mounts no larger ones than its pages,
    /// which are of 4096 bytes on most machines, and other ones than those since Linux 6.4.
    /// </summary>
    public int BlockSize { get; init; } = 4096;

    /// <summary>Which time inodes have. Default: their own.</summary>
    public ErofsTimes Times { get; init; }

    /// <summary>The owner of all inodes. Default: null, the tree's.</summary>
    public ErofsOwner? Owner { get; init; }

    /// <summary>What hard links become. Default: hard links.</summary>
    public ErofsHardLinks HardLinks { get; init; }

    /// <summary>Where ends of files go. Default: behind their inodes.</summary>
    public ErofsTails Tails { get; init; }

    /// <summary>How things are laid out. Default: densely.</summary>
    public ErofsPlacement Placement { get; init; }

    /// <summary>An attribute that so many inodes have is stored once; 0 to store none so. Default: 2.</summary>
    public int SharedXattrs { get; init; } = 2;

    /// <summary>
    /// Bytes in a chunk of files that are stored in chunks: a power of two, a block or more. Default: null, which stores
    /// files with holes so, with the size that takes the least room, and others in one piece.
    /// </summary>
    public long? ChunkSize { get; init; }

    /// <summary>How content is compressed. Default: null, not at all.</summary>
    public ErofsCompression? Compression { get; init; }

    internal int BlockBits => BitOperations.Log2((uint)BlockSize);

    internal void Check()
    {
        if (BlockSize is < 1 << ErofsFormat.MinimumBlockBits or > 1 << ErofsFormat.MaximumBlockBits || !BitOperations.IsPow2(BlockSize))
            throw Refused($"a block of {BlockSize} bytes; powers of two from 512 to 65536 are possible");
        if (Encoding.UTF8.GetByteCount(Label) >= ErofsSuperblockLayout.VolumeName.Width || Label.Contains('\0', StringComparison.Ordinal))
            throw Refused($"the label '{Label}' is longer than 15 bytes or holds NUL");
        if (Time.Nanoseconds is < 0 or > 999_999_999)
            throw Refused($"a time with {Time.Nanoseconds} nanoseconds");
        if (SharedXattrs < 0)
            throw Refused($"attributes shared by {SharedXattrs} inodes");
        if (ChunkSize is { } chunk && (chunk < BlockSize || !BitOperations.IsPow2(chunk) || BitOperations.Log2((ulong)chunk) - BlockBits > ErofsFormat.ChunkBitsMask))
            throw Refused($"chunks of {chunk} bytes; powers of two from a block on are possible");
        if (ChunkSize is not null && Compression is not null)
            throw Refused("files are compressed or in chunks");
        Compression?.Check(this);
    }

    internal static UnrepresentableException Refused(string what) => new(ErofsFormat.Name, null, what);
}
