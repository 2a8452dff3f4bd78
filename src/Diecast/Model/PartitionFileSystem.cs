namespace Diecast;

/// <summary>The file system made in a partition, and its options.</summary>
public sealed record PartitionFileSystem
{
    /// <summary>Type of the file system.</summary>
    public required FileSystemType Type { get; init; }

    /// <summary>Volume label: ext at most 16 bytes, EROFS and swap 15, btrfs 255, XFS 12, FAT at most 11 characters, F2FS 512; squashfs has none. Default: none.</summary>
    public string? Label { get; init; }

    /// <summary>UUID; for FAT its first 32 bits are the volume id; squashfs has none. Default: from the seed.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>
    /// ext: a named set of features, kept for ever. For ext4 <c>default</c> (what Debian 12's mke2fs makes, which every
    /// boot loader in use reads), <c>modern</c> (adds metadata_csum_seed and orphan_file) or <c>compat</c> (without 64bit
    /// and metadata_csum); for ext2 <c>ext2</c> or <c>hurd</c> (for GNU/Hurd); for ext3 <c>ext3</c>. Default: the first
    /// of its type.
    /// </summary>
    public string? Profile { get; init; }

    /// <summary>
    /// ext: features by mke2fs's names to add to the profile, or to take from it with <c>^</c> before the name; a list
    /// or one text with commas, as in <c>^metadata_csum,^64bit</c>. Default: empty.
    /// </summary>
    public ValueList<string> Features { get; init; } = [];

    /// <summary>ext: the share of blocks that only root may fill, in percent, 0 to 50. Default: 1, where mke2fs has 5.</summary>
    public decimal? ReservedPercent { get; init; }

    /// <summary>ext: the number of inodes; it is rounded up to whole table blocks. Default: by <see cref="BytesPerInode"/>.</summary>
    public long? Inodes { get; init; }

    /// <summary>ext: bytes for which there is one inode; what the tree needs is always there. Default: 16K.</summary>
    public ByteSize? BytesPerInode { get; init; }

    /// <summary>ext: the journal's size, at least 1024 blocks, or <c>none</c>. Default: what mke2fs gives a file system of the size.</summary>
    public SizeOrNone? JournalSize { get; init; }

    /// <summary>
    /// Bytes in a block, a power of two: ext 1024 to 65536, of which Linux before 6.19 mounts those up to its page, mostly
    /// 4096; EROFS 512 to 65536, mostly no more than 4096 either; squashfs 4096 to 1048576. Default: ext and EROFS 4096, squashfs
    /// 131072.
    /// </summary>
    public int? BlockSize { get; init; }

    /// <summary>ext: bytes in an inode: 128, 256, 512 or 1024; 128 need the features <c>^extra_isize</c>. Default: 256, for hurd 128.</summary>
    public int? InodeSize { get; init; }

    /// <summary>ext: the secret of the directory hash. Default: from the seed.</summary>
    public Guid? HashSeed { get; init; }

    /// <summary>ext: the directory hash's notion of a character from 0x80 on. Default: signed.</summary>
    public HashCharacters? HashCharacters { get; init; }

    /// <summary>ext: where it says that it was last mounted, at most 63 bytes. Default: the mount point.</summary>
    public string? LastMounted { get; init; }

    /// <summary>ext: whether there is a <c>lost+found</c>, which e2fsck wants. Default: yes.</summary>
    public bool? LostAndFound { get; init; }

    /// <summary>ext: whether an automatic size has no more inodes than the tree needs, for images that are grown or only read. Default: no.</summary>
    public bool? Minimize { get; init; }

    /// <summary>ext: groups whose tables stand together, a power of two up to 65536, with flex_bg. Default: 16.</summary>
    public int? GroupsPerFlex { get; init; }

    /// <summary>ext: blocks that a RAID writes to one disk before it goes on to the next. Default: 0, not known.</summary>
    public int? Stride { get; init; }

    /// <summary>ext: blocks that a RAID writes to all disks before it comes back to the first. Default: 0, not known.</summary>
    public int? StripeWidth { get; init; }

    /// <summary>ext, squashfs: permissions of the root directory. Default: the content's.</summary>
    public int? RootMode { get; init; }

    /// <summary>ext, squashfs: user that owns the root directory, in ext together with a group. Default: the content's.</summary>
    public uint? RootUid { get; init; }

    /// <summary>ext, squashfs: group of the root directory, in ext together with a user. Default: the content's.</summary>
    public uint? RootGid { get; init; }

    /// <summary>
    /// ext: options with which the kernel mounts it unless told otherwise, by tune2fs's names, as in
    /// <c>user_xattr,acl</c>; a list or one text with commas. Default: user_xattr and acl.
    /// </summary>
    public ValueList<string>? DefaultMountOptions { get; init; }

