namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// How a file system of so many blocks divides into groups, and what its fixed tables take: the arithmetic of
/// ext2fs_initialize, from sizes alone.
/// </summary>
internal sealed partial class ExtGeometry
{
    private const long LeastToPlaceJournal = 2L << 30;

    private readonly ExtOptions _options;
    private readonly ExtFeatures _features;

    /// <param name="options">The options.</param>
    /// <param name="blocks">Blocks of the file system.</param>
    /// <param name="content">Blocks that the tree needs.</param>
    /// <param name="usedInodes">Inodes in use, the reserved ones included.</param>
    /// <param name="askedBlocks">Blocks by which inodes are counted: those asked for, before a small last group went.</param>
    internal ExtGeometry(ExtOptions options, long blocks, long content, long usedInodes, long? askedBlocks = null)
    {
        _options = options;
        _features = options.Profile.Features;
        Blocks = blocks;
        UsedInodes = usedInodes;
        BlocksPerGroup = BlocksInGroup(BlockSize);
        FirstDataBlock = BlockSize == 1024 ? 1 : 0;
        DescriptorSize = _features.Has(ExtFeature.SixtyFourBit) ? ExtDescriptorLayout.Size : ExtFormat.OldDescriptorSize;
        Groups = (int)Units.Divide(blocks - FirstDataBlock, BlocksPerGroup);
        DescriptorBlocks = (int)Units.Divide((long)Groups * DescriptorSize, BlockSize);
        ReservedDescriptorBlocks = HasResizeInode ? CountReservedDescriptorBlocks() : 0;
        SetInodes((askedBlocks ?? blocks) * BlockSize, content * BlockSize);
        JournalBlocks = CountJournalBlocks();
        OrphanBlocks = _features.Has(ExtFeature.OrphanFile) && JournalBlocks > 0 ? ExtSizes.OrphanBlocks(blocks) : 0;
        ReservedBlocks = (long)(blocks * options.ReservedPercent / 100);

        MetadataBlocks = FirstDataBlock + CountHeadBlocks() + (Groups * (2L + InodeTableBlocks));
        SystemBlocks = JournalBlocks + OrphanBlocks + (HasResizeInode ? 1 : 0);
        foreach (long file in (ReadOnlySpan<long>)[JournalBlocks, OrphanBlocks])
        {
            SystemBlocks += _features.Has(ExtFeature.Extent)
                ? ExtExtentTree.Blocks(Units.Divide(file, ExtExtentTree.MaximumBlocks), BlockSize)
                : ExtPointerMap.Count(file, BlockSize);
        }
    }

    internal int BlockSize => _options.BlockSize;

    internal long Blocks { get; }

    internal long UsedInodes { get; }

    internal int BlocksPerGroup { get; }

    internal int FirstDataBlock { get; }

    internal int Groups { get; }

    internal int DescriptorSize { get; }

    internal int DescriptorBlocks { get; }

    internal int ReservedDescriptorBlocks { get; }

    internal int InodesPerGroup { get; private set; }

    internal int InodeTableBlocks { get; private set; }

    internal long Inodes => (long)InodesPerGroup * Groups;

    internal long JournalBlocks { get; }

    internal long OrphanBlocks { get; }

    /// <summary>
    /// Whether the journal may stand behind tables instead of in the first free blocks. Smaller file systems keep the
    /// layout that they have had.
    /// </summary>
    internal bool MayPlaceJournal => JournalBlocks > 0 && _features.Has(ExtFeature.Extent) && Blocks * BlockSize >= LeastToPlaceJournal;

    internal long ReservedBlocks { get; }

    /// <summary>Blocks of superblocks, descriptors, bitmaps and inode tables.</summary>
    internal long MetadataBlocks { get; }

    /// <summary>Blocks of the journal, the orphan file and the resize inode.</summary>
    internal long SystemBlocks { get; }

    /// <summary>Blocks that are left for the tree.</summary>
    internal long Room => Blocks - MetadataBlocks - SystemBlocks;

    internal int GroupsPerFlex => _features.Has(ExtFeature.FlexGroups) ? _options.GroupsPerFlex : 1;

    /// <summary>The resize inode's pointers have 32 bits; mke2fs leaves it out beyond that.</summary>
    internal bool HasResizeInode => _features.Has(ExtFeature.ResizeInode) && Blocks <= uint.MaxValue;

