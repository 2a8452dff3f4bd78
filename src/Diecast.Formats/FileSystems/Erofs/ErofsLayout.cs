namespace Diecast.Formats.FileSystems.Erofs;

/// <summary><c>struct erofs_super_block</c> at byte 1024 (erofs_fs.h), with the meanings that the feature 48bit gives.</summary>
internal static class ErofsSuperblockLayout
{
    /// <summary>Bytes of a superblock without extension slots.</summary>
    internal const int Size = 128;

    internal static readonly LayoutField Magic = new("magic", 0, 4);
    internal static readonly LayoutField Checksum = new("checksum", 4, 4);
    internal static readonly LayoutField FeatureCompat = new("feature_compat", 8, 4);
    internal static readonly LayoutField BlockSizeBits = new("blkszbits", 12, 1);
    internal static readonly LayoutField ExtensionSlots = new("sb_extslots", 13, 1);

    /// <summary>With 48bit these are the upper bits of the number of blocks.</summary>
    internal static readonly LayoutField RootNid = new("rootnid_2b", 14, 2);
    internal static readonly LayoutField Inodes = new("inos", 16, 8);
    internal static readonly LayoutField Epoch = new("epoch", 24, 8);
    internal static readonly LayoutField FixedNanoseconds = new("fixed_nsec", 32, 4);
    internal static readonly LayoutField Blocks = new("blocks_lo", 36, 4);
    internal static readonly LayoutField MetaBlock = new("meta_blkaddr", 40, 4);
    internal static readonly LayoutField XattrBlock = new("xattr_blkaddr", 44, 4);
    internal static readonly LayoutField Uuid = new("uuid", 48, 16);
    internal static readonly LayoutField VolumeName = new("volume_name", 64, 16);
    internal static readonly LayoutField FeatureIncompat = new("feature_incompat", 80, 4);

    /// <summary>With compr_cfgs the algorithms in use, one bit each; without, the distance that LZ4 looks back, 0 for 65535.</summary>
    internal static readonly LayoutField Algorithms = new("available_compr_algs", 84, 2);
    internal static readonly LayoutField ExtraDevices = new("extra_devices", 86, 2);
    internal static readonly LayoutField DeviceTable = new("devt_slotoff", 88, 2);
    internal static readonly LayoutField DirectoryBlockBits = new("dirblkbits", 90, 1);
    internal static readonly LayoutField XattrPrefixCount = new("xattr_prefix_count", 91, 1);
    internal static readonly LayoutField XattrPrefixStart = new("xattr_prefix_start", 92, 4);
    internal static readonly LayoutField PackedNid = new("packed_nid", 96, 8);
    internal static readonly LayoutField XattrFilterReserved = new("xattr_filter_reserved", 104, 1);
    internal static readonly LayoutField Reserved = new("reserved", 105, 3);
    internal static readonly LayoutField BuildTime = new("build_time", 108, 4);
    internal static readonly LayoutField RootNidWide = new("rootnid_8b", 112, 8);
    internal static readonly LayoutField Reserved2 = new("reserved2", 120, 8);

    internal static IReadOnlyList<LayoutField> Fields { get; } =
    [
        Magic, Checksum, FeatureCompat, BlockSizeBits, ExtensionSlots, RootNid, Inodes, Epoch, FixedNanoseconds, Blocks, MetaBlock,
        XattrBlock, Uuid, VolumeName, FeatureIncompat, Algorithms, ExtraDevices, DeviceTable, DirectoryBlockBits, XattrPrefixCount,
        XattrPrefixStart, PackedNid, XattrFilterReserved, Reserved, BuildTime, RootNidWide, Reserved2,
    ];
}

/// <summary><c>struct erofs_inode_compact</c>.</summary>
internal static class ErofsCompactInodeLayout
{
    internal const int Size = 32;

    internal static readonly LayoutField Format = new("i_format", 0, 2);
    internal static readonly LayoutField XattrCount = new("i_xattr_icount", 2, 2);
    internal static readonly LayoutField Mode = new("i_mode", 4, 2);

    /// <summary>With 48bit and the format's bit 4 these are the upper bits of <see cref="Union"/>.</summary>
    internal static readonly LayoutField Links = new("i_nb", 6, 2);
    internal static readonly LayoutField FileSize = new("i_size", 8, 4);

    /// <summary>Seconds after the superblock's epoch; zero before Linux 6.15.</summary>
    internal static readonly LayoutField ModifiedTime = new("i_mtime", 12, 4);

    /// <summary>First block, number of compressed blocks, device number or chunk format, as the layout has it.</summary>
    internal static readonly LayoutField Union = new("i_u", 16, 4);
    internal static readonly LayoutField Number = new("i_ino", 20, 4);
    internal static readonly LayoutField Uid = new("i_uid", 24, 2);
    internal static readonly LayoutField Gid = new("i_gid", 26, 2);
    internal static readonly LayoutField Reserved = new("i_reserved", 28, 4);

    internal static IReadOnlyList<LayoutField> Fields { get; } =
        [Format, XattrCount, Mode, Links, FileSize, ModifiedTime, Union, Number, Uid, Gid, Reserved];
}

/// <summary><c>struct erofs_inode_extended</c>.</summary>
internal static class ErofsExtendedInodeLayout
{
    internal const int Size = 64;