    /// <summary>ext: more such options as the kernel takes them, at most 63 bytes, kept in the superblock. Default: none.</summary>
    public string? ExtendedMountOptions { get; init; }

    /// <summary>ext: what the kernel does when it finds damage. Default: continue.</summary>
    public ErrorBehaviour? Errors { get; init; }

    /// <summary>ext: mounts after which e2fsck checks it, up to 32767. Default: 0, however many there are.</summary>
    public int? MaxMountCount { get; init; }

    /// <summary>ext: days after which e2fsck checks it, up to 49710. Default: 0, however many there are.</summary>
    public int? CheckDays { get; init; }

    /// <summary>ext: by whom usage is counted; needs the feature quota. Default: with that feature user and group, with project too.</summary>
    public ValueList<QuotaType>? Quotas { get; init; }

    /// <summary>ext: projects that parts of the tree belong to; needs the feature project. Default: empty.</summary>
    public ValueList<ProjectDirectory> Projects { get; init; } = [];

    /// <summary>ext: directories, with all below them, whose names are found in any case; needs the feature casefold. Default: empty.</summary>
    public ValueList<string> Casefold { get; init; } = [];

    /// <summary>ext: whether names that are not UTF-8 are refused in them. Default: no.</summary>
    public bool? CasefoldStrict { get; init; }

    /// <summary>
    /// ext: files that fs-verity protects, a directory for all files below it; the kernel then reads nothing of them that
    /// their hashes do not confirm. Needs the feature verity. Default: empty.
    /// </summary>
    public ValueList<string> Verity { get; init; } = [];

    /// <summary>ext: the hash of fs-verity. Default: sha256.</summary>
    public VerityHash? VerityHash { get; init; }

    /// <summary>FAT: 12, 16 or 32. Default: 32 from 512 MiB on, below it the one of 12 and 16 that has more clusters.</summary>
    public int? FatType { get; init; }

    /// <summary>FAT: bytes in a cluster, a power of two from the sector size to 64K. Default: by size, as mkfs.fat has it.</summary>
    public ByteSize? ClusterSize { get; init; }

    /// <summary>FAT: bytes in a sector: 512, 1024, 2048 or 4096, no fewer than the disk's. Default: the disk's.</summary>
    public int? SectorSize { get; init; }

    /// <summary>
    /// FAT: boundary in the partition on which the data area starts, a power of two up to 16M. Default: 4K or the cluster
    /// size, whichever is larger.
    /// </summary>
    public ByteSize? DataAlignment { get; init; }

    /// <summary>FAT: code page of short names and of the label: 437 or 850. Default: 437.</summary>
    public int? CodePage { get; init; }

    /// <summary>FAT: volume id, as <c>1A2B-3C4D</c>. Default: the first 32 bits of the UUID.</summary>
    public string? VolumeId { get; init; }

    /// <summary>
    /// What becomes of what the file system has no room for: in FAT symbolic links, devices, pipes and sockets; in squashfs
    /// ACLs and times before 1970 or from 2106 on. Default: error.
    /// </summary>
    public UnsupportedFiles? Unsupported { get; init; }

    /// <summary>FAT: which files get the attribute read-only from their mode. Default: none.</summary>
    public ReadOnlyFiles? ReadOnlyFiles { get; init; }

    /// <summary>FAT: attributes of files and directories by their path, applied in order. Default: empty.</summary>
    public ValueList<FileAttributeRule> Attributes { get; init; } = [];

    /// <summary>FAT: sectors before the file system, for boot code. Default: those before the partition.</summary>
    public uint? HiddenSectors { get; init; }

    /// <summary>FAT: sectors in a track, 1 to 63, for boot code. Default: 32 below 512 MiB, else 63.</summary>
    public int? SectorsPerTrack { get; init; }

    /// <summary>FAT: heads, 1 to 255, for boot code. Default: 64 below 512 MiB, else 255.</summary>
    public int? Heads { get; init; }

    /// <summary>FAT: number that the BIOS has for the disk: 128 is the first hard disk, 0 the first floppy. Default: 128.</summary>
    public int? DriveNumber { get; init; }

    /// <summary>
    /// squashfs, EROFS, iso9660, btrfs: the compressor (mksquashfs -comp, mkfs.erofs -z, mkfs.btrfs --compress); iso9660 has none
    /// and gzip, which is zisofs. Default: squashfs zstd, iso9660 gzip, others none.
    /// </summary>
    public FileSystemCompression? Compression { get; init; }

    /// <summary>
    /// squashfs, EROFS, iso9660, btrfs: how hard the compressor tries (-Xcompression-level, level=): gzip, deflate and lz4hc 1 to
    /// 12, zstd 1 to 22, lzo 1 to 9, lzma 0 to 9 and 100 to 109, zisofs 1 to 9; in btrfs zstd 1 to 15, gzip 1 to 9. Default:
    /// squashfs gzip 9, zstd 15, lzo 8; EROFS lz4hc 9, zstd 3, others 6; zisofs 9; btrfs what mkfs.btrfs takes.
    /// </summary>
    public int? CompressionLevel { get; init; }

