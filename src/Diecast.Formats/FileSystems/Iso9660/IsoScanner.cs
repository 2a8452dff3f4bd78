using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Turns a tree into the nodes of an image, and finds what it cannot hold.</summary>
internal sealed class IsoScanner(IsoOptions options, IReadOnlyDictionary<Inode, IsoContent> packed)
{
    private const int LongestName = 255;

    /// <summary>What Linux has room for.</summary>
    private const int LongestTarget = 4095;


    private readonly Dictionary<Inode, IsoInode> _identities = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Inode> _directories = new(ReferenceEqualityComparer.Instance);
    private readonly UnrepresentableFaults _faults = new(IsoFormat.Name);
    private uint _serial;
    private IsoDirectory? _moved;

    /// <summary>Each before those in it; what is moved after everything.</summary>
    internal List<IsoDirectory> Directories { get; } = [];

    /// <summary>Content in the order in which it is stored.</summary>
    internal List<IsoContent> Contents { get; } = [];

    /// <summary>Whether there is a directory of moved ones, which the Joliet tree does not have.</summary>
    internal IsoDirectory? Moved => _moved;

    internal void Scan(FileTree tree)
    {
        var root = new IsoDirectory(Identify(tree.Root), default, null);
        _directories.Add(tree.Root);
        Check(null, default, tree.Root);
        var stack = new Stack<IsoDirectory>([root]);
        while (stack.TryPop(out IsoDirectory? directory))
        {
            Directories.Add(directory);
            ScanEntries(directory);
            for (int i = directory.Children.Count - 1; i >= 0; i--)
            {
                if (directory.Children[i] is IsoDirectory below)
                    stack.Push(below);
            }
        }

        if (options.DeepDirectories == IsoDeepDirectories.Relocate)
            Relocate(root);
        _faults.Check();
    }

    /// <summary>What the file of a path is known as.</summary>
    internal IsoInode? Find(Inode inode) => _identities.GetValueOrDefault(inode);

    private void ScanEntries(IsoDirectory directory)
    {
        ReadOnlySpan<DirectoryEntry> entries = ((DirectoryInode)directory.Inode).Entries;
        directory.Children.EnsureCapacity(entries.Length);
        foreach (DirectoryEntry entry in entries)
        {
            (FileName name, Inode inode) = (entry.Name, entry.Inode);
            if (name.Length > LongestName)
                Fault(directory, name, $"a name of {name.Length} bytes; the limit is {LongestName}");
            if (inode is not DirectoryInode && _identities.TryGetValue(inode, out IsoInode? known))
            {
                known.Links++;
                directory.Children.Add(new IsoNode(known, name));
                continue;
            }

            if (!Check(directory, name, inode))
                continue;
            if (inode is DirectoryInode)
            {
                if (!_directories.Add(inode))
                {
                    Fault(directory, name, $"a directory with two names");
                    continue;
                }

                directory.Identity.Links++;
                var below = new IsoDirectory(Identify(inode), name, directory) { Level = directory.Level + 1 };
                directory.Children.Add(below);
                continue;
            }

            IsoInode identity = Identify(inode);
            if (inode is FileInode file)
                identity.Content = packed.GetValueOrDefault(inode) ?? new IsoContent(file.Content);
            if (identity.Content is { } content)
                Contents.Add(content);
            directory.Children.Add(new IsoNode(identity, name));
        }
    }

    private IsoInode Identify(Inode inode)
    {
        var identity = new IsoInode(inode, ++_serial) { Links = inode is DirectoryInode ? 2u : 1u };
        if (inode is not DirectoryInode)
            _identities.Add(inode, identity);
        return identity;
    }

    /// <summary>Finds faults, and says whether the inode is in the image at all.</summary>
    private bool Check(IsoDirectory? directory, FileName name, Inode inode)
    {
        bool adapts = options.Unsupported == IsoUnsupported.Adapt;
        if (!options.RockRidge && inode is SymlinkInode or SpecialInode && !options.RockRidge)
        {
            if (!adapts)
                Fault(directory, name, $"a {Describe(inode)}, which only Rock Ridge can say");
            return false;
        }

        if (!adapts && inode.Xattrs.Count > 0)
            Fault(directory, name, $"the attribute {inode.Xattrs[0].Name}; ISO 9660 has no extended attributes");
        if (!adapts && !IsoTime.IsShort(inode.ModifiedTime))
            Fault(directory, name, $"the time {inode.ModifiedTime.Seconds}; ISO 9660 has the years 1900 to 2155, {IsoTime.EarliestShort.Seconds} to {IsoTime.LatestShort.Seconds}");
        switch (inode)
        {
            case FileInode file when file.Content.Length > IsoFormat.LargestSection && options.Level < 3:
                Fault(directory, name, $"a file of {file.Content.Length} bytes; below level 3 the limit is {IsoFormat.LargestSection}");
                break;
            case SymlinkInode { Target.Length: 0 or > LongestTarget } link:
                Fault(directory, name, $"a target of {link.Target.Length} bytes; it has 1 to {LongestTarget}");
                break;
            case SpecialInode { Device: { Major: 0, Minor: > byte.MaxValue } } special:
                Fault(directory, name, $"the device 0:{special.Device.Minor}; what Linux reads of a major number of 0 has minor ones to 255");
                break;
        }

        return true;
    }

    private static string Describe(Inode inode) => inode.Type switch
    {
        InodeType.Symlink => "symbolic link",
        InodeType.Fifo => "named pipe",
        InodeType.Socket => "socket",
        _ => "device",
    };

    /// <summary>Moves what is below the eighth level to a directory in the root (RRIP 1.12, 4.1.5).</summary>
    private void Relocate(IsoDirectory root)
    {
        foreach (IsoDirectory directory in Directories.Skip(1).ToArray())
        {
            directory.Level = directory.PlainParent.Level + 1;
            if (directory.Level <= IsoFormat.MaximumLevels)
                continue;
            _moved ??= MakeMoved(root);
            directory.PlainParent = _moved;
            directory.Level = _moved.Level + 1;
            directory.IsMoved = directory.IsHidden = true;
            _moved.Children.Add(directory);
            _moved.Identity.Links++;
        }
    }

    /// <summary>Other readers know the directory by one of these names.</summary>
    private IsoDirectory MakeMoved(IsoDirectory root)
    {
        var tree = (DirectoryInode)root.Inode;
        FileName name = tree.Find("rr_moved") is null ? "rr_moved" : ".rr_moved";
        if (tree.Find(name) is not null)
            Fault(root, name, $"the name is taken, as is rr_moved; deep directories are moved to one of them");
        var inode = new DirectoryInode { ModifiedTime = root.Inode.ModifiedTime };
        var moved = new IsoDirectory(Identify(inode), name, root) { Level = 2, IsHidden = true };
        root.Identity.Links++;
        Directories.Add(moved);
        return moved;
    }

    private void Fault(IsoDirectory? directory, FileName name, FormattableString message) =>
        _faults.Add(PathOf(directory, name), message);

    internal static string PathOf(IsoDirectory? directory, FileName name)
    {
        string path = directory is null ? "" : "/" + name;
        for (IsoDirectory? step = directory; step is { IsRoot: false }; step = step.Parent)
            path = "/" + step.Name + path;
        return path.Length == 0 ? "/" : path;
    }
}
