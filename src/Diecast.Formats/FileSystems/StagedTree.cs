using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems;

/// <summary>
/// A tree that a foreign program puts into a file system. It takes what an ordinary user can make on the host, and each
/// inode's number with it; what the user cannot make is then set in the image, inode by inode, by that number.
/// </summary>
internal sealed class StagedTree
{
    /// <summary>The time of modification that the root is staged with; each inode after it has a second more.</summary>
    private const long FirstTime = 1_000_000_000;

    private readonly List<StagedInode> _inodes = [];
    private readonly List<int> _furtherNames = [];
    private readonly Dictionary<Inode, int> _numbers = new(ReferenceEqualityComparer.Instance);

    /// <param name="tree">The tree, which must not change meanwhile.</param>
    /// <param name="linksAreKept">Whether names of one inode stay names of one; else each becomes a file of its own.</param>
    internal StagedTree(FileTree tree, bool linksAreKept = true)
    {
        Tree = tree;
        LinksAreKept = linksAreKept;
        Add("/", tree.Root);
        foreach (TreeEntry entry in tree.Walk())
        {
            if (!linksAreKept && entry.Inode is not DirectoryInode)
                _inodes.Add(new StagedInode(entry.Path, entry.Inode, _inodes.Count));
            else if (_numbers.TryGetValue(entry.Inode, out int number))
            {
                _inodes[number] = _inodes[number] with { Links = _inodes[number].Links + 1 };
                _furtherNames.Add(number);
            }
            else
                Add(entry.Path, entry.Inode);
        }
    }

    internal FileTree Tree { get; }

    /// <summary>Whether names of one inode stay names of one.</summary>
    internal bool LinksAreKept { get; }

    /// <summary>The inodes, the root first, then in the order of the walk.</summary>
    internal IReadOnlyList<StagedInode> Inodes => _inodes;

    /// <summary>The inodes of all names but the first of each, in the order of the walk.</summary>
    internal IReadOnlyList<int> FurtherNames => _furtherNames;

    /// <summary>The number of an inode whose links are kept.</summary>
    internal int NumberOf(Inode inode) => _numbers[inode];

    /// <summary>The time by which an inode is known in the image.</summary>
    internal static long TimeOf(int number) => FirstTime + number;

    /// <summary>The number of the inode that a time stands for, or null.</summary>
    internal static int? NumberOf(long time) => time is >= FirstTime and <= FirstTime + int.MaxValue ? (int)(time - FirstTime) : null;

    private void Add(string path, Inode inode)
    {
        _numbers.Add(inode, _inodes.Count);
        _inodes.Add(new StagedInode(path, inode, _inodes.Count));
    }
}

/// <summary>An inode of a staged tree.</summary>
/// <param name="Path">Its first path.</param>
/// <param name="Inode">What it is to be.</param>
/// <param name="Number">Its number, from 0.</param>
internal sealed record StagedInode(string Path, Inode Inode, int Number)
{
    /// <summary>Names that it has.</summary>
    internal int Links { get; init; } = 1;
}
