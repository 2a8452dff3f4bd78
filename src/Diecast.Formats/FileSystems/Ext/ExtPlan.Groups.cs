using System.Buffers.Binary;
using System.Diagnostics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    private bool HasGroupChecksums => _checksums || _features.Has(ExtFeature.UninitGroups);

    /// <summary>Superblocks, descriptors, bitmaps and inode tables, in ascending order.</summary>
    private List<(long Offset, Blob Blob)> Tables()
    {
        var tables = new List<(long Offset, Blob Blob)>();
        Blob descriptors = Blob.FromMemory(Descriptors(tables));
        for (int group = 0; group < _geometry.Groups; group++)
        {
            long block = _geometry.FirstBlock(group);
            if (_geometry.HoldsSuperblock(group))
            {
                long offset = group == 0 ? ExtFormat.SuperblockOffset : block * _blockSize;
                tables.Add((offset, Blob.FromMemory(Superblock(group))));
                block++;
            }

            (int first, int count) = _geometry.DescriptorsIn(group);
            if (count > 0)
                tables.Add((block * _blockSize, descriptors.Slice((long)first * _blockSize, (long)count * _blockSize)));
        }

        if (_geometry is { ReservedDescriptorBlocks: > 0, Groups: > 1 })
            tables.Add((ReservedDescriptorBlock(0, 0) * _blockSize, ReservedDescriptorsBlob()));
        if (_map.JournalFirst > 0)
            AddJournal(tables);
        tables.Sort(static (a, b) => a.Offset.CompareTo(b.Offset));
        return tables;
    }

    /// <summary>The first block of a journal with a place of its own, and its extent tree; the rest is a hole.</summary>
    private void AddJournal(List<(long Offset, Blob Blob)> tables)
    {
        int place = ExtTree.PlaceOf(ExtFormat.JournalInode);
        ExtNode node = _tree.Nodes[place];
        tables.Add((_map.JournalFirst * _blockSize, JournalBlob().Slice(0, _blockSize)));
        if (node.MapCount > 0)
            tables.Add((ExtentsOf(node)[node.ExtentCount].Physical * _blockSize, MapBlob(place, node, 0)));
    }

    /// <summary>Fills the descriptors of all groups, and adds the tables that they point at and that are not empty.</summary>
    private byte[] Descriptors(List<(long Offset, Blob Blob)> tables)
    {
        byte[] descriptors = new byte[_geometry.DescriptorBlocks * _blockSize];
        byte[] bitmap = new byte[_blockSize];
        int[] directories = DirectoriesByGroup();
        long free = 0;
        for (int group = 0; group < _geometry.Groups; group++)
        {
            Span<byte> descriptor = descriptors.AsSpan(group * _geometry.DescriptorSize, _geometry.DescriptorSize);
            GroupState state = StateOf(group);
            free += state.FreeBlocks;
            FillDescriptor(descriptor, group, state, directories[group]);
            if (!state.BlocksUninitialized)
            {
                FillBlockBitmap(group, bitmap);
                ReadOnlySpan<byte> counted = bitmap.AsSpan(0, _geometry.BlocksPerGroup / 8);
                SetBitmapChecksum(
                    descriptor, counted, ExtDescriptorLayout.BlockBitmapCsumLo, ExtDescriptorLayout.BlockBitmapCsumHi);
                int which = group;
                Blob blob = ExtPieces.Blocks(1, _blockSize, (_, block) => FillBlockBitmap(which, block));
                tables.Add((_map.BlockBitmaps[group] * _blockSize, blob));
            }

            if (!state.InodesUninitialized)
            {
                FillInodeBitmap(state.UsedInodes, bitmap);
                ReadOnlySpan<byte> counted = bitmap.AsSpan(0, _geometry.InodesPerGroup / 8);
                SetBitmapChecksum(
                    descriptor, counted, ExtDescriptorLayout.InodeBitmapCsumLo, ExtDescriptorLayout.InodeBitmapCsumHi);
                int used = state.UsedInodes;
                Blob blob = ExtPieces.Blocks(1, _blockSize, (_, block) => FillInodeBitmap(used, block));
                tables.Add((_map.InodeBitmaps[group] * _blockSize, blob));
            }

            if (state.UsedInodes > 0)
                tables.Add((_map.InodeTables[group] * _blockSize, InodeTableBlob(group, state.UsedInodes)));
            SetDescriptorChecksum(descriptor, group);
        }

        return free == FreeBlockCount
            ? descriptors
            : throw new UnreachableException($"ext4: the groups have {free} free blocks; the plan has {FreeBlockCount}");
    }

    private GroupState StateOf(int group)
    {
        int usedBlocks = _map.MarkUsed(group, default);
        long remaining = _tree.Nodes.Count - ((long)group * _geometry.InodesPerGroup);
        int usedInodes = (int)Math.Clamp(remaining, 0, _geometry.InodesPerGroup);
        // The kernel makes the bitmap of an untouched group itself: superblock, descriptors and the group's own tables
        // (ext4_init_block_bitmap). Other groups' tables, and the end in the last group, it would not see.
        int own = _geometry.HeadBlocks(group);
        long first = _geometry.FirstBlock(group);
        long end = first + _geometry.BlocksIn(group);
        if (_map.BlockBitmaps[group] >= first && _map.BlockBitmaps[group] < end)
            own++;
        if (_map.InodeBitmaps[group] >= first && _map.InodeBitmaps[group] < end)
            own++;
        long table = _map.InodeTables[group];
        own += (int)Math.Max(0, Math.Min(end, table + _geometry.InodeTableBlocks) - Math.Max(first, table));
        return new GroupState(
            _geometry.BlocksIn(group) - usedBlocks,
            usedInodes,
            HasGroupChecksums && group > 0 && group < _geometry.Groups - 1 && usedBlocks == own,
            HasGroupChecksums && usedInodes == 0);
    }

    private void FillDescriptor(Span<byte> descriptor, int group, GroupState state, int directories)
    {
        int unusedInodes = _geometry.InodesPerGroup - state.UsedInodes;
        int flags = !HasGroupChecksums ? 0
            : ExtFormat.GroupInodeTableZeroed
                | (state.BlocksUninitialized ? ExtFormat.GroupBlockUninitialized : 0)
                | (state.InodesUninitialized ? ExtFormat.GroupInodeUninitialized : 0);
        Set(descriptor, ExtDescriptorLayout.BlockBitmapLo, ExtDescriptorLayout.BlockBitmapHi, _map.BlockBitmaps[group]);
        Set(descriptor, ExtDescriptorLayout.InodeBitmapLo, ExtDescriptorLayout.InodeBitmapHi, _map.InodeBitmaps[group]);
        Set(descriptor, ExtDescriptorLayout.InodeTableLo, ExtDescriptorLayout.InodeTableHi, _map.InodeTables[group]);
        Set(descriptor, ExtDescriptorLayout.FreeBlocksCountLo, ExtDescriptorLayout.FreeBlocksCountHi, state.FreeBlocks);
        Set(descriptor, ExtDescriptorLayout.FreeInodesCountLo, ExtDescriptorLayout.FreeInodesCountHi, unusedInodes);
        Set(descriptor, ExtDescriptorLayout.UsedDirsCountLo, ExtDescriptorLayout.UsedDirsCountHi, directories);
        ExtDescriptorLayout.Flags.Set(descriptor, (long)flags);
        if (HasGroupChecksums)
            Set(descriptor, ExtDescriptorLayout.ItableUnusedLo, ExtDescriptorLayout.ItableUnusedHi, unusedInodes);
    }

    private void FillBlockBitmap(int group, Span<byte> bitmap)
    {
        bitmap.Clear();
        _map.MarkUsed(group, bitmap);
        ExtBlockMap.SetBits(bitmap, _geometry.BlocksIn(group), _blockSize * 8);
    }

    private void FillInodeBitmap(int used, Span<byte> bitmap)
    {
        bitmap.Clear();
        ExtBlockMap.SetBits(bitmap, 0, used);
        ExtBlockMap.SetBits(bitmap, _geometry.InodesPerGroup, _blockSize * 8);
    }

    private void SetBitmapChecksum(Span<byte> descriptor, ReadOnlySpan<byte> bitmap, LayoutField low, LayoutField high)
    {
        if (_checksums)
            SetHalves(descriptor, low, high, Crc32C.Append(_checksumSeed, bitmap));
    }

    private void SetDescriptorChecksum(Span<byte> descriptor, int group)
    {
        LayoutField field = ExtDescriptorLayout.Checksum;
        if (_checksums)
        {
            // The field itself is zero, and counts.
            uint checksum = Crc32C.Append(Crc32C.Append(_checksumSeed, (uint)group), descriptor);
            field.Set(descriptor, (ulong)(checksum & 0xffff));
        }
        else if (HasGroupChecksums)
        {
            // The field itself is left out.
            Span<byte> start = stackalloc byte[20];
            _options.Uuid.TryWriteBytes(start, bigEndian: true, out _);
            BinaryPrimitives.WriteInt32LittleEndian(start[16..], group);
            ushort checksum = Crc16.Append(Crc16.Start, start);
            checksum = Crc16.Append(checksum, descriptor[..field.Offset]);
            field.Set(descriptor, (ulong)Crc16.Append(checksum, descriptor[field.End..]));
        }
    }

    private int[] DirectoriesByGroup()
    {
        int[] directories = new int[_geometry.Groups];
        foreach (ExtDirectory directory in _tree.Directories.Span)
            directories[directory.Node / _geometry.InodesPerGroup]++;
        return directories;
    }

    /// <summary>Writes both halves of a number; the upper one only where the descriptor has it.</summary>
    private static void Set(Span<byte> structure, LayoutField low, LayoutField high, long value)
    {
        ulong mask = (1ul << (low.Width * 8)) - 1;
        low.Set(structure, (ulong)value & mask);
        if (high.End <= structure.Length)
            high.Set(structure, (ulong)value >> (low.Width * 8));
    }

    private static void SetHalves(Span<byte> structure, LayoutField low, LayoutField high, uint value)
    {
        low.Set(structure, (ulong)(value & 0xffff));
        if (high.End <= structure.Length)
            high.Set(structure, (ulong)(value >> 16));
    }

    private readonly record struct GroupState(int FreeBlocks, int UsedInodes, bool BlocksUninitialized, bool InodesUninitialized);
}
