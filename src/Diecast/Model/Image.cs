namespace Diecast;

/// <summary>An image: a partition table, partitions and a disk format, with or without a system in it.</summary>
public sealed record Image
{
    /// <summary>Image type by name, see <c>diecast types</c>. Default: <c>disk</c> with a system, none without.</summary>
    public string? Type { get; init; }

    /// <summary>Name of the output files without their end. Default: the definition's name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Label of the root's file system, where the image type makes the partitions; of an ISO image the volume's name, at most
    /// 32 characters. Default: the image type's; of an ISO image the definition's name in capitals.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>
    /// What the system runs on, by the name of a platform, Debian's of its architecture, or a GNU triplet, as in
    /// <c>arm64</c>. Default: the image type's, else the base's.
    /// </summary>
    public Platform? Platform { get; init; }

    /// <summary>
    /// Disk formats to write, all in one pass over the disk, which has the same bytes in each of them. Default: the image
    /// type's.
    /// </summary>
    public ValueList<DiskFormat> Format { get; init; } = [];

    /// <summary>
    /// Size of the whole image. Default: auto, what the partitions need, rounded up as <see cref="SizeMultiple"/>, the
    /// image type and the formats ask.
    /// </summary>
    public ImageSize Size { get; init; } = ImageSize.Auto;

    /// <summary>
    /// The whole image is a multiple of it. Default: the image type's, else 1M, or none without a partition table.
    /// </summary>
    public ByteSize? SizeMultiple { get; init; }

    /// <summary>Partition table. Default: the image type's, gpt without one.</summary>
    public PartitionTableType? PartitionTable { get; init; }

    /// <summary>Bytes in a sector: 512 or 4096. Default: 512.</summary>
    public int SectorSize { get; init; } = 512;

    /// <summary>
    /// Slots of a GPT, 4 to 4096. Fewer than 128 make room for a blob that a board wants within the standard table: 56 end
    /// where Allwinner's loader begins, at 8K. Default: 128.
    /// </summary>
    public int? GptEntries { get; init; }

    /// <summary>
    /// Where the slots of a GPT lie, a multiple of the sector: moved away, they leave their place to a blob. Default: behind
    /// the header, at sector 2.
    /// </summary>
    public ByteSize? GptEntriesOffset { get; init; }

    /// <summary>The partitions. Default: the image type's.</summary>
    public ValueList<Partition> Partitions { get; init; } = [];

    /// <summary>Bytes at fixed places outside file systems, beside those of the image type. Default: empty.</summary>
    public ValueList<ImageBlob> Blobs { get; init; } = [];

    /// <summary>
    /// The firmware that boot loaders are made for. Default: the image type's, or what the partitions have a place for.
    /// </summary>
    public ValueList<BootFirmware> Firmware { get; init; } = [];

    /// <summary>
    /// Whether changes of the root are kept in memory and are gone when the machine ends: the initial RAM disk mounts the root
    /// for reading alone, with a tmpfs over it. The kernel argument <c>diecast.volatile=no</c>, which an entry of the boot
    /// menu has, keeps them; <c>diecast.volatile=yes</c> does the opposite in an image without it, and a size in its place,
    /// as in <c>512M</c> or <c>25%</c>, says how much memory changes may take. An ISO image always is. Default: no.
    /// </summary>
    public bool? VolatileRoot { get; init; }

    /// <summary>
    /// A directory whose content is not in the image: the initial RAM disk mounts it from the machine's host by 9p, for reading
    /// alone, as in <c>/gnu/store</c>, <c>/nix/store</c> or one of your own, not in <c>/tmp</c> and the like. <c>diecast run</c>
    /// shares the host's directory of the same name. Default: none.
    /// </summary>
    public string? SharedStore { get; init; }

    /// <summary>
    /// Whether the base may come from the cache and stays there. With no it is made anew for each build, and nothing of it is
    /// kept: for one with secrets in it. Default: yes.
    /// </summary>
    public bool Substitutable { get; init; } = true;

    /// <summary>First byte of the root, for the image type raw-with-offset. Default: 1M.</summary>
    public ByteSize? RootOffset { get; init; }

    /// <summary>
    /// File system of the root that the image type makes, with its options, as in <c>xfs</c>. Default: the type's, ext4 in most.
    /// </summary>
    public PartitionFileSystem? RootFileSystem { get; init; }

    /// <summary>Room beyond the content in the root that the image type makes. Default: the type's, 1G in most.</summary>
    public ByteSize? Free { get; init; }

    /// <summary>
    /// Size of the partition that boots, in image types that have one of a size of its own: the EFI system partition, or the one
    /// mounted on <c>/boot</c>. Default: the type's.
    /// </summary>
    public ByteSize? BootSize { get; init; }

