namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Which superblock word a feature's bit is in, and so what a kernel does that does not know it.</summary>
internal enum ExtFeatureKind
{
    /// <summary>Ignores it.</summary>
    Compatible,

    /// <summary>Refuses to mount.</summary>
    Incompatible,

    /// <summary>Refuses to write.</summary>
    ReadOnlyCompatible,
}

/// <summary>One feature bit.</summary>
/// <param name="Name">As mke2fs spells it.</param>
/// <param name="Kind">The superblock word.</param>
/// <param name="Bit">The bit in it.</param>
internal readonly record struct ExtFeature(string Name, ExtFeatureKind Kind, uint Bit)
{
    internal static readonly ExtFeature HasJournal = Compatible("has_journal", 0x4);
    internal static readonly ExtFeature ExtAttr = Compatible("ext_attr", 0x8);
    internal static readonly ExtFeature ResizeInode = Compatible("resize_inode", 0x10);
    internal static readonly ExtFeature DirIndex = Compatible("dir_index", 0x20);
    internal static readonly ExtFeature SparseSuper2 = Compatible("sparse_super2", 0x200);
    internal static readonly ExtFeature FastCommit = Compatible("fast_commit", 0x400);
    internal static readonly ExtFeature StableInodes = Compatible("stable_inodes", 0x800);
    internal static readonly ExtFeature OrphanFile = Compatible("orphan_file", 0x1000);
    internal static readonly ExtFeature Compression = Incompatible("compression", 0x1);
    internal static readonly ExtFeature FileType = Incompatible("filetype", 0x2);
    internal static readonly ExtFeature NeedsRecovery = Incompatible("needs_recovery", 0x4);
    internal static readonly ExtFeature JournalDevice = Incompatible("journal_dev", 0x8);
    internal static readonly ExtFeature MetaGroups = Incompatible("meta_bg", 0x10);
    internal static readonly ExtFeature Extent = Incompatible("extent", 0x40);
    internal static readonly ExtFeature SixtyFourBit = Incompatible("64bit", 0x80);
    internal static readonly ExtFeature MultiMountProtection = Incompatible("mmp", 0x100);
    internal static readonly ExtFeature FlexGroups = Incompatible("flex_bg", 0x200);
    internal static readonly ExtFeature XattrInodes = Incompatible("ea_inode", 0x400);
    internal static readonly ExtFeature DirectoryData = Incompatible("dirdata", 0x1000);
    internal static readonly ExtFeature ChecksumSeed = Incompatible("metadata_csum_seed", 0x2000);
    internal static readonly ExtFeature LargeDir = Incompatible("large_dir", 0x4000);
    internal static readonly ExtFeature InlineData = Incompatible("inline_data", 0x8000);
    internal static readonly ExtFeature Encrypt = Incompatible("encrypt", 0x10000);
    internal static readonly ExtFeature Casefold = Incompatible("casefold", 0x20000);
    internal static readonly ExtFeature SparseSuper = ReadOnlyCompatible("sparse_super", 0x1);
    internal static readonly ExtFeature LargeFile = ReadOnlyCompatible("large_file", 0x2);
    internal static readonly ExtFeature HugeFile = ReadOnlyCompatible("huge_file", 0x8);
    internal static readonly ExtFeature UninitGroups = ReadOnlyCompatible("uninit_bg", 0x10);
    internal static readonly ExtFeature DirNlink = ReadOnlyCompatible("dir_nlink", 0x20);
    internal static readonly ExtFeature ExtraInodeSize = ReadOnlyCompatible("extra_isize", 0x40);
    internal static readonly ExtFeature Quota = ReadOnlyCompatible("quota", 0x100);
    internal static readonly ExtFeature BigAllocation = ReadOnlyCompatible("bigalloc", 0x200);
    internal static readonly ExtFeature MetadataChecksum = ReadOnlyCompatible("metadata_csum", 0x400);
    internal static readonly ExtFeature Project = ReadOnlyCompatible("project", 0x2000);
    internal static readonly ExtFeature Verity = ReadOnlyCompatible("verity", 0x8000);

    /// <summary>What this writer can make, in the order in which dumpe2fs lists features.</summary>
    internal static readonly ExtFeature[] Supported =
    [
        HasJournal, ExtAttr, ResizeInode, DirIndex, SparseSuper2, StableInodes, OrphanFile,
        FileType, MetaGroups, Extent, SixtyFourBit, FlexGroups, XattrInodes, ChecksumSeed, LargeDir,
        InlineData, Encrypt, Casefold,
        SparseSuper, LargeFile, HugeFile, UninitGroups, DirNlink, ExtraInodeSize, Quota, MetadataChecksum, Project,
        Verity,
    ];

    /// <summary>
    /// The incompatible ones that the reader knows. With encrypt, casefold or mmp in use a file system is read as far
    /// as nothing in it is encrypted.
    /// </summary>
    internal static readonly ExtFeature[] Readable =
    [
        FileType, NeedsRecovery, MetaGroups, Extent, SixtyFourBit, MultiMountProtection, FlexGroups, XattrInodes,
        ChecksumSeed, LargeDir, InlineData, Encrypt, Casefold,
    ];

    /// <summary>Those that change what blocks hold, and that no image of a system has.</summary>
    internal static readonly ExtFeature[] Unreadable = [Compression, JournalDevice, DirectoryData];

    private static ExtFeature Compatible(string name, uint bit) => new(name, ExtFeatureKind.Compatible, bit);

    private static ExtFeature Incompatible(string name, uint bit) => new(name, ExtFeatureKind.Incompatible, bit);

    private static ExtFeature ReadOnlyCompatible(string name, uint bit) =>
        new(name, ExtFeatureKind.ReadOnlyCompatible, bit);
}

/// <summary>A set of features: the three words of the superblock.</summary>
internal readonly record struct ExtFeatures(uint Compatible, uint Incompatible, uint ReadOnlyCompatible)
{
    internal bool Has(ExtFeature feature) => (Word(feature.Kind) & feature.Bit) != 0;

    internal ExtFeatures With(ExtFeature feature) => feature.Kind switch
    {
        ExtFeatureKind.Compatible => this with { Compatible = Compatible | feature.Bit },
        ExtFeatureKind.Incompatible => this with { Incompatible = Incompatible | feature.Bit },
        _ => this with { ReadOnlyCompatible = ReadOnlyCompatible | feature.Bit },
    };

    internal ExtFeatures Without(ExtFeature feature) => feature.Kind switch
    {
        ExtFeatureKind.Compatible => this with { Compatible = Compatible & ~feature.Bit },
        ExtFeatureKind.Incompatible => this with { Incompatible = Incompatible & ~feature.Bit },
        _ => this with { ReadOnlyCompatible = ReadOnlyCompatible & ~feature.Bit },
    };

    internal static ExtFeatures Of(params ReadOnlySpan<ExtFeature> features)
    {
        ExtFeatures set = default;
        foreach (ExtFeature feature in features)
            set = set.With(feature);
        return set;
    }

    /// <summary>The names, with spaces between, in dumpe2fs' order.</summary>
    public override string ToString()
    {
        ExtFeatures set = this;
        return string.Join(' ', ExtFeature.Supported.Where(f => set.Has(f)).Select(f => f.Name));
    }

    private uint Word(ExtFeatureKind kind) => kind switch
    {
        ExtFeatureKind.Compatible => Compatible,
        ExtFeatureKind.Incompatible => Incompatible,
        _ => ReadOnlyCompatible,
    };
}
