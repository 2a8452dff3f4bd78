using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Blocks and inodes of an image. Nothing that it says is trusted.</summary>
/// <remarks>Not safe for several threads; the reader above holds a lock.</remarks>
internal sealed class ExtReaderVolume
{
    private const int CacheSlots = 64;

    /// <summary>
    /// How often a block may be met, on average, as content or in a map. More than once, since files may share blocks;
    /// but all maps together cannot lead round in circles.
    /// </summary>
    private const long Sharing = 4;

    private readonly (long Block, byte[] Bytes)[] _cache = new (long, byte[])[CacheSlots];
    private long _budget;

    internal ExtReaderVolume(Blob image, ExtReaderSuperblock superblock)
    {
        Image = image;
        Superblock = superblock;
        BlockSize = superblock.BlockSize;
        _budget = superblock.Blocks > long.MaxValue / Sharing ? long.MaxValue : superblock.Blocks * Sharing;
    }

    internal Blob Image { get; }

    internal ExtReaderSuperblock Superblock { get; }

    internal int BlockSize { get; }

    /// <summary>A block, which does not change afterwards.</summary>
    internal ReadOnlySpan<byte> Block(long block, string what)
    {
        if (block < 0 || block >= Superblock.Blocks)
            throw Invalid($"{what} is in block {block} of {Superblock.Blocks}");
        ref (long Block, byte[] Bytes) slot = ref _cache[block % CacheSlots];
        if (slot.Bytes is null || slot.Block != block)
        {
            byte[] bytes = new byte[BlockSize];
            Image.Read(block * BlockSize, bytes);
            slot = (block, bytes);
        }

        return slot.Bytes;
    }

    /// <summary>Counts blocks that a map leads to.</summary>
    internal void Charge(long blocks, uint inode)
    {
        if (blocks > _budget)
            throw Invalid($"inode {inode}: with it, all files together have more than {Sharing} times the blocks that there are");
        _budget -= blocks;
    }

    /// <summary>An inode as it is stored.</summary>
    internal ReadOnlySpan<byte> Inode(uint number)
    {
        if (number == 0 || number > Superblock.Inodes)
            throw Invalid($"inode {number} of {Superblock.Inodes}");
        long group = (number - 1) / Superblock.InodesPerGroup;
        long place = (number - 1) % Superblock.InodesPerGroup * Superblock.InodeSize;
        ReadOnlySpan<byte> descriptor = Block(Superblock.DescriptorBlock(group), $"the descriptor of group {group}")
            .Slice((int)(group % (BlockSize / Superblock.DescriptorSize)) * Superblock.DescriptorSize, Superblock.DescriptorSize);
        ulong table = ExtDescriptorLayout.InodeTableLo.Get(descriptor);
        if (descriptor.Length >= ExtDescriptorLayout.Size)
            table |= ExtDescriptorLayout.InodeTableHi.Get(descriptor) << 32;
        if (table >= (ulong)Superblock.Blocks || table <= (ulong)Superblock.FirstDataBlock)
            throw Invalid($"the inodes of group {group} are in block {table} of {Superblock.Blocks}");
        return Block((long)table + (place / BlockSize), $"inode {number}").Slice((int)(place % BlockSize), Superblock.InodeSize);
    }

    internal static InvalidImageException Invalid(string what) => new(ExtFormat.Name, what);
}
