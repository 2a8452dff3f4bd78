namespace Diecast.Formats.FileSystems.Ext;

// Every on-disk structure of ext4, after the kernel's Documentation/filesystems/ext4 (super.rst, group_descr.rst,
// inodes.rst, directory.rst, attributes.rst, journal.rst, orphan.rst).

/// <summary>struct ext4_super_block.</summary>
internal static class ExtSuperblockLayout
{
    internal const int Size = 1024;

    internal static readonly LayoutField InodesCount = new("s_inodes_count", 0x0, 4);
    internal static readonly LayoutField BlocksCountLo = new("s_blocks_count_lo", 0x4, 4);
    internal static readonly LayoutField ReservedBlocksCountLo = new("s_r_blocks_count_lo", 0x8, 4);
    internal static readonly LayoutField FreeBlocksCountLo = new("s_free_blocks_count_lo", 0xc, 4);
    internal static readonly LayoutField FreeInodesCount = new("s_free_inodes_count", 0x10, 4);
    internal static readonly LayoutField FirstDataBlock = new("s_first_data_block", 0x14, 4);
    internal static readonly LayoutField LogBlockSize = new("s_log_block_size", 0x18, 4);
    internal static readonly LayoutField LogClusterSize = new("s_log_cluster_size", 0x1c, 4);
    internal static readonly LayoutField BlocksPerGroup = new("s_blocks_per_group", 0x20, 4);
    internal static readonly LayoutField ClustersPerGroup = new("s_clusters_per_group", 0x24, 4);
    internal static readonly LayoutField InodesPerGroup = new("s_inodes_per_group", 0x28, 4);
    internal static readonly LayoutField MountTime = new("s_mtime", 0x2c, 4);
    internal static readonly LayoutField WriteTime = new("s_wtime", 0x30, 4);
    internal static readonly LayoutField MountCount = new("s_mnt_count", 0x34, 2);
    internal static readonly LayoutField MaxMountCount = new("s_max_mnt_count", 0x36, 2);
    internal static readonly LayoutField Magic = new("s_magic", 0x38, 2);
    internal static readonly LayoutField State = new("s_state", 0x3a, 2);
    internal static readonly LayoutField Errors = new("s_errors", 0x3c, 2);
    internal static readonly LayoutField MinorRevLevel = new("s_minor_rev_level", 0x3e, 2);
    internal static readonly LayoutField LastCheck = new("s_lastcheck", 0x40, 4);
    internal static readonly LayoutField CheckInterval = new("s_checkinterval", 0x44, 4);
    internal static readonly LayoutField CreatorOs = new("s_creator_os", 0x48, 4);
    internal static readonly LayoutField RevLevel = new("s_rev_level", 0x4c, 4);
    internal static readonly LayoutField DefaultReservedUid = new("s_def_resuid", 0x50, 2);
    internal static readonly LayoutField DefaultReservedGid = new("s_def_resgid", 0x52, 2);
    internal static readonly LayoutField FirstIno = new("s_first_ino", 0x54, 4);
    internal static readonly LayoutField InodeSize = new("s_inode_size", 0x58, 2);
    internal static readonly LayoutField BlockGroupNr = new("s_block_group_nr", 0x5a, 2);
    internal static readonly LayoutField FeatureCompat = new("s_feature_compat", 0x5c, 4);
    internal static readonly LayoutField FeatureIncompat = new("s_feature_incompat", 0x60, 4);
    internal static readonly LayoutField FeatureRoCompat = new("s_feature_ro_compat", 0x64, 4);
    internal static readonly LayoutField Uuid = new("s_uuid", 0x68, 16);
    internal static readonly LayoutField VolumeName = new("s_volume_name", 0x78, 16);
    internal static readonly LayoutField LastMounted = new("s_last_mounted", 0x88, 64);
    internal static readonly LayoutField AlgorithmUsageBitmap = new("s_algorithm_usage_bitmap", 0xc8, 4);
    internal static readonly LayoutField PreallocBlocks = new("s_prealloc_blocks", 0xcc, 1);
    internal static readonly LayoutField PreallocDirBlocks = new("s_prealloc_dir_blocks", 0xcd, 1);
    internal static readonly LayoutField ReservedGdtBlocks = new("s_reserved_gdt_blocks", 0xce, 2);
    internal static readonly LayoutField JournalUuid = new("s_journal_uuid", 0xd0, 16);
    internal static readonly LayoutField JournalInum = new("s_journal_inum", 0xe0, 4);
    internal static readonly LayoutField JournalDev = new("s_journal_dev", 0xe4, 4);
    internal static readonly LayoutField LastOrphan = new("s_last_orphan", 0xe8, 4);
    internal static readonly LayoutField HashSeed = new("s_hash_seed", 0xec, 16);
    internal static readonly LayoutField DefaultHashVersion = new("s_def_hash_version", 0xfc, 1);
    internal static readonly LayoutField JournalBackupType = new("s_jnl_backup_type", 0xfd, 1);
    internal static readonly LayoutField DescriptorSize = new("s_desc_size", 0xfe, 2);
    internal static readonly LayoutField DefaultMountOptions = new("s_default_mount_opts", 0x100, 4);
    internal static readonly LayoutField FirstMetaBg = new("s_first_meta_bg", 0x104, 4);
    internal static readonly LayoutField MkfsTime = new("s_mkfs_time", 0x108, 4);
    internal static readonly LayoutField JournalBlocks = new("s_jnl_blocks", 0x10c, 68);
    internal static readonly LayoutField BlocksCountHi = new("s_blocks_count_hi", 0x150, 4);
    internal static readonly LayoutField ReservedBlocksCountHi = new("s_r_blocks_count_hi", 0x154, 4);
    internal static readonly LayoutField FreeBlocksCountHi = new("s_free_blocks_count_hi", 0x158, 4);
    internal static readonly LayoutField MinExtraIsize = new("s_min_extra_isize", 0x15c, 2);
    internal static readonly LayoutField WantExtraIsize = new("s_want_extra_isize", 0x15e, 2);
    internal static readonly LayoutField Flags = new("s_flags", 0x160, 4);
    internal static readonly LayoutField RaidStride = new("s_raid_stride", 0x164, 2);
    internal static readonly LayoutField MmpUpdateInterval = new("s_mmp_update_interval", 0x166, 2);
    internal static readonly LayoutField MmpBlock = new("s_mmp_block", 0x168, 8);
    internal static readonly LayoutField RaidStripeWidth = new("s_raid_stripe_width", 0x170, 4);
    internal static readonly LayoutField LogGroupsPerFlex = new("s_log_groups_per_flex", 0x174, 1);
    internal static readonly LayoutField ChecksumType = new("s_checksum_type", 0x175, 1);
    internal static readonly LayoutField EncryptionLevel = new("s_encryption_level", 0x176, 1);
    internal static readonly LayoutField ReservedPad = new("s_reserved_pad", 0x177, 1);
    internal static readonly LayoutField KbytesWritten = new("s_kbytes_written", 0x178, 8);
    internal static readonly LayoutField SnapshotInum = new("s_snapshot_inum", 0x180, 4);
    internal static readonly LayoutField SnapshotId = new("s_snapshot_id", 0x184, 4);
    internal static readonly LayoutField SnapshotRBlocksCount = new("s_snapshot_r_blocks_count", 0x188, 8);
    internal static readonly LayoutField SnapshotList = new("s_snapshot_list", 0x190, 4);
    internal static readonly LayoutField ErrorCount = new("s_error_count", 0x194, 4);
    internal static readonly LayoutField FirstErrorTime = new("s_first_error_time", 0x198, 4);
    internal static readonly LayoutField FirstErrorIno = new("s_first_error_ino", 0x19c, 4);
    internal static readonly LayoutField FirstErrorBlock = new("s_first_error_block", 0x1a0, 8);
    internal static readonly LayoutField FirstErrorFunc = new("s_first_error_func", 0x1a8, 32);
    internal static readonly LayoutField FirstErrorLine = new("s_first_error_line", 0x1c8, 4);
    internal static readonly LayoutField LastErrorTime = new("s_last_error_time", 0x1cc, 4);
    internal static readonly LayoutField LastErrorIno = new("s_last_error_ino", 0x1d0, 4);
    internal static readonly LayoutField LastErrorLine = new("s_last_error_line", 0x1d4, 4);
    internal static readonly LayoutField LastErrorBlock = new("s_last_error_block", 0x1d8, 8);
    internal static readonly LayoutField LastErrorFunc = new("s_last_error_func", 0x1e0, 32);
    internal static readonly LayoutField MountOptions = new("s_mount_opts", 0x200, 64);
    internal static readonly LayoutField UsrQuotaInum = new("s_usr_quota_inum", 0x240, 4);
    internal static readonly LayoutField GrpQuotaInum = new("s_grp_quota_inum", 0x244, 4);
    internal static readonly LayoutField OverheadClusters = new("s_overhead_clusters", 0x248, 4);
    internal static readonly LayoutField BackupBgs = new("s_backup_bgs", 0x24c, 8);
    internal static readonly LayoutField EncryptAlgos = new("s_encrypt_algos", 0x254, 4);
    internal static readonly LayoutField EncryptPwSalt = new("s_encrypt_pw_salt", 0x258, 16);
    internal static readonly LayoutField LpfIno = new("s_lpf_ino", 0x268, 4);
    internal static readonly LayoutField PrjQuotaInum = new("s_prj_quota_inum", 0x26c, 4);
    internal static readonly LayoutField ChecksumSeed = new("s_checksum_seed", 0x270, 4);
    internal static readonly LayoutField WriteTimeHi = new("s_wtime_hi", 0x274, 1);
    internal static readonly LayoutField MountTimeHi = new("s_mtime_hi", 0x275, 1);
    internal static readonly LayoutField MkfsTimeHi = new("s_mkfs_time_hi", 0x276, 1);
    internal static readonly LayoutField LastCheckHi = new("s_lastcheck_hi", 0x277, 1);
    internal static readonly LayoutField FirstErrorTimeHi = new("s_first_error_time_hi", 0x278, 1);
    internal static readonly LayoutField LastErrorTimeHi = new("s_last_error_time_hi", 0x279, 1);
    internal static readonly LayoutField FirstErrorErrcode = new("s_first_error_errcode", 0x27a, 1);
    internal static readonly LayoutField LastErrorErrcode = new("s_last_error_errcode", 0x27b, 1);
    internal static readonly LayoutField Encoding = new("s_encoding", 0x27c, 2);
    internal static readonly LayoutField EncodingFlags = new("s_encoding_flags", 0x27e, 2);
    internal static readonly LayoutField OrphanFileInum = new("s_orphan_file_inum", 0x280, 4);
    internal static readonly LayoutField Reserved = new("s_reserved", 0x284, 376);
    internal static readonly LayoutField Checksum = new("s_checksum", 0x3fc, 4);

