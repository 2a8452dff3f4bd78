using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>An inode of the file system.</summary>
internal struct ErofsNode
{
    /// <summary>What it is made of.</summary>
    internal Inode Source;

    /// <summary>Bytes, as i_size.</summary>
    internal long Size;

    /// <summary>Names that lead here, directories' own and their children's included.</summary>
    internal uint Links;

    internal ErofsDataLayout Layout;

    /// <summary>Whether it takes 64 bytes.</summary>
    internal bool IsExtended;

    /// <summary>The record of its attributes plus one, or zero.</summary>
    internal int Xattrs;

    /// <summary>Bytes of its map, with what aligns it.</summary>
    internal int MapSize;

    /// <summary>Bytes of content behind it.</summary>
    internal int TailSize;

    /// <summary>Its first byte in the image.</summary>
    internal long Position;

    /// <summary>Blocks of content.</summary>
    internal long Blocks;

    /// <summary>The first of them.</summary>
    internal long StartBlock;

    /// <summary>The directory's record plus one, or zero.</summary>
    internal int Directory;

    /// <summary>The record plus one of a file in chunks or a compressed one, or zero.</summary>
    internal int Store;

    /// <summary>The place plus one of an earlier inode whose blocks it has, or zero.</summary>
    internal int SharedWith;

    internal readonly int InodeSize => IsExtended ? ErofsExtendedInodeLayout.Size : ErofsCompactInodeLayout.Size;

    internal readonly ulong Nid => (ulong)Position >> ErofsFormat.SlotBits;
}

/// <summary>A directory's entries, with <c>.</c> and <c>..</c> among them in their places.</summary>
internal struct ErofsDirectory
{
    /// <summary>The place of its inode in the list of inodes.</summary>
    internal int Node;

    /// <summary>The place of its parent's inode.</summary>
    internal int Parent;

    /// <summary>The place after the last inode below it.</summary>
    internal int End;

    /// <summary>Where the places of its entries' inodes begin, in the order of the entries.</summary>
    internal int FirstChild;

    /// <summary>Entries without the dots.</summary>
    internal int Count;

    /// <summary>Where the entry <c>.</c> is.</summary>
    internal int Dot;

    /// <summary>Where the entry <c>..</c> is.</summary>
    internal int DotDot;

    /// <summary>The first entry of each block; null when there is one block.</summary>
    internal int[]? BlockStarts;
}

/// <summary>The attributes of inodes that have the same ones.</summary>
internal sealed class ErofsXattrSet(Xattrs xattrs)
{
    internal Xattrs Xattrs => xattrs;

    /// <summary>Inodes that have them.</summary>
    internal int Users { get; set; }

    /// <summary>Bytes in the inode.</summary>
    internal int Size { get; set; }

    /// <summary>For each, its id in the shared area, or -1.</summary>
    internal long[] SharedIds { get; } = new long[xattrs.Count];
}
