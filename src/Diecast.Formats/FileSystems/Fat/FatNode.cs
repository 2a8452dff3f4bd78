using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>A file or directory with its place: what its directory entry says.</summary>
internal class FatNode(FatDirectory? parent, FatName name, FatTime time)
{
    internal FatDirectory? Parent => parent;

    internal FatName Name => name;

    internal FatTime Time => time;

    /// <summary>Bytes of content or of directory entries.</summary>
    internal long Bytes { get; set; }

    internal FatAttributes Attributes { get; init; }

    /// <summary>The first cluster, or 0 for none.</summary>
    internal uint Cluster { get; set; }
}

/// <summary>A regular file.</summary>
internal sealed class FatFile(FatDirectory parent, FatName name, FatTime time, Blob content) : FatNode(parent, name, time)
{
    internal Blob Content => content;
}

/// <summary>A directory and what is in it.</summary>
internal sealed class FatDirectory(FatDirectory? parent, FatName name, FatTime time, DirectoryInode inode, string path) : FatNode(parent, name, time)
{
    internal DirectoryInode Inode => inode;

    /// <summary>The path in the tree, with a slash at the end.</summary>
    internal string Path => path;

    internal FatNode[] Children { get; set; } = [];
}