    /// <summary>Every field, in order; together they tile the structure.</summary>
    internal static readonly LayoutField[] Fields =
    [
        InodesCount, BlocksCountLo, ReservedBlocksCountLo, FreeBlocksCountLo, FreeInodesCount, FirstDataBlock,
        LogBlockSize, LogClusterSize, BlocksPerGroup, ClustersPerGroup, InodesPerGroup, MountTime, WriteTime,
        MountCount, MaxMountCount, Magic, State, Errors, MinorRevLevel, LastCheck, CheckInterval, CreatorOs,
        RevLevel, DefaultReservedUid, DefaultReservedGid, FirstIno, InodeSize, BlockGroupNr, FeatureCompat,
        FeatureIncompat, FeatureRoCompat, Uuid, VolumeName, LastMounted, AlgorithmUsageBitmap, PreallocBlocks,
        PreallocDirBlocks, ReservedGdtBlocks, JournalUuid, JournalInum, JournalDev, LastOrphan, HashSeed,
        DefaultHashVersion, JournalBackupType, DescriptorSize, DefaultMountOptions, FirstMetaBg, MkfsTime,
        JournalBlocks, BlocksCountHi, ReservedBlocksCountHi, FreeBlocksCountHi, MinExtraIsize, WantExtraIsize,
        Flags, RaidStride, MmpUpdateInterval, MmpBlock, RaidStripeWidth, LogGroupsPerFlex, ChecksumType,
        EncryptionLevel, ReservedPad, KbytesWritten, SnapshotInum, SnapshotId, SnapshotRBlocksCount, SnapshotList,
        ErrorCount, FirstErrorTime, FirstErrorIno, FirstErrorBlock, FirstErrorFunc, FirstErrorLine, LastErrorTime,
        LastErrorIno, LastErrorLine, LastErrorBlock, LastErrorFunc, MountOptions, UsrQuotaInum, GrpQuotaInum,
        OverheadClusters, BackupBgs, EncryptAlgos, EncryptPwSalt, LpfIno, PrjQuotaInum, ChecksumSeed, WriteTimeHi,
        MountTimeHi, MkfsTimeHi, LastCheckHi, FirstErrorTimeHi, LastErrorTimeHi, FirstErrorErrcode,
        LastErrorErrcode, Encoding, EncodingFlags, OrphanFileInum, Reserved, Checksum,
    ];
}

