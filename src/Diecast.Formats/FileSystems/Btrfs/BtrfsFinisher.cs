using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Btrfs;

/// <summary>What the finisher sets beside the inodes.</summary>
internal sealed record BtrfsFinish
{
    /// <summary>Id of the tree of chunks, which every block of every tree has.</summary>
    internal required Guid ChunkTreeUuid { get; init; }

    /// <summary>The UUID of a subvolume, by its number.</summary>
    internal required Func<ulong, Guid> SubvolumeUuid { get; init; }

    /// <summary>When subvolumes and inodes are said to have been made.</summary>
    internal required Timestamp Time { get; init; }
}

/// <summary>
/// Gives the inodes of a btrfs, which mkfs.btrfs filled from a directory, what they are to have, and takes out what differs
/// from one run to the next. Nothing moves: every value is replaced by one of the same length.
/// </summary>
internal sealed class BtrfsFinisher
{
    internal const string Name = "btrfs";

    private readonly BtrfsVolume _volume;
    private readonly StagedTree _staged;
    private readonly BtrfsFinish _finish;
    private readonly Dictionary<(ulong Tree, ulong Inode), int> _numbers = [];
    private readonly int[] _met;

    private BtrfsFinisher(ImageEditor image, StagedTree staged, BtrfsFinish finish)
    {
        _volume = new BtrfsVolume(image);
        _staged = staged;
        _finish = finish;
        _met = new int[staged.Inodes.Count];
    }

    /// <exception cref="InvalidImageException">The image is not what mkfs.btrfs makes of the tree.</exception>
    /// <exception cref="UnrepresentableException">btrfs, or this mkfs.btrfs, cannot hold something of the tree.</exception>
    internal static void Finish(ImageEditor image, StagedTree staged, BtrfsFinish finish) =>
        new BtrfsFinisher(image, staged, finish).Run();

    /// <summary>Whether a device number can be stored, as the kernel splits it.</summary>
    internal static bool Holds(DeviceNumber device) => device is { Major: <= 0xfff, Minor: <= 0xfffff };

    private void Run()
    {
        List<(ulong Tree, ulong Address)> trees = [.. Roots()];
        foreach ((ulong tree, ulong address) in trees.Where(t => IsSubvolume(t.Tree)))
        {
            foreach (byte[] leaf in _volume.Leaves(address))
                Number(tree, leaf);
        }

        CheckComplete();
        var used = new HashSet<ulong>();
        foreach (ulong address in trees.Select(t => t.Address).Append(_volume.RootTree).Append(_volume.ChunkTree))
        {
            foreach (byte[] block in _volume.Blocks(address))
            {
                Uuid(_finish.ChunkTreeUuid, block.AsSpan(BtrfsLayout.Node.ChunkTreeUuid));
                if (block[BtrfsLayout.Node.Level] == 0)
                    SetLeaf(block);
                ClearUnused(block);
                _volume.Write(block);
                used.Add(BinaryPrimitives.ReadUInt64LittleEndian(block.AsSpan(BtrfsLayout.Node.Address)));
            }
        }

        _volume.ClearUnused(used);
    }

    /// <summary>Between keys and data stands what was there before entries moved.</summary>
    private static void ClearUnused(byte[] block)
    {
        int count = BinaryPrimitives.ReadInt32LittleEndian(block.AsSpan(BtrfsLayout.Node.Count));
        bool isLeaf = block[BtrfsLayout.Node.Level] == 0;
        int start = BtrfsLayout.Node.HeadSize + (count * (isLeaf ? BtrfsLayout.Node.ItemSize : BtrfsLayout.Node.PointerSize));
        int end = isLeaf ? BtrfsItem.AllOf(block).Select(item => item.Start).DefaultIfEmpty(block.Length).Min() : block.Length;
        if (start < end)
            block.AsSpan(start, end - start).Clear();
    }

    private static bool IsSubvolume(ulong tree) => tree is BtrfsLayout.FsTree or (>= BtrfsLayout.FirstFreeId and <= BtrfsLayout.LastFreeId);

    private IEnumerable<(ulong Tree, ulong Address)> Roots()
    {
        foreach (byte[] leaf in _volume.Leaves(_volume.RootTree))
        {
            foreach (BtrfsItem item in BtrfsItem.AllOf(leaf))
            {
                if (item.Type != BtrfsLayout.Key.RootItem)
                    continue;
                if (item.Length < BtrfsLayout.Root.Size)
                    throw BtrfsVolume.Fault($"the root of tree {item.Id} has {item.Length} bytes");
                yield return (item.Id, BinaryPrimitives.ReadUInt64LittleEndian(leaf.AsSpan(item.Start + BtrfsLayout.Root.Address)));
            }
        }
    }

