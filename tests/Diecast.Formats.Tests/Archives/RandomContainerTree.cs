using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Tests.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

/// <summary>Trees that no one chose, as layers hold them, and cuts of them into layers.</summary>
internal sealed class RandomContainerTree : IRandomTreeLimits
{
    /// <summary>Of bytes that a call of the kernel takes, with room for the directory that it is unpacked to.</summary>
    private const int LongestHostPath = 1000;

    private readonly bool _isForHost;

    private RandomContainerTree(Random random, bool isForHost)
    {
        Random = random;
        _isForHost = isForHost;
    }

    public Random Random { get; }

    public int BlockSize => 512;

    public long LargestFile => 100_000;

    public int LargestXattr => 300;

    public int MostXattrs => _isForHost ? 0 : 3;

    public bool HasAcls => false;

    public bool HasLargeDevices => !_isForHost;

    public long EarliestTime => 0;

    public long LatestTime => 4_000_000_000;

    public bool HasNanoseconds => !_isForHost;

    public bool HasNamesOfAnyBytes => false;

    internal static FileTree Make(Random random, bool isForHost = false)
    {
        FileTree tree;
        do
        {
            tree = new RandomTree(new RandomContainerTree(random, isForHost)).Make();
        }
        while (isForHost && tree.Walk().Any(entry => entry.Path.Length > LongestHostPath));

        foreach (TreeEntry entry in tree.Walk().ToArray())
        {
            // No tar holds sockets. A link of the host has no attributes that anyone sets, and its mode is the kernel's.
            if (entry.Inode is SpecialInode { Type: InodeType.Socket })
                Parent(tree, entry.Path).Remove(entry.Name);
        }

        return tree;
    }

    /// <summary>Some of the files in each layer, directories with what they finally are in the last; hard links stay together.</summary>
    internal static ContainerLayer[] Split(FileTree tree, Random random)
    {
        int count = random.Next(2, 6);
        var numbers = new Dictionary<Inode, int>(ReferenceEqualityComparer.Instance);
        var layers = new FileTree[count];
        for (int i = 0; i < count; i++)
            layers[i] = new FileTree();
        layers[^1].Root.Mode = tree.Root.Mode;
        layers[^1].Root.CopyMetadata(tree.Root);
        Add(tree.Root, [.. layers.Select(layer => (DirectoryInode?)layer.Root)]);
        return [.. layers.Select((layer, i) => new ContainerLayer(layer, $"layer {i}"))];

        void Add(DirectoryInode from, DirectoryInode?[] to)
        {
            foreach (DirectoryEntry entry in from.Entries)
            {
                if (entry.Inode is not DirectoryInode directory)
                {
                    if (!numbers.TryGetValue(entry.Inode, out int number))
                        numbers.Add(entry.Inode, number = random.Next(count));
                    to[number]!.Set(entry.Name, entry.Inode);
                    continue;
                }

                var below = new DirectoryInode?[count];
                for (int i = 0; i < count; i++)
                {
                    below[i] = i == count - 1 ? new DirectoryInode(directory.Mode) : new DirectoryInode();
                    to[i]!.Set(entry.Name, below[i]!);
                }

                below[^1]!.CopyMetadata(directory);
                Add(directory, below);
            }
        }
    }

    private static DirectoryInode Parent(FileTree tree, string path)
    {
        DirectoryInode directory = tree.Root;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries)[..^1])
            directory = (DirectoryInode)directory.Find(part)!;
        return directory;
    }
}