/// <summary>struct ext4_group_desc with the 64bit feature; without it the first half.</summary>
internal static class ExtDescriptorLayout
{
    internal const int Size = 64;

    internal static readonly LayoutField BlockBitmapLo = new("bg_block_bitmap_lo", 0x0, 4);
    internal static readonly LayoutField InodeBitmapLo = new("bg_inode_bitmap_lo", 0x4, 4);
    internal static readonly LayoutField InodeTableLo = new("bg_inode_table_lo", 0x8, 4);
    internal static readonly LayoutField FreeBlocksCountLo = new("bg_free_blocks_count_lo", 0xc, 2);
    internal static readonly LayoutField FreeInodesCountLo = new("bg_free_inodes_count_lo", 0xe, 2);
    internal static readonly LayoutField UsedDirsCountLo = new("bg_used_dirs_count_lo", 0x10, 2);
    internal static readonly LayoutField Flags = new("bg_flags", 0x12, 2);
    internal static readonly LayoutField ExcludeBitmapLo = new("bg_exclude_bitmap_lo", 0x14, 4);
    internal static readonly LayoutField BlockBitmapCsumLo = new("bg_block_bitmap_csum_lo", 0x18, 2);
    internal static readonly LayoutField InodeBitmapCsumLo = new("bg_inode_bitmap_csum_lo", 0x1a, 2);
    internal static readonly LayoutField ItableUnusedLo = new("bg_itable_unused_lo", 0x1c, 2);
    internal static readonly LayoutField Checksum = new("bg_checksum", 0x1e, 2);
    internal static readonly LayoutField BlockBitmapHi = new("bg_block_bitmap_hi", 0x20, 4);
    internal static readonly LayoutField InodeBitmapHi = new("bg_inode_bitmap_hi", 0x24, 4);
    internal static readonly LayoutField InodeTableHi = new("bg_inode_table_hi", 0x28, 4);
    internal static readonly LayoutField FreeBlocksCountHi = new("bg_free_blocks_count_hi", 0x2c, 2);
    internal static readonly LayoutField FreeInodesCountHi = new("bg_free_inodes_count_hi", 0x2e, 2);
    internal static readonly LayoutField UsedDirsCountHi = new("bg_used_dirs_count_hi", 0x30, 2);
    internal static readonly LayoutField ItableUnusedHi = new("bg_itable_unused_hi", 0x32, 2);
    internal static readonly LayoutField ExcludeBitmapHi = new("bg_exclude_bitmap_hi", 0x34, 4);
    internal static readonly LayoutField BlockBitmapCsumHi = new("bg_block_bitmap_csum_hi", 0x38, 2);
    internal static readonly LayoutField InodeBitmapCsumHi = new("bg_inode_bitmap_csum_hi", 0x3a, 2);
    internal static readonly LayoutField Reserved = new("bg_reserved", 0x3c, 4);