    internal static readonly LayoutField Format = new("i_format", 0, 2);
    internal static readonly LayoutField XattrCount = new("i_xattr_icount", 2, 2);
    internal static readonly LayoutField Mode = new("i_mode", 4, 2);
    internal static readonly LayoutField UnionHigh = new("i_nb", 6, 2);
    internal static readonly LayoutField FileSize = new("i_size", 8, 8);
    internal static readonly LayoutField Union = new("i_u", 16, 4);
    internal static readonly LayoutField Number = new("i_ino", 20, 4);
    internal static readonly LayoutField Uid = new("i_uid", 24, 4);
    internal static readonly LayoutField Gid = new("i_gid", 28, 4);
    internal static readonly LayoutField ModifiedTime = new("i_mtime", 32, 8);
    internal static readonly LayoutField ModifiedNanoseconds = new("i_mtime_nsec", 40, 4);
    internal static readonly LayoutField Links = new("i_nlink", 44, 4);
    internal static readonly LayoutField Reserved = new("i_reserved2", 48, 16);

    internal static IReadOnlyList<LayoutField> Fields { get; } =
        [Format, XattrCount, Mode, UnionHigh, FileSize, Union, Number, Uid, Gid, ModifiedTime, ModifiedNanoseconds, Links, Reserved];
}

/// <summary><c>struct erofs_dirent</c>.</summary>
internal static class ErofsDirentLayout
{
    internal const int Size = 12;

    internal static readonly LayoutField Nid = new("nid", 0, 8);
    internal static readonly LayoutField NameOffset = new("nameoff", 8, 2);
    internal static readonly LayoutField FileType = new("file_type", 10, 1);
    internal static readonly LayoutField Reserved = new("reserved", 11, 1);

    internal static IReadOnlyList<LayoutField> Fields { get; } = [Nid, NameOffset, FileType, Reserved];
}

/// <summary><c>struct erofs_xattr_ibody_header</c>, before the ids of shared attributes and the inode's own.</summary>
internal static class ErofsXattrHeaderLayout
{
    internal const int Size = 12;

    internal static readonly LayoutField NameFilter = new("h_name_filter", 0, 4);
    internal static readonly LayoutField SharedCount = new("h_shared_count", 4, 1);
    internal static readonly LayoutField Reserved = new("h_reserved2", 5, 7);

    internal static IReadOnlyList<LayoutField> Fields { get; } = [NameFilter, SharedCount, Reserved];
}

/// <summary><c>struct erofs_xattr_entry</c>, before the name and the value.</summary>
internal static class ErofsXattrEntryLayout
{
    internal const int Size = 4;

    internal static readonly LayoutField NameLength = new("e_name_len", 0, 1);
    internal static readonly LayoutField NameIndex = new("e_name_index", 1, 1);
    internal static readonly LayoutField ValueSize = new("e_value_size", 2, 2);

    internal static IReadOnlyList<LayoutField> Fields { get; } = [NameLength, NameIndex, ValueSize];
}

/// <summary><c>struct erofs_inode_chunk_index</c>.</summary>
internal static class ErofsChunkIndexLayout
{
    internal const int Size = 8;

    internal static readonly LayoutField StartHigh = new("startblk_hi", 0, 2);
    internal static readonly LayoutField Device = new("device_id", 2, 2);
    internal static readonly LayoutField Start = new("startblk_lo", 4, 4);

    internal static IReadOnlyList<LayoutField> Fields { get; } = [StartHigh, Device, Start];
}

/// <summary><c>struct z_erofs_map_header</c>, at the next multiple of 8 after a compressed file's attributes.</summary>
internal static class ErofsMapHeaderLayout
{
    internal const int Size = 8;

    internal static readonly LayoutField FragmentOffset = new("h_fragmentoff", 0, 4);

    /// <summary>The upper half of <see cref="FragmentOffset"/>, where there is no fragment: bytes of the inline tail.</summary>
    internal static readonly LayoutField InlineSize = new("h_idata_size", 2, 2);
    internal static readonly LayoutField Advise = new("h_advise", 4, 2);
    internal static readonly LayoutField Algorithms = new("h_algorithmtype", 6, 1);
    internal static readonly LayoutField ClusterBits = new("h_clusterbits", 7, 1);

    internal static IReadOnlyList<LayoutField> Fields { get; } = [FragmentOffset, Advise, Algorithms, ClusterBits];
}

/// <summary><c>struct z_erofs_lcluster_index</c>.</summary>
internal static class ErofsClusterIndexLayout
{
    internal const int Size = 8;

    internal static readonly LayoutField Advise = new("di_advise", 0, 2);
    internal static readonly LayoutField Offset = new("di_clusterofs", 2, 2);
    internal static readonly LayoutField Block = new("di_u.blkaddr", 4, 4);

    /// <summary>The lower half of <see cref="Block"/>, where no extent begins: clusters back to its beginning.</summary>
    internal static readonly LayoutField Back = new("di_u.delta[0]", 4, 2);

    /// <summary>The upper half: clusters on to the next beginning.</summary>
    internal static readonly LayoutField Ahead = new("di_u.delta[1]", 6, 2);

    internal static IReadOnlyList<LayoutField> Fields { get; } = [Advise, Offset, Block];
}

/// <summary><c>struct z_erofs_extent</c>.</summary>
internal static class ErofsExtentLayout
{
    internal const int Size = 32;

    internal static readonly LayoutField Length = new("plen", 0, 4);
    internal static readonly LayoutField Start = new("pstart_lo", 4, 4);
    internal static readonly LayoutField StartHigh = new("pstart_hi", 8, 4);
    internal static readonly LayoutField Logical = new("lstart_lo", 12, 4);
    internal static readonly LayoutField LogicalHigh = new("lstart_hi", 16, 4);
    internal static readonly LayoutField Reserved = new("reserved", 20, 12);

    internal static IReadOnlyList<LayoutField> Fields { get; } = [Length, Start, StartHigh, Logical, LogicalHigh, Reserved];
}