    /// <summary>Whether the inodes fit: a group has at most as many as a block has bits.</summary>
    internal bool InodesFit => Inodes >= UsedInodes && Inodes <= ExtFormat.MaximumInodes;

    /// <summary>Blocks that the last group lacks to be worth keeping, or zero.</summary>
    internal long LastGroupShortfall
    {
        get
        {
            int last = Groups - 1;
            long overhead = 2 + InodeTableBlocks + HeadBlocks(last);
            if (Groups > 1)
                overhead += ExtFormat.LeastDataInLastGroup;
            return Math.Max(0, overhead - BlocksIn(last));
        }
    }

    internal long FirstBlock(int group) => FirstDataBlock + ((long)group * BlocksPerGroup);

    internal int BlocksIn(int group) => (int)Math.Min(BlocksPerGroup, Blocks - FirstBlock(group));

    internal int GroupOf(long block) => (int)((block - FirstDataBlock) / BlocksPerGroup);

    /// <summary>Whether a group begins with a copy of the superblock under sparse_super: 0, 1 and the powers of 3, 5 and 7.</summary>
    internal static bool HasSuperblock(int group) =>
        group <= 1 || IsPower(group, 3) || IsPower(group, 5) || IsPower(group, 7);

    /// <summary>The geometry, without a last group that is too small (ext2fs_initialize).</summary>
    internal static ExtGeometry WithoutSmallLastGroup(ExtOptions options, long blocks, long content, long usedInodes)
    {
        long asked = blocks;
        var geometry = new ExtGeometry(options, blocks, content, usedInodes);
        while (geometry.Groups > 1 && geometry.LastGroupShortfall > 0)
        {
            blocks = geometry.FirstBlock(geometry.Groups - 1);
            geometry = new ExtGeometry(options, blocks, content, usedInodes, asked);
        }

        return geometry;
    }

    /// <summary>Descriptor blocks for growth to 1024 times the size, as far as one block of pointers reaches.</summary>
    private int CountReservedDescriptorBlocks()
    {
        long limit = Blocks < uint.MaxValue / 1024 ? Blocks * 1024 : uint.MaxValue;
        long groups = Units.Divide(limit - FirstDataBlock, BlocksPerGroup);
        long blocks = Units.Divide(groups, BlockSize / DescriptorSize) - DescriptorBlocks;
        return (int)Math.Clamp(blocks, 0, BlockSize / sizeof(uint));
    }

    /// <summary>Inodes fill whole blocks in every group, and whole bytes of the bitmap.</summary>
    private void SetInodes(long bytes, long contentBytes)
    {
        long ratio = _options.BytesPerInode;
        long byRatio = Math.Max(
            bytes / ratio,
            UsedInodes - ExtFormat.FirstInode + (Math.Max(0, bytes - contentBytes) / ratio));
        long wanted = _options.InodeCount ?? (_options.Minimize ? UsedInodes : byRatio);
        long least = Math.Max(UsedInodes, ExtFormat.FirstInode + 1);
        wanted = Math.Clamp(wanted, least, Math.Max(least, ExtFormat.MaximumInodes));
        int inodesPerBlock = BlockSize / _options.InodeSize;
        long perGroup = Math.Min(
            Units.Divide(wanted, Groups), Math.Min(BlockSize * 8, ExtFormat.BitmapLimit) - inodesPerBlock);
        long tableBlocks = Units.Divide(perGroup, inodesPerBlock);
        long rounded = tableBlocks * inodesPerBlock / 8 * 8;
        // Where a block has fewer than eight inodes, mke2fs drops the odd ones; not those that are needed.
        if (rounded * Groups < Math.Max(UsedInodes, _options.InodeCount ?? 0))
            rounded = Units.Divide(perGroup, 8) * 8;
        if (rounded * Groups > ExtFormat.MaximumInodes)
            rounded = ExtFormat.MaximumInodes / Groups / inodesPerBlock * inodesPerBlock / 8 * 8;
        InodesPerGroup = (int)rounded;
        InodeTableBlocks = (int)Units.Divide(rounded, inodesPerBlock);
    }

    private long CountJournalBlocks()
    {
        if (!_features.Has(ExtFeature.HasJournal))
            return 0;
        return _options.JournalSize is { } size ? size / BlockSize : ExtSizes.JournalBlocks(Blocks);
    }

    private static bool IsPower(int value, int of)
    {
        long power = of;
        while (power < value)
            power *= of;
        return power == value;
    }
}