    /// <summary>Every field, in order; together they tile the structure.</summary>
    internal static readonly LayoutField[] Fields =
    [
        BlockBitmapLo, InodeBitmapLo, InodeTableLo, FreeBlocksCountLo, FreeInodesCountLo, UsedDirsCountLo, Flags,
        ExcludeBitmapLo, BlockBitmapCsumLo, InodeBitmapCsumLo, ItableUnusedLo, Checksum, BlockBitmapHi,
        InodeBitmapHi, InodeTableHi, FreeBlocksCountHi, FreeInodesCountHi, UsedDirsCountHi, ItableUnusedHi,
        ExcludeBitmapHi, BlockBitmapCsumHi, InodeBitmapCsumHi, Reserved,
    ];
}

/// <summary>struct ext4_inode with every extra field; without extra fields the first 128 bytes.</summary>
internal static class ExtInodeLayout
{
    internal const int Size = 160;

    internal static readonly LayoutField Mode = new("i_mode", 0x0, 2);
    internal static readonly LayoutField Uid = new("i_uid", 0x2, 2);
    internal static readonly LayoutField SizeLo = new("i_size_lo", 0x4, 4);
    internal static readonly LayoutField Atime = new("i_atime", 0x8, 4);
    internal static readonly LayoutField Ctime = new("i_ctime", 0xc, 4);
    internal static readonly LayoutField Mtime = new("i_mtime", 0x10, 4);
    internal static readonly LayoutField Dtime = new("i_dtime", 0x14, 4);
    internal static readonly LayoutField Gid = new("i_gid", 0x18, 2);
    internal static readonly LayoutField LinksCount = new("i_links_count", 0x1a, 2);
    internal static readonly LayoutField BlocksLo = new("i_blocks_lo", 0x1c, 4);
    internal static readonly LayoutField Flags = new("i_flags", 0x20, 4);
    internal static readonly LayoutField Version = new("i_version", 0x24, 4);
    internal static readonly LayoutField Block = new("i_block", 0x28, 60);
    internal static readonly LayoutField Generation = new("i_generation", 0x64, 4);
    internal static readonly LayoutField FileAclLo = new("i_file_acl_lo", 0x68, 4);
    internal static readonly LayoutField SizeHigh = new("i_size_high", 0x6c, 4);
    internal static readonly LayoutField ObsoFaddr = new("i_obso_faddr", 0x70, 4);
    internal static readonly LayoutField BlocksHigh = new("i_blocks_high", 0x74, 2);
    internal static readonly LayoutField FileAclHigh = new("i_file_acl_high", 0x76, 2);
    internal static readonly LayoutField UidHigh = new("i_uid_high", 0x78, 2);
    internal static readonly LayoutField GidHigh = new("i_gid_high", 0x7a, 2);
    internal static readonly LayoutField ChecksumLo = new("i_checksum_lo", 0x7c, 2);
    internal static readonly LayoutField Reserved = new("i_reserved", 0x7e, 2);
    internal static readonly LayoutField ExtraIsize = new("i_extra_isize", 0x80, 2);
    internal static readonly LayoutField ChecksumHi = new("i_checksum_hi", 0x82, 2);
    internal static readonly LayoutField CtimeExtra = new("i_ctime_extra", 0x84, 4);
    internal static readonly LayoutField MtimeExtra = new("i_mtime_extra", 0x88, 4);
    internal static readonly LayoutField AtimeExtra = new("i_atime_extra", 0x8c, 4);
    internal static readonly LayoutField Crtime = new("i_crtime", 0x90, 4);
    internal static readonly LayoutField CrtimeExtra = new("i_crtime_extra", 0x94, 4);
    internal static readonly LayoutField VersionHi = new("i_version_hi", 0x98, 4);
    internal static readonly LayoutField Projid = new("i_projid", 0x9c, 4);

