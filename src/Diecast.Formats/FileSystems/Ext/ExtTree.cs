using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// The tree as ext4 sees it: inodes with numbers in the order of the walk, what each needs, and nothing placed yet.
/// </summary>
internal sealed partial class ExtTree
{
    private const string LostAndFoundName = "lost+found";

    private readonly FileTree _tree;
    private readonly ExtOptions _options;
    private readonly ExtDirectoryHash _hash;
    private readonly uint _checksumSeed;
    private readonly bool _checksums;
    private readonly bool _hasExtents;
    private int _treeEnd;
    private Dictionary<Inode, int> _places = [];

    internal ExtTree(FileTree tree, ExtOptions options, in ExtDirectoryHash hash, uint checksumSeed)
    {
        _checksumSeed = checksumSeed;
        _tree = tree;
        _options = options;
        _hash = hash;
        _checksums = options.Profile.Features.Has(ExtFeature.MetadataChecksum);
        _hasExtents = options.Profile.Features.Has(ExtFeature.Extent);
        FindProjects();
        FindCasefolded();
        FindVerity();
        Nodes.AddDefaults(ExtFormat.FirstInode - 1);
        Walk(WithLostAndFound(WithOverrides(tree.Root)));
        AddQuotas();
        Finish();
        // Of use on the walk alone, and as large as the rest of the plan.
        _places = [];
        ForgetXattrs();
    }

    internal ExtList<ExtNode> Nodes { get; } = new();

    internal ExtList<ExtRun> Runs { get; } = new();

    internal ExtList<ExtDirectory> Directories { get; } = new();

    /// <summary>For each directory, one after the other, the places of its entries' inodes.</summary>
    internal ExtList<int> Children { get; } = new();

    internal ExtList<ExtXattrBlock> XattrBlocks { get; } = new();

    /// <summary>Blocks of content, directories, attributes and maps; of extent trees with the fewest extents possible.</summary>
    internal long Blocks { get; private set; }

    /// <summary>Bytes of a directory's block that entries may fill.</summary>
    internal int DirectoryRoom => _options.BlockSize - (_checksums ? ExtDirectoryLayout.TailSize : 0);

    internal int MaximumIndexLevels => _options.Profile.Features.Has(ExtFeature.LargeDir) ? 2 : 1;

    internal static int PlaceOf(int inodeNumber) => inodeNumber - 1;

    /// <summary>Makes an inode that is not of the tree a regular file of root's.</summary>
    internal void SetSystemFile(int place, long size, Timestamp time)
    {
        ref ExtNode node = ref Nodes[place];
        node.Source = new FileInode(Blob.Zeros(size), 0b110_000_000) { ModifiedTime = time };
        node.Size = size;
        node.Links = 1;
    }

    private DirectoryInode WithOverrides(DirectoryInode root)
    {
        if (_options is { RootOwner: null, RootMode: null })
            return root;
        DirectoryInode copy = Copy(root, _options.RootMode ?? root.Mode);
        if (_options.RootOwner is { } owner)
            (copy.Uid, copy.Gid) = (owner.Uid, owner.Gid);
        return copy;
    }

    private DirectoryInode WithLostAndFound(DirectoryInode root)
    {
        if (!_options.LostAndFound)
            return root;
        switch (root.Find(LostAndFoundName))
        {
            case DirectoryInode:
                return root;
            case { } other:
                throw Refused(other, "lost+found must be a directory");
        }

        DirectoryInode copy = Copy(root, root.Mode);
        copy.Set(LostAndFoundName, new DirectoryInode(0b111_000_000) { ModifiedTime = _options.Time });
        return copy;
    }

    private static DirectoryInode Copy(DirectoryInode root, int mode)
    {
        var copy = new DirectoryInode();
        copy.CopyMetadata(root);
        copy.Mode = mode;
        foreach (DirectoryEntry entry in root.Entries)
            copy.Set(entry.Name, entry.Inode);
        return copy;
    }

    /// <summary>
    /// Numbers inodes in the order of <see cref="FileTree.Walk"/>, after lost+found, which comes first as mke2fs has it.
    /// </summary>
    private void Walk(DirectoryInode root)
    {
        int lostAndFound = -1;
        if (_options.LostAndFound)
            lostAndFound = Nodes.AddDefaults(1);

        var stack = new Stack<(int Directory, int Next)>();
        int rootPlace = PlaceOf(ExtFormat.RootInode);
        _places.Add(root, rootPlace);
        stack.Push((AddDirectory(root, rootPlace, rootPlace, isLostAndFound: false), 0));
        while (stack.TryPop(out (int Directory, int Next) at))
        {
            (int directory, int next) = at;
            ExtDirectory record = Directories[directory];
            ReadOnlySpan<DirectoryEntry> entries = ((DirectoryInode)Nodes[record.Node].Source!).Entries;
            DirectoryInode? child = null;
            while (next < entries.Length && child is null)
            {
                DirectoryEntry entry = entries[next];
                int place;
                if (entry.Name.Length > ExtFormat.MaximumNameLength)
                    throw Refused(entry.Inode, $"the name has {entry.Name.Length} bytes; {ExtFormat.MaximumNameLength} are possible");
                child = entry.Inode as DirectoryInode;
                if (child is null)
                {
                    place = AddOrLink(entry.Inode, record.Node);
                }
                else
                {
                    bool isLostAndFound = record.Node == rootPlace && lostAndFound >= 0 && entry.Name == LostAndFoundName;
                    place = isLostAndFound ? lostAndFound : Nodes.AddDefaults(1);
                    if (!_places.TryAdd(child, place))
                        throw Refused(child, "a directory cannot have two names");
                    Directories[directory].Subdirectories++;
                    Children[record.FirstChild + next] = place;
                    stack.Push((directory, next + 1));
                    stack.Push((AddDirectory(child, place, record.Node, isLostAndFound), 0));
                }

                Children[record.FirstChild + next] = place;
                next++;
            }
        }
    }

