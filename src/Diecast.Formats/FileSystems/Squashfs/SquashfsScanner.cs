using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>
/// Turns a tree into inodes with numbers, and finds what squashfs cannot hold. The entries of a directory have numbers one
/// after the other, so that a listing says each of them with few bits.
/// </summary>
internal sealed class SquashfsScanner(SquashfsOptions options)
{
    private const uint MostMinor = (1 << 20) - 1;
    private const uint MostMajor = (1 << 12) - 1;
    private const uint MostInodes = int.MaxValue;

    /// <summary>A file of this many blocks has a list of 256 MiB.</summary>
    private const long MostBlocks = 1 << 26;


    private readonly Dictionary<Inode, SquashfsNode> _linked = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Inode> _directories = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<uint, ushort> _ids = [];
    private readonly UnrepresentableFaults _faults = new(SquashfsLayout.Format);
    private uint _last;

    /// <summary>The directories, each before those in it.</summary>
    internal List<SquashfsDirectory> Directories { get; } = [];

    /// <summary>Owners and groups by their place in the table.</summary>
    internal List<uint> Ids { get; } = [];

    /// <summary>Inodes there are.</summary>
    internal uint Count => _last;

    /// <summary>Where an owner or group is in the table.</summary>
    internal ushort IdOf(uint id) => _ids[id];

    internal void Scan(FileTree tree)
    {
        var root = new SquashfsDirectory(tree.Root, ++_last, null);
        _directories.Add(tree.Root);
        CheckInode(null, default, tree.Root);
        var stack = new Stack<SquashfsDirectory>([root]);
        while (stack.TryPop(out SquashfsDirectory? directory))
        {
            Directories.Add(directory);
            Scan(directory);
            for (int i = directory.Children.Length - 1; i >= 0; i--)
            {
                if (directory.Children[i] is SquashfsDirectory below)
                    stack.Push(below);
            }
        }

        _linked.Clear();
        _faults.Check();
    }

    private void Scan(SquashfsDirectory directory)
    {
        ReadOnlySpan<DirectoryEntry> entries = ((DirectoryInode)directory.Inode).Entries;
        directory.Children = new SquashfsNode[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            (FileName name, Inode inode) = (entries[i].Name, entries[i].Inode);
            if (name.Length > SquashfsLayout.LongestName)
                Fault(directory, name, $"a name of {name.Length} bytes; the limit is {SquashfsLayout.LongestName}");
            if (options.HardLinks == SquashfsHardLinks.Keep && _linked.TryGetValue(inode, out SquashfsNode? known))
            {
                known.Links++;
                directory.Children[i] = known;
                continue;
            }

            CheckInode(directory, name, inode);
            if (inode is DirectoryInode below)
            {
                if (!_directories.Add(inode))
                {
                    Fault(directory, name, $"a directory with two names");
                    directory.Children[i] = new SquashfsNode(inode, ++_last);
                    continue;
                }

                directory.Children[i] = new SquashfsDirectory(below, ++_last, directory);
                continue;
            }

            directory.Children[i] = new SquashfsNode(inode, ++_last);
            if (options.HardLinks == SquashfsHardLinks.Keep)
                _linked.Add(inode, directory.Children[i]);
        }

        if (_last > MostInodes)
            throw new UnrepresentableException(SquashfsLayout.Format, null, FormattableString.Invariant($"there are more than {MostInodes} inodes"));
    }

    private void CheckInode(SquashfsDirectory? directory, FileName name, Inode inode)
    {
        (uint uid, uint gid) = OwnerOf(inode, directory is null);
        AddId(uid, directory, name);
        AddId(gid, directory, name);
        if (options.Unsupported == SquashfsUnsupported.Refuse && inode.ModifiedTime.Seconds is < 0 or > uint.MaxValue)
            Fault(directory, name, $"the time {inode.ModifiedTime.Seconds}; squashfs has the seconds from 1970 to 2106, 0 to {uint.MaxValue}");
        if (options.Xattrs)
            CheckXattrs(directory, name, inode);
        switch (inode)
        {
            case FileInode file when (file.Content.Length + options.BlockSize - 1) / options.BlockSize > MostBlocks:
                Fault(directory, name, $"a file of {file.Content.Length} bytes; with blocks of {options.BlockSize} the limit is {MostBlocks * options.BlockSize}");
                break;
            case SymlinkInode { Target.Length: 0 or > SquashfsLayout.LongestTarget } link:
                Fault(directory, name, $"a target of {link.Target.Length} bytes; it has 1 to {SquashfsLayout.LongestTarget}");
                break;
            case SpecialInode { Device: { Major: > MostMajor } or { Minor: > MostMinor } } special:
                Fault(directory, name, $"the device {special.Device.Major}:{special.Device.Minor}; the limits are {MostMajor}:{MostMinor}");
                break;
        }
    }

    private void CheckXattrs(SquashfsDirectory? directory, FileName name, Inode inode)
    {
        foreach (Xattr xattr in inode.Xattrs)
        {
            if (SquashfsXattrTable.TypeOf(xattr.Name) < 0)
            {
                if (options.Unsupported == SquashfsUnsupported.Refuse)
                    Fault(directory, name, $"the attribute {xattr.Name}; squashfs has those of user, trusted and security, and no ACLs");
            }
            else if (xattr.Value.Length > SquashfsLayout.LargestXattr)
            {
                Fault(directory, name, $"the attribute {xattr.Name} of {xattr.Value.Length} bytes; Linux reads {SquashfsLayout.LargestXattr}");
            }
        }
    }

    /// <summary>Who owns an inode, by the options.</summary>
    internal (uint Uid, uint Gid) OwnerOf(Inode inode, bool isRoot) => (
        (isRoot ? options.RootUid : null) ?? (options.AllRoot ? 0 : inode.Uid),
        (isRoot ? options.RootGid : null) ?? (options.AllRoot ? 0 : inode.Gid));

    private void AddId(uint id, SquashfsDirectory? directory, FileName name)
    {
        if (_ids.ContainsKey(id))
            return;
        if (Ids.Count == SquashfsLayout.MaximumIds)
        {
            Fault(directory, name, $"the owner or group {id} is one too many; there are at most {SquashfsLayout.MaximumIds}");
            return;
        }

        _ids.Add(id, (ushort)Ids.Count);
        Ids.Add(id);
    }

    private void Fault(SquashfsDirectory? directory, FileName name, FormattableString message) =>
        _faults.Add(PathOf(directory, name), message);

    /// <summary>A path is put together only where something is wrong with it.</summary>
    private static string PathOf(SquashfsDirectory? directory, FileName name)
    {
        string path = directory is null ? "" : "/" + name;
        for (SquashfsDirectory? step = directory; step?.Parent is { } parent; step = parent)
            path = "/" + ((DirectoryInode)parent.Inode).Entries[Array.IndexOf(parent.Children, step)].Name + path;
        return path.Length == 0 ? "/" : path;
    }
}