    /// <summary>Every field, in order; together they tile the structure.</summary>
    internal static readonly LayoutField[] Fields =
    [
        Mode, Uid, SizeLo, Atime, Ctime, Mtime, Dtime, Gid, LinksCount, BlocksLo, Flags, Version, Block,
        Generation, FileAclLo, SizeHigh, ObsoFaddr, BlocksHigh, FileAclHigh, UidHigh, GidHigh, ChecksumLo,
        Reserved, ExtraIsize, ChecksumHi, CtimeExtra, MtimeExtra, AtimeExtra, Crtime, CrtimeExtra, VersionHi,
        Projid,
    ];
}

/// <summary>Fields of an inode that have another meaning for the Hurd (osd1.hurd1 and osd2.hurd2 of struct ext2_inode).</summary>
internal static class ExtHurdInodeLayout
{
    internal static readonly LayoutField Translator = new("h_i_translator", 0x24, 4);
    internal static readonly LayoutField Author = new("h_i_author", 0x7c, 4);
}

/// <summary>struct ext4_xattr_header.</summary>
internal static class ExtXattrHeaderLayout
{
    internal const int Size = 32;

    internal static readonly LayoutField Magic = new("h_magic", 0x0, 4);
    internal static readonly LayoutField Refcount = new("h_refcount", 0x4, 4);
    internal static readonly LayoutField Blocks = new("h_blocks", 0x8, 4);
    internal static readonly LayoutField Hash = new("h_hash", 0xc, 4);
    internal static readonly LayoutField Checksum = new("h_checksum", 0x10, 4);
    internal static readonly LayoutField Reserved = new("h_reserved", 0x14, 12);

