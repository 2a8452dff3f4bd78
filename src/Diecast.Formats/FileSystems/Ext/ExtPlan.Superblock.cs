using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    /// <summary>The superblock as the copy in a group has it (super.rst; values as mke2fs leaves them).</summary>
    private byte[] Superblock(int group)
    {
        byte[] block = new byte[ExtSuperblockLayout.Size];
        SetCounts(block);
        SetTimes(block);
        SetIdentity(block);
        SetJournal(block);
        SetQuotas(block);
        ExtSuperblockLayout.Magic.Set(block, (ulong)ExtFormat.SuperblockMagic);
        ExtSuperblockLayout.State.Set(block, (long)ExtFormat.SuperblockStateClean);
        ExtSuperblockLayout.Errors.Set(block, (long)_options.Errors + 1);
        ExtSuperblockLayout.RevLevel.Set(block, (long)_options.Revision);
        ExtSuperblockLayout.CreatorOs.Set(block, (long)_options.Creator);
        ExtSuperblockLayout.MaxMountCount.Set(block, (long)(_options.MaxMountCount > 0 ? _options.MaxMountCount : ExtFormat.NoMountLimit));
        ExtSuperblockLayout.CheckInterval.Set(block, _options.CheckInterval.Ticks / TimeSpan.TicksPerSecond);
        if (_options.Revision == ExtRevision.Dynamic)
        {
            ExtSuperblockLayout.FirstIno.Set(block, (long)ExtFormat.FirstInode);
            ExtSuperblockLayout.InodeSize.Set(block, (long)_options.InodeSize);
        }

        ExtSuperblockLayout.BlockGroupNr.Set(block, (ulong)(group & 0xffff));
        ExtSuperblockLayout.FeatureCompat.Set(block, (ulong)_features.Compatible);
        ExtSuperblockLayout.FeatureIncompat.Set(block, (ulong)_features.Incompatible);
        ExtSuperblockLayout.FeatureRoCompat.Set(block, (ulong)_features.ReadOnlyCompatible);
        ExtSuperblockLayout.DefaultMountOptions.Set(block, (ulong)_options.DefaultMountOptionBits);
        Encoding.UTF8.GetBytes(_options.MountOptions, ExtSuperblockLayout.MountOptions.In(block));
        ExtSuperblockLayout.RaidStride.Set(block, (long)_options.Stride);
        ExtSuperblockLayout.RaidStripeWidth.Set(block, (long)_options.StripeWidth);
        if (_features.Has(ExtFeature.SparseSuper2))
            ExtSuperblockLayout.BackupBgs.Set(block, (long)_geometry.BackupGroups.First | ((long)_geometry.BackupGroups.Second << 32));
        if (_options.InodeSize > ExtFormat.OldInodeSize)
        {
            ExtSuperblockLayout.MinExtraIsize.Set(block, (long)ExtFormat.ExtraInodeSize);
            ExtSuperblockLayout.WantExtraIsize.Set(block, (long)ExtFormat.ExtraInodeSize);
        }

        if (_features.Has(ExtFeature.OrphanFile))
            ExtSuperblockLayout.OrphanFileInum.Set(block, NumberOf(_orphanPlace));
        if (_features.Has(ExtFeature.Casefold))
        {
            ExtSuperblockLayout.Encoding.Set(block, (long)ExtFormat.EncodingUtf8Of12);
            ExtSuperblockLayout.EncodingFlags.Set(block, _options.CasefoldStrict ? (long)ExtFormat.EncodingStrict : 0L);
        }

        if (_features.Has(ExtFeature.ChecksumSeed))
            ExtSuperblockLayout.ChecksumSeed.Set(block, (ulong)_checksumSeed);
        if (_checksums)
        {
            ExtSuperblockLayout.ChecksumType.Set(block, (long)ExtFormat.ChecksumCrc32C);
            uint checksum = Crc32C.Append(Crc32C.Start, block.AsSpan(0, ExtSuperblockLayout.Checksum.Offset));
            ExtSuperblockLayout.Checksum.Set(block, (ulong)checksum);
        }

        return block;
    }

    private void SetCounts(Span<byte> block)
    {
        int logBlockSize = BitOperations.Log2((uint)_blockSize) - 10;
        ExtSuperblockLayout.InodesCount.Set(block, _geometry.Inodes);
        Set(block, ExtSuperblockLayout.BlocksCountLo, ExtSuperblockLayout.BlocksCountHi, _geometry.Blocks);
        Set(block, ExtSuperblockLayout.ReservedBlocksCountLo, ExtSuperblockLayout.ReservedBlocksCountHi, _geometry.ReservedBlocks);
        Set(block, ExtSuperblockLayout.FreeBlocksCountLo, ExtSuperblockLayout.FreeBlocksCountHi, FreeBlockCount);
        ExtSuperblockLayout.FreeInodesCount.Set(block, FreeInodeCount);
        ExtSuperblockLayout.FirstDataBlock.Set(block, (long)_geometry.FirstDataBlock);
        ExtSuperblockLayout.LogBlockSize.Set(block, (long)logBlockSize);
        ExtSuperblockLayout.LogClusterSize.Set(block, (long)logBlockSize);
        ExtSuperblockLayout.BlocksPerGroup.Set(block, (long)_geometry.BlocksPerGroup);
        ExtSuperblockLayout.ClustersPerGroup.Set(block, (long)_geometry.BlocksPerGroup);
        ExtSuperblockLayout.InodesPerGroup.Set(block, (long)_geometry.InodesPerGroup);
        ExtSuperblockLayout.ReservedGdtBlocks.Set(block, (long)_geometry.ReservedDescriptorBlocks);
        // What df leaves out of the size: the tables and the journal, but not the resize inode's block.
        ExtSuperblockLayout.OverheadClusters.Set(block, _geometry.MetadataBlocks + _geometry.JournalBlocks);
        if (_features.Has(ExtFeature.SixtyFourBit))
            ExtSuperblockLayout.DescriptorSize.Set(block, (long)_geometry.DescriptorSize);
        if (_features.Has(ExtFeature.FlexGroups))
            ExtSuperblockLayout.LogGroupsPerFlex.Set(block, (long)BitOperations.Log2((uint)_geometry.GroupsPerFlex));
    }

    private void SetTimes(Span<byte> block)
    {
        SetTime(block, ExtSuperblockLayout.WriteTime, ExtSuperblockLayout.WriteTimeHi, _options.Time);
        SetTime(block, ExtSuperblockLayout.LastCheck, ExtSuperblockLayout.LastCheckHi, _options.Time);
        SetTime(block, ExtSuperblockLayout.MkfsTime, ExtSuperblockLayout.MkfsTimeHi, _options.Time);
    }

    private void SetIdentity(Span<byte> block)
    {
        _options.Uuid.TryWriteBytes(ExtSuperblockLayout.Uuid.In(block), bigEndian: true, out _);
        _hashSeed.TryWriteBytes(ExtSuperblockLayout.HashSeed.In(block), bigEndian: true, out _);
        Encoding.UTF8.GetBytes(_options.Label, ExtSuperblockLayout.VolumeName.In(block));
        Encoding.UTF8.GetBytes(_options.LastMounted, ExtSuperblockLayout.LastMounted.In(block));
        ExtSuperblockLayout.DefaultHashVersion.Set(block, (long)ExtDirectoryHash.HalfMd4);
        ExtSuperblockLayout.Flags.Set(
            block,
            (long)(_options.HashCharacters == ExtHashCharacters.Signed ? ExtFormat.FlagSignedHash : ExtFormat.FlagUnsignedHash));
    }

    /// <summary>The journal, and a copy of its inode's block map and size in case the inode is lost.</summary>
    private void SetJournal(Span<byte> block)
    {
        if (_geometry.JournalBlocks == 0)
            return;
        int place = ExtTree.PlaceOf(ExtFormat.JournalInode);
        ref ExtNode journal = ref _tree.Nodes[place];
        ExtSuperblockLayout.JournalInum.Set(block, (long)ExtFormat.JournalInode);
        ExtSuperblockLayout.JournalBackupType.Set(block, (long)ExtFormat.JournalBackupInodeBlocks);
        Span<byte> backup = ExtSuperblockLayout.JournalBlocks.In(block);
        WriteMap(place, journal, backup[..ExtInodeLayout.Block.Width]);
        Span<byte> size = backup[ExtInodeLayout.Block.Width..];
        BinaryPrimitives.WriteUInt32LittleEndian(size, (uint)(journal.Size >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(size[sizeof(uint)..], (uint)(journal.Size & uint.MaxValue));
    }

    private static void SetTime(Span<byte> block, LayoutField low, LayoutField high, Timestamp time)
    {
        low.Set(block, (ulong)time.Seconds & uint.MaxValue);
        high.Set(block, ((ulong)time.Seconds >> 32) & byte.MaxValue);
    }
}
