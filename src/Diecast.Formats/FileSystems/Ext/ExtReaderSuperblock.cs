using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>What a reader needs of a superblock, each number checked against the others and the image's length.</summary>
internal sealed class ExtReaderSuperblock
{
    private const int LargestBlockLog = 6;
    private const int WideDescriptorSize = 64;

    private ExtReaderSuperblock(ReadOnlySpan<byte> bytes, long imageLength)
    {
        if (ExtSuperblockLayout.Magic.Get(bytes) != ExtFormat.SuperblockMagic)
            throw Invalid("there is no superblock at byte 1024");
        bool isDynamic = ExtSuperblockLayout.RevLevel.Get(bytes) >= ExtFormat.DynamicRevision;
        Features = isDynamic
            ? new ExtFeatures(
                Number(bytes, ExtSuperblockLayout.FeatureCompat),
                Number(bytes, ExtSuperblockLayout.FeatureIncompat),
                Number(bytes, ExtSuperblockLayout.FeatureRoCompat))
            : default;
        RefuseFeatures();
        uint log = Number(bytes, ExtSuperblockLayout.LogBlockSize);
        if (log > LargestBlockLog)
            throw Invalid($"blocks of 2^{log} KiB");
        BlockSize = 1024 << (int)log;

        bool isWide = Features.Has(ExtFeature.SixtyFourBit);
        ulong blocks = ExtSuperblockLayout.BlocksCountLo.Get(bytes)
            | (isWide ? ExtSuperblockLayout.BlocksCountHi.Get(bytes) << 32 : 0);
        if (blocks > (ulong)(imageLength / BlockSize))
            throw Invalid($"it claims {blocks} blocks of {BlockSize} bytes, and the image has {imageLength} bytes");
        Blocks = (long)blocks;
        FirstDataBlock = Number(bytes, ExtSuperblockLayout.FirstDataBlock);
        if (FirstDataBlock > 1 || FirstDataBlock >= Blocks)
            throw Invalid($"its first data block is {FirstDataBlock} of {Blocks}");

        BlocksPerGroup = Number(bytes, ExtSuperblockLayout.BlocksPerGroup);
        InodesPerGroup = Number(bytes, ExtSuperblockLayout.InodesPerGroup);
        long clusterRatio = ClusterRatio(bytes, log);
        if (BlocksPerGroup == 0 || BlocksPerGroup > BlockSize * 8L * clusterRatio)
            throw Invalid($"{BlocksPerGroup} blocks in a group");
        if (InodesPerGroup == 0 || InodesPerGroup > BlockSize * 8L)
            throw Invalid($"{InodesPerGroup} inodes in a group");
        Groups = Units.Divide(Blocks - FirstDataBlock, BlocksPerGroup);
        Inodes = Number(bytes, ExtSuperblockLayout.InodesCount);
        if (Inodes > Groups * InodesPerGroup)
            throw Invalid($"it claims {Inodes} inodes, and {Groups} groups of {InodesPerGroup}");

        InodeSize = isDynamic ? (int)Number(bytes, ExtSuperblockLayout.InodeSize) : ExtFormat.OldInodeSize;
        if (InodeSize < ExtFormat.OldInodeSize || InodeSize > BlockSize || !BitOperations.IsPow2(InodeSize))
            throw Invalid($"inodes of {InodeSize} bytes");
        FirstInode = isDynamic ? Number(bytes, ExtSuperblockLayout.FirstIno) : ExtFormat.FirstInode;
        if (FirstInode < ExtFormat.FirstInode)
            throw Invalid($"its first inode is {FirstInode}");
        DescriptorSize = isWide ? (int)Number(bytes, ExtSuperblockLayout.DescriptorSize) : ExtFormat.OldDescriptorSize;
        if (isWide && (DescriptorSize < WideDescriptorSize || DescriptorSize > BlockSize || !BitOperations.IsPow2(DescriptorSize)))
            throw Invalid($"group descriptors of {DescriptorSize} bytes");
        FirstMetaGroup = Features.Has(ExtFeature.MetaGroups) ? Number(bytes, ExtSuperblockLayout.FirstMetaBg) : long.MaxValue;
        IsHurd = ExtSuperblockLayout.CreatorOs.Get(bytes) == (ulong)ExtCreator.Hurd;
        JournalInode = Number(bytes, ExtSuperblockLayout.JournalInum);
        BackupGroups = ExtSuperblockLayout.BackupBgs.Get(bytes);
    }

