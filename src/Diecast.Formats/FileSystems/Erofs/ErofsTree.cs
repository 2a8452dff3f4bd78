using System.Runtime.InteropServices;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The tree as EROFS sees it: inodes in the order of the walk, and what each needs; nothing is placed yet.</summary>
internal sealed class ErofsTree
{
    /// <summary>PATH_MAX without its NUL.</summary>
    private const int MaximumTarget = 4095;

    private readonly ErofsOptions _options;
    private readonly UnrepresentableFaults _faults = new(ErofsFormat.Name);
    private readonly Stack<(int Directory, int Next)> _stack = new();
    private readonly List<ErofsNode> _nodes = [];
    private readonly List<ErofsDirectory> _directories = [];
    private Dictionary<Inode, int> _places = [];

    internal ErofsTree(FileTree tree, ErofsOptions options)
    {
        _options = options;
        Walk(tree.Root);
        _places = [];
        Xattrs.Lay(options.SharedXattrs);
        CheckXattrSizes(tree);
        _faults.Check();
    }

    internal Span<ErofsNode> Nodes => CollectionsMarshal.AsSpan(_nodes);

    internal Span<ErofsDirectory> Directories => CollectionsMarshal.AsSpan(_directories);

    /// <summary>For each directory, one after the other, the places of its entries' inodes.</summary>
    internal List<int> Children { get; } = [];

    internal ErofsXattrTable Xattrs { get; } = new();

    /// <summary>The files that are stored in chunks.</summary>
    internal List<ErofsChunks> Chunks { get; } = [];

    /// <summary>Bytes of an inode's attributes.</summary>
    internal int XattrSize(in ErofsNode node) => node.Xattrs == 0 ? 0 : Xattrs.Sets[node.Xattrs - 1].Size;

    /// <summary>Bytes before content that is behind an inode.</summary>
    internal int HeadSize(in ErofsNode node) => node.InodeSize + XattrSize(node) + node.MapSize;

    /// <summary>An entry of a directory: its name, the place of its inode, and what that is.</summary>
    internal (FileName Name, int Place) Entry(in ErofsDirectory directory, int index)
    {
        if (index == directory.Dot)
            return (".", directory.Node);
        if (index == directory.DotDot)
            return ("..", directory.Parent);
        int child = index - (index > directory.Dot ? 1 : 0) - (index > directory.DotDot ? 1 : 0);
        FileName name = ((DirectoryInode)_nodes[directory.Node].Source).Entries[child].Name;
        return (name, Children[directory.FirstChild + child]);
    }

    /// <summary>Decides how content is stored that is not compressed.</summary>
    internal void LayContent()
    {
        foreach (ref ErofsNode node in Nodes)
        {
            if (node.Layout is ErofsDataLayout.CompressedCompact or ErofsDataLayout.CompressedFull || node.Size == 0)
                continue;
            if (node.Source is FileInode file && ChunksOf(file) is { } chunks)
            {
                Chunks.Add(chunks);
                node.Store = Chunks.Count;
                node.Layout = ErofsDataLayout.Chunks;
                node.MapSize = chunks.MapSize;
                node.Blocks = chunks.Blocks;
                continue;
            }

            LayFlat(ref node);
            if (node.SharedWith > 0 && Nodes[node.SharedWith - 1].Layout != node.Layout)
                node.SharedWith = 0;
        }
    }

    /// <summary>Adds a file that has no name.</summary>
    internal int AddUnnamed(Blob content)
    {
        var source = new FileInode(content, 0b111_111_111) { ModifiedTime = _options.Time };
        _nodes.Add(new ErofsNode { Source = source, Size = content.Length, Links = 1, IsExtended = content.Length > uint.MaxValue });
        return _nodes.Count - 1;
    }

