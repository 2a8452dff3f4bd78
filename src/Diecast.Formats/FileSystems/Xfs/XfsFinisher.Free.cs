using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Xfs;

internal sealed partial class XfsFinisher
{
    /// <summary>
    /// Frees the inodes that stood for further names: each is empty, its bit is set in its group's tree of inodes and in
    /// that of inodes of which some are free, and the counts of group and superblock grow.
    /// </summary>
    private void FreePlaceholders()
    {
        foreach (ulong placeholder in _placeholders)
        {
            byte[] inode = _volume.ReadInode(placeholder);
            Span<byte> data = inode;
            BinaryPrimitives.WriteUInt16BigEndian(data[XfsLayout.Inode.Mode..], 0);
            BinaryPrimitives.WriteUInt32BigEndian(data[XfsLayout.Inode.Links..], 0);
            BinaryPrimitives.WriteUInt32BigEndian(data[XfsLayout.Inode.Uid..], 0);
            BinaryPrimitives.WriteUInt32BigEndian(data[XfsLayout.Inode.Generation..], 1);
            data[XfsLayout.Inode.Format] = XfsLayout.ForkFormat.Extents;
            SetTimes(data, _time);
            data[XfsLayout.Inode.HeadSize..].Clear();
            _volume.WriteInode(placeholder, inode);
        }

        foreach (IGrouping<uint, uint> group in _placeholders.Select(_volume.Split).GroupBy(p => p.Group, p => p.Number))
            FreeInGroup(group.Key, [.. group]);
        // Copies of the superblock keep the count of their making.
        _volume.ChangeSuperblock(superblock =>
        {
            Span<byte> free = superblock.AsSpan(XfsLayout.Superblock.FreeInodes);
            BinaryPrimitives.WriteUInt64BigEndian(free, BinaryPrimitives.ReadUInt64BigEndian(free) + (ulong)_placeholders.Length);
        });
    }

    private void FreeInGroup(uint group, HashSet<uint> numbers)
    {
        var records = new SortedDictionary<uint, byte[]>();
        foreach ((byte[] leaf, long place) in _volume.InodeLeaves(group))
        {
            bool isChanged = false;
            for (int i = 0; i < XfsVolume.Count(leaf); i++)
            {
                Span<byte> record = leaf.AsSpan(XfsLayout.InodeTree.HeadSize + (i * XfsLayout.InodeTree.RecordSize), XfsLayout.InodeTree.RecordSize);
                uint start = XfsVolume.UInt32(record, 0);
                ulong freed = 0;
                foreach (uint number in numbers.Where(n => n >= start && n - start < XfsLayout.InodeTree.InodesInRecord))
                    freed |= 1UL << (int)(number - start);
                if (freed == 0)
                    continue;
                Span<byte> free = record[XfsLayout.InodeTree.Free..];
                BinaryPrimitives.WriteUInt64BigEndian(free, BinaryPrimitives.ReadUInt64BigEndian(free) | freed);
                // With sparse chunks of inodes the count is one byte, else it is the last of four: the same one.
                record[XfsLayout.InodeTree.FreeCountWithHoles] += (byte)System.Numerics.BitOperations.PopCount(freed);
                records.Add(start, record.ToArray());
                isChanged = true;
            }

            if (!isChanged)
                continue;
            XfsVolume.SetChecksum(leaf, XfsLayout.InodeTree.Checksum);
            _volume.Image.Write(place, leaf);
        }

        byte[] head = _volume.ReadGroup(group);
        Span<byte> freeCount = head.AsSpan(XfsLayout.GroupInodes.FreeCount);
        BinaryPrimitives.WriteUInt32BigEndian(freeCount, BinaryPrimitives.ReadUInt32BigEndian(freeCount) + (uint)numbers.Count);
        uint tree = XfsVolume.UInt32(head, XfsLayout.GroupInodes.FreeRoot);
        if (tree != 0)
            SetFreeTree(_volume.PlaceInGroup(group, tree), XfsVolume.UInt32(head, XfsLayout.GroupInodes.FreeLevel), records);
        _volume.WriteGroup(group, head);
    }

    /// <summary>Records that were there are replaced, others added; a tree just made has one block.</summary>
    private void SetFreeTree(long place, uint levels, SortedDictionary<uint, byte[]> records)
    {
        byte[] leaf = _volume.Image.Read(place, _volume.BlockSize);
        if (levels != 1 || !leaf.AsSpan().StartsWith(XfsLayout.InodeTree.FreeMagic))
            throw XfsVolume.Fault("the tree of free inodes has several levels, which a new file system's has not");
        var all = new SortedDictionary<uint, byte[]>();
        for (int i = 0; i < XfsVolume.Count(leaf); i++)
        {
            byte[] record = leaf.AsSpan(XfsLayout.InodeTree.HeadSize + (i * XfsLayout.InodeTree.RecordSize), XfsLayout.InodeTree.RecordSize).ToArray();
            all[XfsVolume.UInt32(record, 0)] = record;
        }

        foreach ((uint start, byte[] record) in records)
            all[start] = record;
        if (all.Count > (_volume.BlockSize - XfsLayout.InodeTree.HeadSize) / XfsLayout.InodeTree.RecordSize)
            throw new UnrepresentableException(Name, null, "more hard links than the tree of free inodes has room for");
        BinaryPrimitives.WriteUInt16BigEndian(leaf.AsSpan(XfsLayout.InodeTree.Count), (ushort)all.Count);
        int at = XfsLayout.InodeTree.HeadSize;
        foreach (byte[] record in all.Values)
        {
            record.CopyTo(leaf.AsSpan(at));
            at += XfsLayout.InodeTree.RecordSize;
        }

        XfsVolume.SetChecksum(leaf, XfsLayout.InodeTree.Checksum);
        _volume.Image.Write(place, leaf);
    }
}
