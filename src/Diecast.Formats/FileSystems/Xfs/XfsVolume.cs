using System.Buffers.Binary;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.FileSystems.Xfs;

/// <summary>Where things are in an XFS.</summary>
internal sealed class XfsVolume
{
    private readonly SortedSet<ulong> _system = [];
    private readonly int _sectorSize;
    private readonly int _inodesPerBlockLog;
    private readonly int _groupBlocksLog;
    private readonly long _groupBlocks;

    /// <exception cref="InvalidImageException">It is no XFS of version 5.</exception>
    internal XfsVolume(ImageEditor image)
    {
        Image = image;
        byte[] superblock = image.Read(0, XfsLayout.Superblock.LeastSize);
        if (!superblock.AsSpan().StartsWith(XfsLayout.Superblock.Magic))
            throw Fault("there is no superblock");
        if ((UInt16(superblock, XfsLayout.Superblock.Version) & XfsLayout.Superblock.VersionMask) != XfsLayout.Superblock.Version5)
            throw Fault("it is not of version 5, which checks metadata by checksums (-m crc=1)");
        BlockSize = (int)UInt32(superblock, XfsLayout.Superblock.BlockSize);
        _groupBlocks = UInt32(superblock, XfsLayout.Superblock.GroupBlocks);
        GroupCount = UInt32(superblock, XfsLayout.Superblock.GroupCount);
        _sectorSize = UInt16(superblock, XfsLayout.Superblock.SectorSize);
        InodeSize = UInt16(superblock, XfsLayout.Superblock.InodeSize);
        _inodesPerBlockLog = superblock[XfsLayout.Superblock.InodesPerBlockLog];
        _groupBlocksLog = superblock[XfsLayout.Superblock.GroupBlocksLog];
        DirectoryBlockSize = BlockSize << superblock[XfsLayout.Superblock.DirectoryBlockLog];
        if (!int.IsPow2(BlockSize) || BlockSize is < 1024 or > 65536 || InodeSize is < 256 or > 2048 || _sectorSize is < 512 or > 32768
            || _inodesPerBlockLog > 8 || _groupBlocksLog > 31 || DirectoryBlockSize is < 1024 or > 65536)
        {
            throw Fault("its sizes are impossible");
        }

        foreach (byte at in XfsLayout.Superblock.SystemInodes)
        {
            if (UInt64(superblock, at) is not (0 or ulong.MaxValue) and var inode)
                _system.Add(inode);
        }
    }

    internal ImageEditor Image { get; }

    /// <summary>Inodes that no name leads to.</summary>
    internal IReadOnlyCollection<ulong> SystemInodes => _system;

    internal int BlockSize { get; }

    internal int InodeSize { get; }

    internal int DirectoryBlockSize { get; }

    private uint GroupCount { get; }

    internal static InvalidImageException Fault(string message) => new(XfsFinisher.Name, message);

