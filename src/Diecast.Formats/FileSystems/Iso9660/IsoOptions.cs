using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>What an ISO 9660 image has that its tree does not say.</summary>
public sealed partial record IsoOptions
{
    /// <summary>Sectors of 2048 bytes that the default of <see cref="TailPadding"/> has: more than drives and Linux read ahead.</summary>
    private const int DefaultPaddingSectors = 150;

    /// <summary>The volume's name, up to 32 bytes of ASCII; upper case, digits and underscore are what the standard has.</summary>
    public required string VolumeId { get; init; }

    /// <summary>The system that the image is for, up to 32 bytes of ASCII. Default: none.</summary>
    public string SystemId { get; init; } = "";

    /// <summary>The set of volumes that this one is the only one of, up to 128 bytes of ASCII. Default: none.</summary>
    public string VolumeSetId { get; init; } = "";

    /// <summary>Who publishes, up to 128 bytes of ASCII. Default: none.</summary>
    public string PublisherId { get; init; } = "";

    /// <summary>Who made it, up to 128 bytes of ASCII. Default: none.</summary>
    public string PreparerId { get; init; } = "";

    /// <summary>What is recorded, or with what, up to 128 bytes of ASCII. Default: none.</summary>
    public string ApplicationId { get; init; } = "";

    /// <summary>When it was made, from year 1 to 9999, to the hundredth of a second.</summary>
    public Timestamp CreationTime { get; init; }

    /// <summary>
    /// When it was last changed. GRUB and blkid take its sixteen digits for the volume's UUID. Default: null, when it was
    /// made.
    /// </summary>
    public Timestamp? ModificationTime { get; init; }

    /// <summary>When its content becomes out of date. Default: null, never.</summary>
    public Timestamp? ExpirationTime { get; init; }

    /// <summary>When its content comes into effect. Default: null, not said.</summary>
    public Timestamp? EffectiveTime { get; init; }

    /// <summary>
    /// How long plain names are, and how large files: 1, names of 8 and 3 characters; 2, names of 30; 3, as 2 and files of
    /// 4 GiB and more, in sections. Default: 3.
    /// </summary>
    public int Level { get; init; } = 3;

    /// <summary>Whether names, owners, permissions, links and devices are kept by Rock Ridge. Default: yes.</summary>
    public bool RockRidge { get; init; } = true;

    /// <summary>The second set of names, in Unicode, for Windows. Default: none.</summary>
    public IsoJoliet Joliet { get; init; }

    /// <summary>What becomes of directories below the eighth level. Default: they stay where they are.</summary>
    public IsoDeepDirectories DeepDirectories { get; init; }

    /// <summary>Whether files with the same content share its bytes, for which files of equal length are read. Default: no.</summary>
    public bool ShareEqualContent { get; init; }

    /// <summary>
    /// What becomes of what the image has no room for: extended attributes, times before 1900 and after 2155, and, without
    /// Rock Ridge, links, devices and sockets. Default: it is a fault.
    /// </summary>
    public IsoUnsupported Unsupported { get; init; }

    /// <summary>Which files are compressed; only <see cref="IsoFileSystem.Pack"/> does it. Default: none.</summary>
    public IsoZisofs? Zisofs { get; init; }

    /// <summary>Boot images, the default first (El Torito). Default: none.</summary>
    public IReadOnlyList<IsoBootEntry> Boot { get; init; } = [];

    /// <summary>Content for the first 32 KiB, which ISO 9660 leaves to others. Default: none.</summary>
    public Blob SystemArea { get; init; } = Blob.Empty;

    /// <summary>The partition table that makes a disk of the image too. Default: none.</summary>
    public IsoHybrid? Hybrid { get; init; }

    /// <summary>Partitions behind the file system, up to three. Default: none.</summary>
    public IReadOnlyList<IsoPartition> Partitions { get; init; } = [];

    /// <summary>
    /// Whether the volume's descriptors and directories are there a second time, so that the partition table's first
    /// partition, which then starts at sector 64, can be mounted by itself. Default: no.
    /// </summary>
    public bool PartitionOffset { get; init; }

    /// <summary>Bytes of zeros behind the content, a multiple of 2048. Default: 150 sectors, as mkisofs has it.</summary>
    public long TailPadding { get; init; } = DefaultPaddingSectors * IsoFormat.SectorSize;

    /// <summary>The volume's UUID as GRUB and blkid have it, as in 2024-01-31-12-00-00-00.</summary>
    public string Uuid => IsoTime.ToUuid(IsoTime.Digits(EffectiveModification));

    internal Timestamp EffectiveModification => ModificationTime ?? CreationTime;
}

/// <summary>The second set of names.</summary>
public enum IsoJoliet
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Names of up to 64 UTF-16 units, as Joliet has it.</summary>
    Short,

    /// <summary>Names of up to 103 units, which Windows and Linux read too.</summary>
    Long,
}

/// <summary>What becomes of directories below the eighth level, which ECMA-119 does not allow.</summary>
public enum IsoDeepDirectories
{
    /// <summary>They stay where they are, which Linux, the BSDs and Windows read.</summary>
    Keep,

    /// <summary>They are moved to a hidden directory of the root, and Rock Ridge says where they belong.</summary>
    Relocate,
}

/// <summary>What becomes of what the image has no room for.</summary>
public enum IsoUnsupported
{
    /// <summary>It is a fault, told with its path.</summary>
    Refuse,

    /// <summary>It is left out; times are moved to the nearest there is.</summary>
    Adapt,
}

/// <summary>How files are compressed (zisofs), for Linux to read them.</summary>
public sealed record IsoZisofs
{
    /// <summary>1, fast, to 9, small. Default: 9.</summary>
    public int Level { get; init; } = 9;

    /// <summary>Bytes in a block: 32, 64 or 128 KiB. Default: 128 KiB, as Guix has it.</summary>
    public int BlockSize { get; init; } = 128 * 1024;

    /// <summary>
    /// Files that stay as they are, above all what boot loaders read: a path of the tree with all below it, or, without a
    /// slash, the end of a name as in <c>.gz</c> or a whole name. Default: what Guix leaves, which is <c>/boot</c>,
    /// <c>/System</c>, kernels, and files that are compressed already.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } =
        ["/boot", "/System", "unicode.pf2", "bzImage", "zImage", "Image", "vmlinuz", ".gz", ".zst", ".png"];
}
