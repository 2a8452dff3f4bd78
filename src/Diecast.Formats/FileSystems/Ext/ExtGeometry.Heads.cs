namespace Diecast.Formats.FileSystems.Ext;

/// <content>What groups begin with: copies of the superblock and of descriptors.</content>
internal sealed partial class ExtGeometry
{
    private int DescriptorsPerBlock => BlockSize / DescriptorSize;

    private bool HasMetaGroups => _features.Has(ExtFeature.MetaGroups);

    /// <summary>With sparse_super2 the groups with a backup: the second and the last; 0 for none (s_backup_bgs).</summary>
    internal (int First, int Second) BackupGroups => !_features.Has(ExtFeature.SparseSuper2) ? (0, 0) : Groups switch
    {
        1 => (0, 0),
        2 => (0, 1),
        _ => (1, Groups - 1),
    };

    /// <summary>Blocks in a group: as many as a block has bits, and as a group may have clusters (EXT2_MAX_CLUSTERS_PER_GROUP).</summary>
    internal static int BlocksInGroup(int blockSize) => Math.Min(blockSize * 8, ExtFormat.BitmapLimit - 8);

    /// <summary>Whether a group begins with a superblock.</summary>
    internal bool HoldsSuperblock(int group)
    {
        if (group == 0)
            return true;
        if (_features.Has(ExtFeature.SparseSuper2))
            return BackupGroups is var (first, second) && (group == first || group == second);
        return !_features.Has(ExtFeature.SparseSuper) || HasSuperblock(group);
    }

    /// <summary>Blocks at the beginning of a group that are superblock, descriptors and room for more of these.</summary>
    internal int HeadBlocks(int group)
    {
        if (!HasMetaGroups)
            return HoldsSuperblock(group) ? 1 + DescriptorBlocks + ReservedDescriptorBlocks : 0;
        return (HoldsSuperblock(group) ? 1 : 0) + (HoldsMetaDescriptors(group) ? 1 : 0);
    }

    /// <summary>The descriptors that a group begins with: the first and the number of blocks.</summary>
    internal (int First, int Count) DescriptorsIn(int group)
    {
        if (HasMetaGroups)
            return HoldsMetaDescriptors(group) ? (group / DescriptorsPerBlock, 1) : (0, 0);
        return HoldsSuperblock(group) ? (0, DescriptorBlocks) : (0, 0);
    }

    /// <summary>With meta_bg the first, the second and the last group have the block that describes them all.</summary>
    private bool HoldsMetaDescriptors(int group)
    {
        int place = group % DescriptorsPerBlock;
        return place <= 1 || place == DescriptorsPerBlock - 1;
    }

    private long CountHeadBlocks()
    {
        if (!HasMetaGroups)
            return CountSuperblocks() * (1 + DescriptorBlocks + ReservedDescriptorBlocks);
        (long full, long rest) = Math.DivRem(Groups, DescriptorsPerBlock);
        return CountSuperblocks() + (full * 3) + Math.Min(rest, 2);
    }

    private long CountSuperblocks()
    {
        if (_features.Has(ExtFeature.SparseSuper2))
            return Math.Min(Groups, 3);
        if (!_features.Has(ExtFeature.SparseSuper))
            return Groups;
        long count = Math.Min(Groups, 2);
        foreach (int factor in (ReadOnlySpan<int>)[3, 5, 7])
        {
            for (long power = factor; power < Groups; power *= factor)
                count++;
        }

        return count;
    }
}
