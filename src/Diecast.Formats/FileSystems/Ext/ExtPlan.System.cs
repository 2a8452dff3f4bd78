using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    private const uint JournalMagic = 0xc03b3998;
    private const uint JournalSuperblockVersion2 = 4;
    private const uint OrphanMagic = 0x0b10ca04;
    private const int OrphanTailSize = 8;

    /// <summary>An empty journal: its superblock, and blocks that the kernel will write before it reads them.</summary>
    private Blob JournalBlob()
    {
        byte[] superblock = new byte[JournalSuperblockLayout.Size];
        SetBigEndian(superblock, JournalSuperblockLayout.Magic, JournalMagic);
        SetBigEndian(superblock, JournalSuperblockLayout.Blocktype, JournalSuperblockVersion2);
        SetBigEndian(superblock, JournalSuperblockLayout.Blocksize, (uint)_blockSize);
        SetBigEndian(superblock, JournalSuperblockLayout.Maxlen, (uint)_geometry.JournalBlocks);
        SetBigEndian(superblock, JournalSuperblockLayout.First, 1);
        SetBigEndian(superblock, JournalSuperblockLayout.FirstSequence, 1);
        SetBigEndian(superblock, JournalSuperblockLayout.NrUsers, 1);
        _options.Uuid.TryWriteBytes(JournalSuperblockLayout.Uuid.In(superblock), bigEndian: true, out _);
        return Blob.Concat(Blob.FromMemory(superblock), Blob.Zeros((_geometry.JournalBlocks * _blockSize) - superblock.Length));
    }

    /// <summary>
    /// The double-indirect block of the resize inode, which points at the blocks reserved for descriptors in the first
    /// group; each of those is an indirect block of its copies in the other groups (ext2fs_create_resize_inode).
    /// </summary>
    private Blob ResizeBlob() => ExtPieces.Blocks(1, _blockSize, (_, block) =>
    {
        int pointers = _blockSize / sizeof(uint);
        for (int i = 0; i < _geometry.ReservedDescriptorBlocks; i++)
        {
            int slot = (_geometry.DescriptorBlocks + i) % pointers;
            BinaryPrimitives.WriteUInt32LittleEndian(block[(slot * sizeof(uint))..], (uint)ReservedDescriptorBlock(0, i));
        }
    });

    /// <summary>The blocks reserved for descriptors in the first group.</summary>
    private Blob ReservedDescriptorsBlob()
    {
        int[] backups = [.. BackupGroups()];
        return ExtPieces.Blocks(_geometry.ReservedDescriptorBlocks, _blockSize, (index, block) =>
        {
            for (int i = 0; i < backups.Length; i++)
            {
                uint copy = (uint)ReservedDescriptorBlock(backups[i], (int)index);
                BinaryPrimitives.WriteUInt32LittleEndian(block[(i * sizeof(uint))..], copy);
            }
        });
    }

    private long ReservedDescriptorBlock(int group, int index) =>
        _geometry.FirstBlock(group) + 1 + _geometry.DescriptorBlocks + index;

    /// <summary>Sectors that the resize inode counts as its own.</summary>
    private long ResizeSectors() =>
        (1 + ((long)_geometry.ReservedDescriptorBlocks * (1 + BackupGroups().Count()))) * (_blockSize / ExtFormat.SectorSize);

    /// <summary>The resize inode's size: all that single and double indirect blocks could reach.</summary>
    private long ResizeSize()
    {
        long pointers = _blockSize / sizeof(uint);
        return ((pointers * pointers) + pointers + ExtFormat.DirectPointers) * _blockSize;
    }

    private IEnumerable<int> BackupGroups()
    {
        for (int group = 1; group < _geometry.Groups; group++)
        {
            if (_geometry.HoldsSuperblock(group))
                yield return group;
        }
    }

    /// <summary>Blocks without orphans: only their tails (orphan.rst).</summary>
    private Blob OrphanBlob(ExtExtent extent) => ExtPieces.Blocks(extent.Blocks, _blockSize, (index, block) =>
    {
        Span<byte> tail = block[^OrphanTailSize..];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, OrphanMagic);
        if (_checksums)
        {
            uint checksum = Crc32C.Append(ChecksumSeedOf(_orphanPlace), (ulong)(extent.Physical + index));
            BinaryPrimitives.WriteUInt32LittleEndian(tail[sizeof(uint)..], Crc32C.Append(checksum, block[..^OrphanTailSize]));
        }
    });

    private static void SetBigEndian(Span<byte> structure, LayoutField field, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(field.In(structure), value);
}