    internal ExtFeatures Features { get; }

    internal int BlockSize { get; }

    internal long Blocks { get; }

    internal long FirstDataBlock { get; }

    internal long BlocksPerGroup { get; }

    internal long InodesPerGroup { get; }

    internal long Groups { get; }

    internal uint Inodes { get; }

    internal int InodeSize { get; }

    internal uint FirstInode { get; }

    internal int DescriptorSize { get; }

    internal uint JournalInode { get; }

    /// <summary>Whether inodes are those of the Hurd.</summary>
    internal bool IsHurd { get; }

    private long FirstMetaGroup { get; }

    private ulong BackupGroups { get; }

    internal static ExtReaderSuperblock Read(Blob image)
    {
        if (image.Length < ExtFormat.SuperblockOffset + ExtSuperblockLayout.Size)
            throw Invalid($"an image of {image.Length} bytes has no room for a superblock");
        Span<byte> bytes = stackalloc byte[ExtSuperblockLayout.Size];
        image.Read(ExtFormat.SuperblockOffset, bytes);
        return new ExtReaderSuperblock(bytes, image.Length);
    }

    /// <summary>The block of a group's descriptor (ext4's descriptor_loc).</summary>
    internal long DescriptorBlock(long group)
    {
        long perBlock = BlockSize / DescriptorSize;
        long index = group / perBlock;
        long superblock = ExtFormat.SuperblockOffset / BlockSize;
        if (index < FirstMetaGroup)
            return superblock + index + 1;
        long first = index * perBlock;
        // With clusters and blocks of 1 KiB, groups begin at block 0 and the superblock is in block 1.
        long offset = first == 0 ? superblock - FirstDataBlock + 1 : HasSuperblock(first) ? 1 : 0;
        return FirstDataBlock + (first * BlocksPerGroup) + offset;
    }

    internal bool HoldsBlock(long block) => block > FirstDataBlock && block < Blocks;

    private static InvalidImageException Invalid(string what) => new(ExtFormat.Name, what);

    private static uint Number(ReadOnlySpan<byte> bytes, LayoutField field) => (uint)field.Get(bytes);

    private bool HasSuperblock(long group)
    {
        if (Features.Has(ExtFeature.SparseSuper2))
            return group == (long)(BackupGroups & uint.MaxValue) || group == (long)(BackupGroups >> 32);
        return !Features.Has(ExtFeature.SparseSuper) || (group <= int.MaxValue && ExtGeometry.HasSuperblock((int)group));
    }

    private long ClusterRatio(ReadOnlySpan<byte> bytes, uint log)
    {
        if (!Features.Has(ExtFeature.BigAllocation))
            return 1;
        uint clusterLog = Number(bytes, ExtSuperblockLayout.LogClusterSize);
        if (clusterLog < log || clusterLog - log > 20)
            throw Invalid($"clusters of 2^{clusterLog} KiB with blocks of 2^{log} KiB");
        return 1L << (int)(clusterLog - log);
    }

    private void RefuseFeatures()
    {
        uint left = Features.Incompatible;
        foreach (ExtFeature feature in ExtFeature.Readable)
            left &= ~feature.Bit;
        if (left == 0)
            return;
        int bit = BitOperations.TrailingZeroCount(left);
        string name = Array.Find(ExtFeature.Unreadable, f => f.Bit == 1u << bit).Name ?? $"FEATURE_I{bit}";
        throw Invalid($"the feature {name} cannot be read");
    }
}
