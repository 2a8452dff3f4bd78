using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>What a base had before it was configured: tells which files are still as the base brought them.</summary>
internal sealed class BaseSnapshot
{
    private readonly Dictionary<Inode, Blob?> _inodes = new(ReferenceEqualityComparer.Instance);

    internal BaseSnapshot(FileTree tree)
    {
        foreach (TreeEntry entry in tree.Walk())
            _inodes.TryAdd(entry.Inode, (entry.Inode as FileInode)?.Content);
    }

    /// <summary>Whether an inode is the base's, with its content.</summary>
    internal bool IsUnchanged(Inode inode) =>
        _inodes.TryGetValue(inode, out Blob? content) && (inode is not FileInode file || ReferenceEquals(file.Content, content));
}