    /// <summary>
    /// Whether disk, partitions and an ext4 root have the ids that NixOS's make-disk-image gives every image, in the types that
    /// have its tables. Disks with the same ids do not go together in one machine. Without it, ids follow from the seed. Default: no.
    /// </summary>
    public bool FixedIds { get; init; }

    /// <summary>Id of the disk: a GPT's GUID, from which an MBR's signature follows. Default: from the seed.</summary>
    public Guid? DiskId { get; init; }

    /// <summary>Commands that are run with the outputs. Default: none.</summary>
    public ImageHooks? Hooks { get; init; }

    /// <summary>
    /// How a tarball, a WSL archive, or the layers of a container image are compressed; a format's own option wins over it.
    /// Default: gzip.
    /// </summary>
    public ImageCompression? Compression { get; init; }

    /// <summary>
    /// Most layers of a container image, 1 to 125. From two on, what a change of the configuration touches is the last layer,
    /// and the files of packages are below it. Default: 1.
    /// </summary>
    public int MaxLayers { get; init; } = 1;

    /// <summary>
    /// Whether a container uses the network of its host: nothing in it sets up a network or says how names are looked up.
    /// Default: no.
    /// </summary>
    public bool SharedNetwork { get; init; }

    /// <summary>
    /// Version of the image: IMAGE_VERSION in os-release, and in names of files that tell versions apart. Default: none, and
    /// for an appliance 1.
    /// </summary>
    public string? Version { get; init; }

    /// <summary>
    /// Whether each partition with a <see cref="Partition.SplitName"/> is written as a file of its own too, and the unified
    /// kernel image, with a SHA256SUMS over them: what systemd-sysupdate downloads. Default: no, and yes for an appliance that
    /// is updated.
    /// </summary>
    public bool? Split { get; init; }

    /// <summary>How the partitions' files are compressed: none, gzip, xz or zstd. Default: none.</summary>
    public ImageCompression? SplitCompression { get; init; }

    /// <summary>The key that boot loaders and unified kernel images are signed with, for UEFI Secure Boot. Default: none, they are not.</summary>
    public SigningKey? SecureBoot { get; init; }

    /// <summary>Variables of UEFI firmware to write beside the image. Default: none.</summary>
    public FirmwareVariables? EfiVariables { get; init; }

    /// <summary>The key that root hashes are signed with, for partitions of the verity role signature. Default: none.</summary>
    public SigningKey? VeritySignature { get; init; }

    /// <summary>What an appliance is made of, for the image type appliance. Default: each of its keys' own.</summary>
    public ApplianceSettings? Appliance { get; init; }

    /// <summary>Name, program, variables and labels of a container image. Default: each of its keys' own.</summary>
    public ContainerSettings? Container { get; init; }

    /// <summary>Name and account of a distribution for WSL. Default: each of its keys' own.</summary>
    public WslSettings? Wsl { get; init; }
}

/// <summary>Commands that are run while an image is made.</summary>
public sealed record ImageHooks
{
    /// <summary>
    /// Commands for /bin/sh, each run in the definition's directory once an output is complete and before it is in its place, with
    /// <c>DISK_IMAGE</c> for the file, <c>DISK_IMAGE_NAME</c> for the name that it will have and <c>DISK_IMAGE_FORMAT</c>. They
    /// may change the file. If one fails, the build has failed and no output is put in its place. <c>diecast check</c> does not run
    /// them. Not with the format oci-dir, which is a directory. Default: none.
    /// </summary>
    public ValueList<string> After { get; init; } = [];
}

/// <summary>What starts a boot loader.</summary>
public enum BootFirmware
{
    /// <summary>The BIOS of a PC.</summary>
    Bios,

    /// <summary>UEFI of the processor's own width.</summary>
    Uefi,

    /// <summary>UEFI of 32 bits on a PC, as tablets and early Macs have it before processors of 64.</summary>
    Uefi32,
}

/// <summary>How an archive is compressed.</summary>
public enum ImageCompression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>gzip, which everything reads.</summary>
    Gzip,

    /// <summary>xz, the smallest; not for layers.</summary>
    Xz,

    /// <summary>Zstandard, the fastest to unpack; for layers Docker 23 and containerd 1.5 or later.</summary>
    Zstd,
}

/// <summary>A size that is either given or follows from the content.</summary>
/// <param name="Exact">The size, or null for auto.</param>
public readonly record struct ImageSize(ByteSize? Exact)
{
    /// <summary>What the content needs.</summary>
    public static ImageSize Auto => default;

    /// <inheritdoc/>
    public override string ToString() => Exact?.ToString() ?? "auto";
}

/// <summary>Partition tables.</summary>
public enum PartitionTableType
{
    /// <summary>GUID partition table.</summary>
    Gpt,

    /// <summary>Master boot record, with at most four primary partitions.</summary>
    Mbr,

    /// <summary>No table: the image is its only partition's file system.</summary>
    None,
}