    private ErofsChunks? ChunksOf(FileInode file)
    {
        if (_options.ChunkSize is { } size)
            return ErofsChunks.Make(file.Content, _options.BlockBits, System.Numerics.BitOperations.Log2((ulong)size) - _options.BlockBits);
        return file.Content.MayHaveHoles ? ErofsChunks.Choose(file.Content, _options.BlockBits) : null;
    }

    private void LayFlat(ref ErofsNode node)
    {
        int tail = (int)(node.Size % _options.BlockSize);
        bool isContent = node.Source is FileInode;
        if (tail > 0 && (!isContent || _options is { Tails: ErofsTails.Inline, Placement: ErofsPlacement.Dense }) && ErofsPlacer.CanHold(HeadSize(node), tail, _options.BlockSize))
        {
            node.Layout = ErofsDataLayout.Inline;
            node.TailSize = tail;
        }
        else
        {
            node.Layout = ErofsDataLayout.Plain;
            node.TailSize = 0;
        }

        node.Blocks = Units.Divide(node.Size - node.TailSize, _options.BlockSize);
    }

    private void Walk(DirectoryInode root)
    {
        _places.Add(root, 0);
        _stack.Push((AddDirectory(root, 0), 0));
        while (_stack.TryPop(out (int Directory, int Next) at))
        {
            ErofsDirectory record = _directories[at.Directory];
            ReadOnlySpan<DirectoryEntry> entries = ((DirectoryInode)_nodes[record.Node].Source).Entries;
            int next = at.Next;
            DirectoryInode? child = null;
            while (next < entries.Length && child is null)
            {
                DirectoryEntry entry = entries[next];
                _stack.Push((at.Directory, next));
                if (entry.Name.Length > ErofsFormat.MaximumName)
                    Fault($"the name has {entry.Name.Length} bytes; {ErofsFormat.MaximumName} are possible");
                child = entry.Inode as DirectoryInode;
                if (child is null)
                {
                    Children[record.FirstChild + next] = AddOrLink(entry.Inode);
                    _stack.Pop();
                }
                else if (!_places.TryAdd(child, _nodes.Count))
                {
                    Fault($"a directory cannot have two names");
                    child = null;
                    _stack.Pop();
                }
                else
                {
                    Children[record.FirstChild + next] = _nodes.Count;
                    Nodes[record.Node].Links++;
                    int directory = AddDirectory(child, record.Node);
                    _stack.Pop();
                    _stack.Push((at.Directory, next + 1));
                    _stack.Push((directory, 0));
                }

                next++;
            }

            if (child is null)
                Directories[at.Directory].End = _nodes.Count;
        }
    }

    private int AddOrLink(Inode inode)
    {
        bool isLinkable = _options.HardLinks == ErofsHardLinks.Keep;
        if (isLinkable && _places.TryGetValue(inode, out int place))
        {
            Nodes[place].Links++;
            return place;
        }

        place = _nodes.Count;
        if (isLinkable)
            _places.Add(inode, place);
        var node = new ErofsNode { Source = inode, Links = 1 };
        switch (inode)
        {
            case FileInode file:
                node.Size = file.Content.Length;
                break;
            case SymlinkInode symlink:
                node.Size = symlink.Target.Length;
                if (node.Size is 0 or > MaximumTarget)
                    Fault($"a symbolic link of {node.Size} bytes; 1 to {MaximumTarget} are possible");
                break;
            case SpecialInode { Device: var device } when device.Major > 0xfff || device.Minor > 0xfffff:
                Fault($"the device {device.Major}:{device.Minor}; 4095:1048575 is the last");
                break;
        }

        Describe(ref node);
        _nodes.Add(node);
        return place;
    }