    private int AddOrLink(Inode inode, int parent)
    {
        if (_places.TryGetValue(inode, out int place))
        {
            if (++Nodes[place].Links > ExtFormat.MaximumLinks)
                throw Refused(inode, $"a file can have {ExtFormat.MaximumLinks} names");
            CheckProject(inode, parent, Nodes[place]);
            return place;
        }

        place = Nodes.AddDefaults(1);
        _places.Add(inode, place);
        ExtNode node = new() { Source = inode, Links = 1, FirstRun = Runs.Count };
        switch (inode)
        {
            case FileInode file:
                node.Size = file.Content.Length;
                if (!AddInline(file, ref node))
                    AddContent(file);
                AddVerityRuns(file, ref node);
                break;
            case SymlinkInode symlink:
                node.Size = symlink.Target.Length;
                AddTarget(symlink, ref node);
                break;
            case SpecialInode special:
                CheckDevice(special);
                break;
        }

        node.RunCount = Runs.Count - node.FirstRun;
        SetProject(inode, parent, ref node);
        AddMetadata(inode, ref node);
        AddTranslator(inode, place);
        Nodes[place] = node;
        return place;
    }

    private int AddDirectory(DirectoryInode source, int place, int parent, bool isLostAndFound)
    {
        ReadOnlySpan<DirectoryEntry> entries = source.Entries;
        uint flags = CasefoldFlag(source, parent);
        // The kernel takes a root without blocks for a corrupt one (ext4_fill_super).
        if (!isLostAndFound && place != parent && InlineSize(source) is { } inlineSize)
            return AddInlineDirectory(source, place, parent, inlineSize, flags);
        var directory = new ExtDirectory
        {
            Node = place,
            Parent = parent,
            FirstChild = Children.AddDefaults(entries.Length),
            Count = entries.Length,
            Blocks = 1,
        };
        if (!ExtDirectoryLayout.FitsOneBlock(entries, DirectoryRoom))
        {
            bool indexed = _options.Profile.Features.Has(ExtFeature.DirIndex) && (flags == 0 || AllFold(entries));
            directory.Layout = indexed
                ? ExtDirectoryLayout.Indexed(entries, DirectoryRoom, _hash, flags != 0)
                : ExtDirectoryLayout.Linear(entries, DirectoryRoom);
            directory.Blocks = directory.Layout.LeafCount;
            if (indexed)
            {
                int[]? levels = ExtDirectoryLayout.IndexLevels(
                    directory.Layout.LeafCount, _options.BlockSize, _checksums, MaximumIndexLevels)
                    ?? throw Refused(source, $"{entries.Length} names are more than the directory's index can hold; large_dir holds more");
                directory.Blocks += 1 + levels.Sum();
            }
        }

        // e2fsck does not allocate, so mke2fs gives lost+found empty blocks, as far as direct pointers reach. Under an
        // index an empty leaf would have no hash.
        if (isLostAndFound && directory.Layout is not { IsIndexed: true })
        {
            int least = Math.Clamp(ExtFormat.LostAndFoundSize / _options.BlockSize, 2, ExtFormat.DirectPointers);
            directory.Blocks = Math.Max(directory.Blocks, least);
        }

        ExtNode node = new()
        {
            Source = source,
            Size = (long)directory.Blocks * _options.BlockSize,
            FirstRun = Runs.Add(new ExtRun(0, (uint)directory.Blocks)),
            RunCount = 1,
            Directory = Directories.Count + 1,
            Flags = flags,
        };
        SetProject(source, parent, ref node);
        AddMetadata(source, ref node);
        AddTranslator(source, place);
        Nodes[place] = node;
        return Directories.Add(directory);
    }

    /// <summary>What is known only when every name has been seen.</summary>
    private void Finish()
    {
        bool manyLinks = _options.Profile.Features.Has(ExtFeature.DirNlink);
        foreach (ExtDirectory directory in Directories.Span)
        {
            ref ExtNode node = ref Nodes[directory.Node];
            node.Links = directory.Subdirectories + 2;
            if (node.Links <= ExtFormat.MaximumLinks)
                continue;
            if (!manyLinks || directory.Layout is not { IsIndexed: true })
                throw Refused(node.Source!, $"{directory.Subdirectories} directories in one need the features dir_nlink and dir_index");
            // One means: too many to count (directory.rst; ext4_inc_count).
            node.Links = 1;
        }

        foreach (ExtNode node in Nodes.Span)
        {
            long extents = 0;
            long blocks = 0;
            foreach (ExtRun run in Runs.Span.Slice(node.FirstRun, node.RunCount))
            {
                blocks += run.Blocks;
                extents += Units.Divide(run.Blocks, ExtExtentTree.MaximumBlocks);
            }

            long map = _hasExtents
                ? ExtExtentTree.Blocks(extents, _options.BlockSize)
                : ExtPointerMap.Count(Runs.Span.Slice(node.FirstRun, node.RunCount), _options.BlockSize);
            blocks += map;
            CheckSectors(node, blocks);
            Blocks += blocks;
        }

        Blocks += XattrBlocks.Count + _translators.Count;
        _translators.Sort(static (a, b) => a.Place.CompareTo(b.Place));
    }
}