    internal static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);

    internal static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    internal static ulong UInt64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]);

    /// <summary>Every inode in use but those of the system: its number.</summary>
    internal IEnumerable<ulong> Inodes()
    {
        for (uint group = 0; group < GroupCount; group++)
        {
            foreach ((byte[] leaf, _) in InodeLeaves(group))
            {
                for (int i = 0; i < Count(leaf); i++)
                {
                    int record = XfsLayout.InodeTree.HeadSize + (i * XfsLayout.InodeTree.RecordSize);
                    uint start = UInt32(leaf, record);
                    ushort holes = UInt16(leaf, record + XfsLayout.InodeTree.Holes);
                    ulong free = UInt64(leaf, record + XfsLayout.InodeTree.Free);
                    for (int bit = 0; bit < XfsLayout.InodeTree.InodesInRecord; bit++)
                    {
                        ulong number = InodeNumber(group, start + (uint)bit);
                        bool isHole = (holes >> (bit / XfsLayout.InodeTree.InodesInHole) & 1) != 0;
                        if (!isHole && (free >> bit & 1) == 0 && !_system.Contains(number))
                            yield return number;
                    }
                }
            }
        }
    }

    /// <summary>The leaves of a group's tree of inodes, with their places.</summary>
    internal IEnumerable<(byte[] Leaf, long Place)> InodeLeaves(uint group)
    {
        byte[] head = ReadGroup(group);
        var pending = new Stack<(uint Block, int Level)>([(UInt32(head, XfsLayout.GroupInodes.Root), int.MaxValue)]);
        while (pending.TryPop(out (uint Block, int Level) next))
        {
            long place = PlaceInGroup(group, next.Block);
            byte[] block = Image.Read(place, BlockSize);
            int level = UInt16(block, XfsLayout.InodeTree.Level);
            if (!block.AsSpan().StartsWith(XfsLayout.InodeTree.Magic) || level >= next.Level)
                throw Fault($"the block at {place} is none of the tree of inodes");
            if (level == 0)
            {
                if (Count(block) > (BlockSize - XfsLayout.InodeTree.HeadSize) / XfsLayout.InodeTree.RecordSize)
                    throw Fault($"{Count(block)} records in a block of inodes");
                yield return (block, place);
                continue;
            }

            int capacity = (BlockSize - XfsLayout.InodeTree.HeadSize) / (2 * sizeof(uint));
            if (Count(block) > capacity)
                throw Fault($"{Count(block)} pointers in a block of inodes");
            for (int i = Count(block) - 1; i >= 0; i--)
                pending.Push((UInt32(block, XfsLayout.InodeTree.HeadSize + ((capacity + i) * sizeof(uint))), level));
        }
    }

    internal static int Count(ReadOnlySpan<byte> block) => UInt16(block, XfsLayout.InodeTree.Count);

    internal byte[] ReadGroup(uint group)
    {
        byte[] head = Image.Read(GroupPlace(group), _sectorSize);
        return head.AsSpan().StartsWith(XfsLayout.GroupInodes.Magic) ? head : throw Fault($"group {group} has no head of inodes");
    }

    internal void WriteGroup(uint group, byte[] head)
    {
        SetChecksum(head, XfsLayout.GroupInodes.Checksum);
        Image.Write(GroupPlace(group), head);
    }

    /// <summary>Changes the superblock and all its copies.</summary>
    internal void ChangeSuperblocks(Action<byte[]> change)
    {
        for (uint group = 0; group < GroupCount; group++)
            ChangeSuperblock(change, group);
    }

    /// <summary>Changes the superblock, or the copy of a group.</summary>
    internal void ChangeSuperblock(Action<byte[]> change, uint group = 0)
    {
        byte[] superblock = Image.Read(PlaceInGroup(group, 0), _sectorSize);
        change(superblock);
        SetChecksum(superblock, XfsLayout.Superblock.Checksum);
        Image.Write(PlaceInGroup(group, 0), superblock);
    }

    internal byte[] ReadInode(ulong number)
    {
        byte[] inode = Image.Read(InodePlace(number), InodeSize);
        return inode.AsSpan().StartsWith(XfsLayout.Inode.Magic) ? inode : throw Fault($"inode {number} is none");
    }

    internal void WriteInode(ulong number, byte[] inode)
    {
        SetChecksum(inode, XfsLayout.Inode.Checksum);
        Image.Write(InodePlace(number), inode);
    }

    /// <summary>The group of an inode, and its number there.</summary>
    internal (uint Group, uint Number) Split(ulong inode)
    {
        int bits = _inodesPerBlockLog + _groupBlocksLog;
        return ((uint)(inode >> bits), (uint)(inode & ((1UL << bits) - 1)));
    }

    /// <summary>Where a block of a group is.</summary>
    internal long PlaceInGroup(uint group, uint block) => ((group * _groupBlocks) + block) * BlockSize;

    /// <summary>Where a block is by its number in the file system, which has the group in its upper bits.</summary>
    internal long Place(ulong block) => PlaceInGroup((uint)(block >> _groupBlocksLog), (uint)(block & ((1UL << _groupBlocksLog) - 1)));

    /// <summary>Sets the checksum of a structure: CRC-32C, little-endian where all else is big-endian.</summary>
    internal static void SetChecksum(Span<byte> structure, int at)
    {
        structure.Slice(at, sizeof(uint)).Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(structure[at..], ~Crc32C.Append(Crc32C.Start, structure));
    }

    private long GroupPlace(uint group) => PlaceInGroup(group, 0) + (XfsLayout.GroupInodes.Sector * _sectorSize);

    private ulong InodeNumber(uint group, uint number) => ((ulong)group << (_inodesPerBlockLog + _groupBlocksLog)) | number;

    private long InodePlace(ulong inode)
    {
        (uint group, uint number) = Split(inode);
        return PlaceInGroup(group, number >> _inodesPerBlockLog) + ((number & ((1L << _inodesPerBlockLog) - 1)) * InodeSize);
    }
}