    /// <summary>Finds out which inode of the tree each inode is: the time that it was staged with says so.</summary>
    private void Number(ulong tree, byte[] leaf)
    {
        foreach (BtrfsItem item in BtrfsItem.AllOf(leaf))
        {
            if (item.Type != BtrfsLayout.Key.InodeItem)
                continue;
            if (item.Length != BtrfsLayout.Inode.Size)
                throw BtrfsVolume.Fault($"an inode of {item.Length} bytes");
            bool isTop = tree == BtrfsLayout.FsTree && item.Id == BtrfsLayout.FirstFreeId;
            long time = BinaryPrimitives.ReadInt64LittleEndian(leaf.AsSpan(item.Start + BtrfsLayout.Inode.ModifiedTime));
            // Older versions give the root the time of the build.
            int number = isTop ? 0 : StagedTree.NumberOf(time)
                ?? throw BtrfsVolume.Fault($"inode {item.Id} of tree {tree} is of no file");
            if (number >= _met.Length)
                throw BtrfsVolume.Fault($"inode {item.Id} of tree {tree} is of file {number}, and there are {_met.Length}");
            _met[number]++;
            _numbers.Add((tree, item.Id), number);
        }
    }

    private void CheckComplete()
    {
        for (int i = 0; i < _met.Length; i++)
        {
            StagedInode inode = _staged.Inodes[i];
            if (_met[i] == 0)
                throw BtrfsVolume.Fault($"{inode.Path} is not in it");
            if (_met[i] > 1)
            {
                throw new UnrepresentableException(Name, inode.Path,
                    "its hard links became files of their own, since they are in several subvolumes or this version of mkfs.btrfs does not keep them");
            }
        }
    }

    private void SetLeaf(byte[] leaf)
    {
        ulong tree = BinaryPrimitives.ReadUInt64LittleEndian(leaf.AsSpan(BtrfsLayout.Node.Owner));
        List<BtrfsItem> items = BtrfsItem.AllOf(leaf);
        foreach (BtrfsItem item in items)
        {
            Span<byte> data = leaf.AsSpan(item.Start, item.Length);
            switch (item.Type)
            {
                case BtrfsLayout.Key.RootItem:
                    SetRoot(item.Id, data);
                    break;
                case BtrfsLayout.Key.DevExtent:
                    Uuid(_finish.ChunkTreeUuid, data[BtrfsLayout.DevExtentUuid..]);
                    break;
                case BtrfsLayout.Key.InodeItem when IsSubvolume(tree):
                    SetInode(_staged.Inodes[_numbers[(tree, item.Id)]].Inode, data);
                    break;
                case BtrfsLayout.Key.InodeItem when item.Length == BtrfsLayout.Inode.Size:
                    SetTimes(data, _finish.Time);
                    break;
                case BtrfsLayout.Key.DirItem or BtrfsLayout.Key.DirIndex when IsSubvolume(tree):
                    SetEntries(tree, data);
                    break;
                case BtrfsLayout.Key.XattrItem when IsSubvolume(tree):
                    SetAttributes(_staged.Inodes[_numbers[(tree, item.Id)]], data);
                    break;
            }
        }

        if (tree == BtrfsLayout.UuidTree)
            SortUuids(leaf, items);
    }

    private void SetRoot(ulong tree, Span<byte> root)
    {
        if (!IsSubvolume(tree))
            return;
        Uuid(_finish.SubvolumeUuid(tree), root[BtrfsLayout.Root.Uuid..]);
        Time(_finish.Time, root[BtrfsLayout.Root.ChangeTime..]);
        Time(_finish.Time, root[BtrfsLayout.Root.CreationTime..]);
    }

    private void SetInode(Inode inode, Span<byte> data)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(data[BtrfsLayout.Inode.Uid..], inode.Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(data[BtrfsLayout.Inode.Gid..], inode.Gid);
        BinaryPrimitives.WriteUInt32LittleEndian(data[BtrfsLayout.Inode.Mode..], (uint)inode.FullMode);
        DeviceNumber device = (inode as SpecialInode)?.Device ?? default;
        BinaryPrimitives.WriteUInt64LittleEndian(data[BtrfsLayout.Inode.Device..], ((ulong)device.Major << 20) | device.Minor);
        SetTimes(data, inode.ModifiedTime);
    }

