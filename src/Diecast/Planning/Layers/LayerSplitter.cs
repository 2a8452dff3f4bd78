using System.Globalization;
using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>
/// Cuts a tree into layers so that what changes together stands together: what packages have brought below, and all that the
/// configuration has made or changed in the last one.
/// </summary>
/// <remarks>
/// The largest groups of files get a layer each, in the order of their names, then one has the rest, as Guix does with the
/// items of its store; so an update of one package makes one layer anew, or two. The last layer has every directory, with
/// what it finally is; below it they have one and the same time, so that a file that is added to a directory changes no other
/// layer. See docs/containers.md.
/// </remarks>
internal static class LayerSplitter
{
    /// <summary>Where configuration and running put files: what lies there may change with the one, and is in the last layer.</summary>
    private static readonly string[] Changing = ["/boot", "/dev", "/etc", "/home", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/sys", "/tmp", "/var"];

    /// <summary>Cuts a tree.</summary>
    /// <param name="tree">The finished tree, which stays as it is.</param>
    /// <param name="before">The base as it was before.</param>
    /// <param name="most">Most layers, 1 or more.</param>
    /// <param name="name">The image's name, for the history.</param>
    /// <param name="epoch">The time of directories in layers below the last.</param>
    internal static IReadOnlyList<ContainerLayer> Split(FileTree tree, BaseSnapshot before, int most, string name, Timestamp epoch)
    {
        if (most == 1)
            return [new ContainerLayer(tree, $"diecast build {name}")];
        Dictionary<Inode, string> groups = Groups(tree, before);
        List<string>[] layers = Share(Sizes(groups), most - 1);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < layers.Length; i++)
        {
            foreach (string group in layers[i])
                numbers.Add(group, i);
        }

        LayerTree[] trees = [.. Enumerable.Range(0, layers.Length + 1).Select(_ => new LayerTree(tree, epoch))];
        LayerTree last = trees[^1];
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is DirectoryInode directory)
                last.AddDirectory(entry.Path, directory);
            else if (groups.TryGetValue(entry.Inode, out string? group))
                trees[numbers[group]].Add(entry);
            else
                last.Add(entry);
        }

        return
        [
            .. layers.Select((group, i) => new ContainerLayer(trees[i].Tree, $"diecast build {name}: {Describe(group)}")),
            new ContainerLayer(last.Tree, $"diecast build {name}: configuration"),
        ];
    }

    /// <summary>The group of each inode that is in one with all its names.</summary>
    private static Dictionary<Inode, string> Groups(FileTree tree, BaseSnapshot before)
    {
        var ownership = new FileOwnership(tree);
        var groups = new Dictionary<Inode, string?>(ReferenceEqualityComparer.Instance);
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is DirectoryInode)
                continue;
            string? group = before.IsUnchanged(entry.Inode) && !IsChanging(entry.Path) ? ownership.GroupOf(entry.Path) : null;
            // A hard link cannot lead from one layer into another.
            if (!groups.TryAdd(entry.Inode, group) && groups[entry.Inode] != group)
                groups[entry.Inode] = null;
        }

        var found = new Dictionary<Inode, string>(ReferenceEqualityComparer.Instance);
        foreach ((Inode inode, string? group) in groups)
        {
            if (group is not null)
                found.Add(inode, group);
        }

        return found;
    }

    private static bool IsChanging(string path) =>
        Array.Exists(Changing, directory => path.StartsWith(directory, StringComparison.Ordinal) && path.Length > directory.Length && path[directory.Length] == '/');

    private static SortedDictionary<string, long> Sizes(Dictionary<Inode, string> groups)
    {
        var sizes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((Inode inode, string group) in groups)
            sizes[group] = sizes.GetValueOrDefault(group) + ((inode as FileInode)?.Content.Length ?? 0);
        return sizes;
    }

    /// <summary>The groups of each layer; the layer that has the rest is the last.</summary>
    private static List<string>[] Share(SortedDictionary<string, long> sizes, int most)
    {
        string[] largest = [.. sizes.OrderByDescending(group => group.Value).ThenBy(group => group.Key, StringComparer.Ordinal).Select(group => group.Key)];
        int alone = largest.Length <= most ? largest.Length : most - 1;
        List<List<string>> layers = [.. largest.Take(alone).Order(StringComparer.Ordinal).Select(group => new List<string> { group })];
        if (alone < largest.Length)
            layers.Add([.. largest.Skip(alone).Order(StringComparer.Ordinal)]);
        return [.. layers];
    }

    private static string Describe(List<string> groups) => groups is [var only]
        ? only
        : string.Create(CultureInfo.InvariantCulture, $"{groups.Count} others");

    /// <summary>A layer's tree while it grows: inodes are those of the whole tree, directories are its own.</summary>
    private sealed class LayerTree
    {
        private readonly FileTree _whole;
        private readonly Timestamp _epoch;

        internal LayerTree(FileTree whole, Timestamp epoch)
        {
            _whole = whole;
            _epoch = epoch;
            Tree = new FileTree(Copy(whole.Root, epoch));
        }

        internal FileTree Tree { get; }

        /// <summary>A directory as it finally is; those above it come before it.</summary>
        internal void AddDirectory(string path, DirectoryInode directory)
        {
            Tree.Root.ModifiedTime = _whole.Root.ModifiedTime;
            Parent(path).Set(NameOf(path), Copy(directory, directory.ModifiedTime));
        }

        internal void Add(TreeEntry entry) => Parent(entry.Path).Set(entry.Name, entry.Inode);

        private static FileName NameOf(string path) => new(path[(path.LastIndexOf('/') + 1)..]);

        private DirectoryInode Parent(string path)
        {
            DirectoryInode from = _whole.Root;
            DirectoryInode to = Tree.Root;
            foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries)[..^1])
            {
                var name = new FileName(part);
                from = (DirectoryInode)from.Find(name)!;
                if (to.Find(name) is DirectoryInode there)
                {
                    to = there;
                    continue;
                }

                DirectoryInode made = Copy(from, _epoch);
                to.Set(name, made);
                to = made;
            }

            return to;
        }

        private static DirectoryInode Copy(DirectoryInode directory, Timestamp time)
        {
            var copy = new DirectoryInode(directory.Mode);
            copy.CopyMetadata(directory);
            copy.ModifiedTime = time;
            return copy;
        }
    }
}