    /// <summary>squashfs: gzip's window in bits (-Xwindow-size), 8 to 15. Default: 15.</summary>
    public int? WindowSize { get; init; }

    /// <summary>squashfs: gzip's strategies, each tried on every block (-Xstrategy). Default: empty, the usual one.</summary>
    public ValueList<GzipStrategy> Strategies { get; init; } = [];

    /// <summary>squashfs: xz's dictionary (-Xdict-size), 8K to the block size, a power of two or three times one. Default: the block size.</summary>
    public ByteSize? DictionarySize { get; init; }

    /// <summary>squashfs: xz's filters of machine code, each tried on every block (-Xbcj). Default: empty.</summary>
    public ValueList<XzFilter> Filters { get; init; } = [];

    /// <summary>squashfs: whether lz4 compresses well and slowly (-Xhc). Default: no.</summary>
    public bool? HighCompression { get; init; }

    /// <summary>squashfs: lzo's algorithm (-Xalgorithm). Default: lzo1x_999.</summary>
    public LzoAlgorithm? LzoAlgorithm { get; init; }

    /// <summary>squashfs: what is not compressed (-noI, -noD, -noF, -noX, -noId). Default: empty.</summary>
    public ValueList<SquashfsPart> Uncompressed { get; init; } = [];

    /// <summary>
    /// squashfs, EROFS: which files share blocks (-tailends, -no-fragments; -Efragments, -Eall-fragments). Default: squashfs
    /// small-files, EROFS none.
    /// </summary>
    public FragmentUse? Fragments { get; init; }

    /// <summary>squashfs, EROFS: whether equal files are stored once (-no-duplicates, -Ededupe). Default: squashfs yes, EROFS no.</summary>
    public bool? Duplicates { get; init; }

    /// <summary>squashfs: whether it can be exported by NFS (-no-exports). Default: yes.</summary>
    public bool? Exports { get; init; }

    /// <summary>squashfs: whether extended attributes are stored (-no-xattrs). Default: yes.</summary>
    public bool? Xattrs { get; init; }

    /// <summary>squashfs, EROFS, btrfs, XFS, F2FS: what becomes of several names of one file (-no-hardlinks, --hard-dereference). Default: keep.</summary>
    public HardLinkUse? HardLinks { get; init; }

    /// <summary>squashfs, EROFS: whether everything belongs to root (-all-root). Default: no.</summary>
    public bool? AllRoot { get; init; }

    /// <summary>
    /// EROFS: the largest unit of compressed data (-C), whole blocks up to 1M. Default: a block for lz4 and lz4hc, 64K for others.
    /// </summary>
    public ByteSize? CompressedCluster { get; init; }

    /// <summary>EROFS: whether compressed ends of files stand behind their inodes (-Eztailpacking). Default: no.</summary>
    public bool? TailPacking { get; init; }

    /// <summary>EROFS: the form of the index of compressed files (-Elegacy-compress). Default: compact.</summary>
    public CompressedIndex? Index { get; init; }

    /// <summary>EROFS: bytes in a chunk (--chunksize), a power of two, of files that are not compressed. Default: none, but for files with holes.</summary>
    public ByteSize? ChunkSize { get; init; }

    /// <summary>EROFS: whether ends of files that are not compressed stand behind their inodes (-E^inline_data). Default: yes.</summary>
    public bool? InlineData { get; init; }

    /// <summary>EROFS: which times inodes have (--ignore-mtime). Default: keep.</summary>
    public InodeTimes? Times { get; init; }

    /// <summary>EROFS: how things are laid out. Default: dense.</summary>
    public ErofsLayout? Layout { get; init; }

    /// <summary>swap: bytes in a page of the machine that swaps: 4096, 8192, 16384 or 65536. Default: 4096.</summary>
    public int? PageSize { get; init; }

    /// <summary>btrfs: directories that become subvolumes (--subvol); mkfs.btrfs makes them from 6.11 on. Default: empty.</summary>
    public ValueList<Subvolume> Subvolumes { get; init; } = [];

    /// <summary>
    /// btrfs, XFS, F2FS: further options for its mkfs, as in <c>-m single</c>. Owners and times are set in what
    /// mkfs makes, which keeps to one device, and to the checksum crc32c in btrfs. Default: empty.
    /// </summary>
    public ValueList<string> MkfsOptions { get; init; } = [];
}

/// <summary>A directory of a btrfs that becomes a subvolume.</summary>
public sealed record Subvolume
{
    /// <summary>The directory, from the file system's root on.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it is only read. Default: no.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Whether it is what is mounted where no subvolume is named. Default: no.</summary>
    public bool Default { get; init; }
}
