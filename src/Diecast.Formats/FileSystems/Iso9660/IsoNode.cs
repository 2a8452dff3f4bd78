using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Content that has a place of its own.</summary>
internal sealed class IsoContent(Blob blob)
{
    /// <summary>What is stored: compressed, where the file is.</summary>
    internal Blob Blob { get; set; } = blob;

    /// <summary>How it is compressed, if it is.</summary>
    internal IsoCompressed? Compressed { get; init; }

    /// <summary>What is written into it when it is written: it is a boot image.</summary>
    internal IsoBootPatches Patches { get; set; }

    /// <summary>The first sector; 0 for what is empty.</summary>
    internal long Sector { get; set; }

    internal long Length => Blob.Length;

    internal long Sectors => IsoFormat.Sectors(Blob.Length);
}

/// <summary>What Rock Ridge's ZF entry says of a compressed file.</summary>
/// <param name="Length">Bytes of the file.</param>
/// <param name="BlockShift">The block size, as a power of two.</param>
internal readonly record struct IsoCompressed(long Length, int BlockShift);

/// <summary>What one or more names stand for.</summary>
internal sealed class IsoInode(Inode inode, uint serial)
{
    internal Inode Inode { get; } = inode;

    internal uint Serial { get; } = serial;

    /// <summary>Names, and for a directory the entries that lead to it.</summary>
    internal uint Links { get; set; }

    internal IsoContent? Content { get; set; }
}

/// <summary>A name of the tree.</summary>
internal class IsoNode(IsoInode identity, FileName name)
{
    internal IsoInode Identity { get; } = identity;

    internal Inode Inode => Identity.Inode;

    /// <summary>The name in the tree; the root has none.</summary>
    internal FileName Name { get; } = name;

    /// <summary>The identifier in the primary tree, a file's with its version.</summary>
    internal byte[] Plain { get; set; } = [];

    /// <summary>The identifier in the Joliet tree, in big-endian UTF-16.</summary>
    internal byte[] Unicode { get; set; } = [];
}

/// <summary>In place of a directory that was moved.</summary>
internal sealed class IsoMoved(IsoDirectory directory) : IsoNode(directory.Identity, directory.Name)
{
    internal IsoDirectory Directory { get; } = directory;
}

/// <summary>A directory, with its place in both trees.</summary>
internal sealed class IsoDirectory : IsoNode
{
    internal IsoDirectory(IsoInode identity, FileName name, IsoDirectory? parent)
        : base(identity, name) => Parent = PlainParent = parent ?? this;

    /// <summary>The directory that it is in, as the tree has it; the root is in itself.</summary>
    internal IsoDirectory Parent { get; }

    /// <summary>The directory that it is in in the primary tree.</summary>
    internal IsoDirectory PlainParent { get; set; }

    internal bool IsRoot => Parent == this;

    /// <summary>From 1, the root's, in the primary tree.</summary>
    internal int Level { get; set; } = 1;

    internal bool IsMoved { get; set; }

    /// <summary>Whether Rock Ridge hides it: it is moved, or where the moved ones are.</summary>
    internal bool IsHidden { get; set; }

    /// <summary>As the tree has them.</summary>
    internal List<IsoNode> Children { get; } = [];

    internal IsoExtent PlainExtent { get; } = new();

    internal IsoExtent UnicodeExtent { get; } = new();

    /// <summary>In the order of the primary tree's identifiers.</summary>
    internal IsoNode[] PlainChildren { get; set; } = [];

    /// <summary>In the order of the Joliet tree's identifiers.</summary>
    internal IsoNode[] UnicodeChildren { get; set; } = [];
}

/// <summary>Where a directory is in one of the trees.</summary>
internal sealed class IsoExtent
{
    internal long Sector { get; set; }

    /// <summary>Of its records, a multiple of a sector.</summary>
    internal long Bytes { get; set; }

    /// <summary>Of what its records continue with, behind them.</summary>
    internal long ContinuationBytes { get; set; }

    /// <summary>Its number in the path tables, from 1.</summary>
    internal int PathNumber { get; set; }

    internal long Sectors => IsoFormat.Sectors(Bytes) + IsoFormat.Sectors(ContinuationBytes);
}