    /// <summary>Every field, in order; together they tile the structure.</summary>
    internal static readonly LayoutField[] Fields =
    [
        Magic, Refcount, Blocks, Hash, Checksum, Reserved,
    ];
}

/// <summary>struct ext4_xattr_entry, before its name.</summary>
internal static class ExtXattrEntryLayout
{
    internal const int Size = 16;

    internal static readonly LayoutField NameLen = new("e_name_len", 0x0, 1);
    internal static readonly LayoutField NameIndex = new("e_name_index", 0x1, 1);
    internal static readonly LayoutField ValueOffs = new("e_value_offs", 0x2, 2);
    internal static readonly LayoutField ValueInum = new("e_value_inum", 0x4, 4);
    internal static readonly LayoutField ValueSize = new("e_value_size", 0x8, 4);
    internal static readonly LayoutField Hash = new("e_hash", 0xc, 4);

    /// <summary>Every field, in order; together they tile the structure.</summary>
    internal static readonly LayoutField[] Fields =
    [
        NameLen, NameIndex, ValueOffs, ValueInum, ValueSize, Hash,
    ];
}

/// <summary>journal_superblock_t of JBD2; its numbers are big-endian.</summary>
internal static class JournalSuperblockLayout
{
    internal const int Size = 1024;

    internal static readonly LayoutField Magic = new("h_magic", 0x0, 4);
    internal static readonly LayoutField Blocktype = new("h_blocktype", 0x4, 4);
    internal static readonly LayoutField Sequence = new("h_sequence", 0x8, 4);
    internal static readonly LayoutField Blocksize = new("s_blocksize", 0xc, 4);
    internal static readonly LayoutField Maxlen = new("s_maxlen", 0x10, 4);
    internal static readonly LayoutField First = new("s_first", 0x14, 4);
    internal static readonly LayoutField FirstSequence = new("s_sequence", 0x18, 4);
    internal static readonly LayoutField Start = new("s_start", 0x1c, 4);
    internal static readonly LayoutField Errno = new("s_errno", 0x20, 4);
    internal static readonly LayoutField FeatureCompat = new("s_feature_compat", 0x24, 4);
    internal static readonly LayoutField FeatureIncompat = new("s_feature_incompat", 0x28, 4);
    internal static readonly LayoutField FeatureRoCompat = new("s_feature_ro_compat", 0x2c, 4);
    internal static readonly LayoutField Uuid = new("s_uuid", 0x30, 16);
    internal static readonly LayoutField NrUsers = new("s_nr_users", 0x40, 4);
    internal static readonly LayoutField Dynsuper = new("s_dynsuper", 0x44, 4);
    internal static readonly LayoutField MaxTransaction = new("s_max_transaction", 0x48, 4);
    internal static readonly LayoutField MaxTransData = new("s_max_trans_data", 0x4c, 4);
    internal static readonly LayoutField ChecksumType = new("s_checksum_type", 0x50, 1);
    internal static readonly LayoutField Padding2 = new("s_padding2", 0x51, 3);
    internal static readonly LayoutField NumFcBlks = new("s_num_fc_blks", 0x54, 4);
    internal static readonly LayoutField Head = new("s_head", 0x58, 4);
    internal static readonly LayoutField Padding = new("s_padding", 0x5c, 160);
    internal static readonly LayoutField Checksum = new("s_checksum", 0xfc, 4);
    internal static readonly LayoutField Users = new("s_users", 0x100, 768);

    /// <summary>Every field, in order; together they tile the structure.</summary>
    internal static readonly LayoutField[] Fields =
    [
        Magic, Blocktype, Sequence, Blocksize, Maxlen, First, FirstSequence, Start, Errno, FeatureCompat,
        FeatureIncompat, FeatureRoCompat, Uuid, NrUsers, Dynsuper, MaxTransaction, MaxTransData, ChecksumType,
        Padding2, NumFcBlks, Head, Padding, Checksum, Users,
    ];
}
