using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>An inode to be written.</summary>
internal class SquashfsNode(Inode inode, uint number)
{
    internal Inode Inode { get; } = inode;

    /// <summary>Its number, from 1.</summary>
    internal uint Number { get; } = number;

    /// <summary>Its names.</summary>
    internal uint Links { get; set; } = 1;

    /// <summary>Where it stands in the table of inodes, once it is written.</summary>
    internal SquashfsReference? Reference { get; set; }

    /// <summary>Where a file's content is, once that is known.</summary>
    internal SquashfsFileData? Data { get; set; }
}

/// <summary>A directory to be written.</summary>
internal sealed class SquashfsDirectory(DirectoryInode inode, uint number, SquashfsDirectory? parent) : SquashfsNode(inode, number)
{
    internal SquashfsDirectory? Parent { get; } = parent;

    /// <summary>What its entries stand for, in their order.</summary>
    internal SquashfsNode[] Children { get; set; } = [];

    /// <summary>Where its listing is, once that is written.</summary>
    internal SquashfsListing? Listing { get; set; }
}

/// <summary>A place in metadata: a block's first byte, counted from the table's start, and a byte in it when it is not compressed.</summary>
/// <param name="Block">The block's place.</param>
/// <param name="Offset">The byte.</param>
internal readonly record struct SquashfsReference(long Block, int Offset)
{
    internal ulong Value => ((ulong)Block << 16) | (uint)Offset;
}

/// <summary>Where the content of a file is; files that are equal share it.</summary>
internal sealed class SquashfsFileData(long length)
{
    internal static readonly SquashfsFileData Empty = new(0);

    internal long Length { get; } = length;

    /// <summary>The first block's place in the image.</summary>
    internal long Start { get; set; }

    /// <summary>The blocks' sizes as they are on the disk; 0 for zeros.</summary>
    internal uint[] Blocks { get; set; } = [];

    /// <summary>Bytes in blocks of zeros.</summary>
    internal long Sparse { get; set; }

    /// <summary>The fragment that the rest is in, or none.</summary>
    internal uint Fragment { get; set; } = SquashfsLayout.NoFragment;

    /// <summary>Where in the fragment.</summary>
    internal uint FragmentOffset { get; set; }
}

/// <summary>The listing of a directory.</summary>
/// <param name="Place">Where it begins in the table of directories.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Index">Its runs that begin a metadata block's length after the one before.</param>
internal sealed record SquashfsListing(SquashfsReference Place, long Length, IReadOnlyList<SquashfsIndexEntry> Index);

/// <summary>An entry of a directory's index.</summary>
/// <param name="Position">The run's place in the listing.</param>
/// <param name="Block">The metadata block that the run begins in.</param>
/// <param name="Name">The run's first name.</param>
internal readonly record struct SquashfsIndexEntry(long Position, long Block, FileName Name);