    private void SetTimes(Span<byte> data, Timestamp time)
    {
        Time(time, data[BtrfsLayout.Inode.AccessTime..]);
        Time(time, data[BtrfsLayout.Inode.ChangeTime..]);
        Time(time, data[BtrfsLayout.Inode.ModifiedTime..]);
        Time(_finish.Time, data[BtrfsLayout.Inode.CreationTime..]);
    }

    /// <summary>Devices, pipes and sockets were staged as empty files.</summary>
    private void SetEntries(ulong tree, Span<byte> data)
    {
        while (data.Length > 0)
        {
            int size = SizeOfEntry(data);
            if (data[BtrfsLayout.KeyType] == BtrfsLayout.Key.InodeItem)
            {
                ulong target = BinaryPrimitives.ReadUInt64LittleEndian(data);
                data[BtrfsLayout.Entry.Type] = EntryTypes.Of(_staged.Inodes[_numbers[(tree, target)]].Inode.Type);
            }

            data = data[size..];
        }
    }

    private static void SetAttributes(StagedInode inode, Span<byte> data)
    {
        while (data.Length > 0)
        {
            int size = SizeOfEntry(data);
            Span<byte> name = data.Slice(BtrfsLayout.Entry.Name, BinaryPrimitives.ReadUInt16LittleEndian(data[BtrfsLayout.Entry.NameLength..]));
            FileName? meant = Meant(inode.Inode.Xattrs, name);
            if (meant is not { } real)
            {
                throw new InvalidImageException(Name,
                    $"{inode.Path} has the attribute {new FileName(name.ToArray())}, which the host's file system has added to all files");
            }

            real.Span.CopyTo(name);
            data = data[size..];
        }
    }

    private static FileName? Meant(Xattrs attributes, ReadOnlySpan<byte> staged)
    {
        foreach (Xattr attribute in attributes)
        {
            ReadOnlySpan<byte> expected = BtrfsAliases.IsFree(attribute.Name) ? attribute.Name.Span : BtrfsAliases.Of(attribute.Name);
            if (expected.SequenceEqual(staged))
                return attribute.Name;
        }

        return null;
    }

    private static int SizeOfEntry(ReadOnlySpan<byte> data)
    {
        if (data.Length >= BtrfsLayout.Entry.Name)
        {
            int size = BtrfsLayout.Entry.Name
                + BinaryPrimitives.ReadUInt16LittleEndian(data[BtrfsLayout.Entry.NameLength..])
                + BinaryPrimitives.ReadUInt16LittleEndian(data[BtrfsLayout.Entry.DataLength..]);
            if (size <= data.Length)
                return size;
        }

        throw BtrfsVolume.Fault("an entry of a directory is cut");
    }

    /// <summary>The keys of the tree of UUIDs are the UUIDs of subvolumes; with other ones their order is another.</summary>
    private void SortUuids(byte[] leaf, List<BtrfsItem> items)
    {
        if (items.Any(item => item.Type != BtrfsLayout.Key.UuidOfSubvolume || item.Length != sizeof(ulong)))
            return;
        Span<byte> uuid = stackalloc byte[BtrfsLayout.UuidSize];
        var sorted = new SortedDictionary<(ulong, ulong), ulong>();
        foreach (BtrfsItem item in items)
        {
            ulong tree = BinaryPrimitives.ReadUInt64LittleEndian(leaf.AsSpan(item.Start));
            Uuid(_finish.SubvolumeUuid(tree), uuid);
            sorted.Add((BinaryPrimitives.ReadUInt64LittleEndian(uuid), BinaryPrimitives.ReadUInt64LittleEndian(uuid[sizeof(ulong)..])), tree);
        }

        int index = 0;
        foreach (((ulong first, ulong second), ulong tree) in sorted)
        {
            Span<byte> key = leaf.AsSpan(BtrfsLayout.Node.HeadSize + (index * BtrfsLayout.Node.ItemSize));
            BinaryPrimitives.WriteUInt64LittleEndian(key, first);
            BinaryPrimitives.WriteUInt64LittleEndian(key[BtrfsLayout.KeyOffset..], second);
            BinaryPrimitives.WriteUInt64LittleEndian(leaf.AsSpan(items[index].Start), tree);
            index++;
        }
    }

    private static void Uuid(Guid value, Span<byte> destination) => value.TryWriteBytes(destination, bigEndian: true, out _);

    private static void Time(Timestamp time, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64LittleEndian(destination, time.Seconds);
        BinaryPrimitives.WriteInt32LittleEndian(destination[sizeof(long)..], time.Nanoseconds);
    }
}