    private int AddDirectory(DirectoryInode source, int parent)
    {
        ReadOnlySpan<DirectoryEntry> entries = source.Entries;
        int dot = LowerBound(entries, ".");
        var directory = new ErofsDirectory
        {
            Node = _nodes.Count,
            Parent = parent,
            FirstChild = Children.Count,
            Count = entries.Length,
            Dot = dot,
            DotDot = LowerBound(entries, "..") + 1,
        };
        CollectionsMarshal.SetCount(Children, Children.Count + entries.Length);
        var node = new ErofsNode { Source = source, Links = 2, Directory = _directories.Count + 1 };
        Describe(ref node);
        _nodes.Add(node);
        node.Size = LayEntries(ref directory, entries);
        Nodes[directory.Node].Size = node.Size;
        _directories.Add(directory);
        return _directories.Count - 1;
    }

    /// <summary>Fills blocks with entries, and returns the directory's size, which counts of the last block what is used.</summary>
    private long LayEntries(ref ErofsDirectory directory, ReadOnlySpan<DirectoryEntry> entries)
    {
        var starts = new List<int> { 0 };
        int used = 0;
        for (int i = 0; i < directory.Count + 2; i++)
        {
            int length = i == directory.Dot
                ? 1
                : i == directory.DotDot ? 2 : entries[i - (i > directory.Dot ? 1 : 0) - (i > directory.DotDot ? 1 : 0)].Name.Length;
            int size = ErofsDirentLayout.Size + length;
            if (used + size > _options.BlockSize)
            {
                starts.Add(i);
                used = 0;
            }

            used += size;
        }

        if (starts.Count > 1)
            directory.BlockStarts = [.. starts];
        return ((starts.Count - 1L) * _options.BlockSize) + used;
    }

    private static int LowerBound(ReadOnlySpan<DirectoryEntry> entries, FileName name)
    {
        int low = 0;
        int high = entries.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (entries[middle].Name.CompareTo(name) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private void Describe(ref ErofsNode node)
    {
        Inode inode = node.Source;
        foreach (Xattr xattr in inode.Xattrs)
        {
            if (ErofsXattrTable.Fault(xattr) is { } fault)
            {
                Fault(fault);
                return;
            }
        }

        node.Xattrs = Xattrs.Add(inode.Xattrs);
    }

    /// <summary>What is known only when every name has been seen.</summary>
    internal void Finish()
    {
        foreach (ref ErofsNode node in Nodes)
        {
            (uint uid, uint gid) = OwnerOf(node.Source);
            node.IsExtended = TimeOf(node.Source) != _options.Time || uid > ushort.MaxValue || gid > ushort.MaxValue
                || node.Links > ushort.MaxValue || node.Size > uint.MaxValue;
        }
    }

    internal Timestamp TimeOf(Inode inode) => _options.Times == ErofsTimes.FileSystem ? _options.Time : inode.ModifiedTime;

    internal (uint Uid, uint Gid) OwnerOf(Inode inode) =>
        _options.Owner is { } owner ? (owner.Uid, owner.Gid) : (inode.Uid, inode.Gid);

    private void CheckXattrSizes(FileTree tree)
    {
        if (Xattrs.Sets.TrueForAll(ErofsXattrTable.Fits))
            return;
        foreach (TreeEntry entry in tree.Walk())
        {
            if (Xattrs.Sets.Exists(s => s.Xattrs.Equals(entry.Inode.Xattrs) && !ErofsXattrTable.Fits(s)))
                _faults.Add(entry.Path, $"its attributes have more bytes than an inode can have behind it");
        }

        if (Xattrs.Sets.Exists(s => s.Xattrs.Equals(tree.Root.Xattrs) && !ErofsXattrTable.Fits(s)))
            _faults.Add("/", $"its attributes have more bytes than an inode can have behind it");
    }

    private void Fault(FormattableString message)
    {
        string path = "";
        foreach ((int directory, int next) in _stack)
        {
            ReadOnlySpan<DirectoryEntry> entries = ((DirectoryInode)_nodes[_directories[directory].Node].Source).Entries;
            // Those below the top have gone on to the entry after the one that leads here.
            int at = path.Length == 0 ? next : next - 1;
            path = "/" + entries[at].Name + path;
        }

        _faults.Add(path.Length == 0 ? "/" : path, message);
    }
}
