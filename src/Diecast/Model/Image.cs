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
    /// them. Default: none.
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

/// <summary>One partition.</summary>
public sealed record Partition
{
    /// <summary>
    /// Type: a name (<c>esp</c>, <c>root</c>, <c>linux-generic</c>, <c>bios-boot</c>, …), a GUID, or for MBR a byte as
    /// <c>0x83</c>. Default: linux-generic.
    /// </summary>
    public string Type { get; init; } = "linux-generic";

    /// <summary>GPT name, at most 36 UTF-16 units. Default: the type's name.</summary>
    public string? Label { get; init; }

    /// <summary>GPT unique id. Default: from the seed.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>Size. Default: auto, what the content needs plus <see cref="Free"/>.</summary>
    public ImageSize Size { get; init; } = ImageSize.Auto;

    /// <summary>Room beyond the content when the size is auto. Default: none.</summary>
    public ByteSize Free { get; init; }

    /// <summary>Room beyond the content when the size is auto, in per cent of the content, 0 to 1000. Default: none.</summary>
    public int FreePercent { get; init; }

    /// <summary>Least size when the size is auto. Default: none.</summary>
    public ByteSize? MinSize { get; init; }

    /// <summary>Largest size when room is shared out. Default: none.</summary>
    public ByteSize? MaxSize { get; init; }

    /// <summary>Share of the room that is left in an image of fixed size; 0 takes none. Default: 1000.</summary>
    public int Weight { get; init; } = 1000;

    /// <summary>Room that is left free behind it at least. Default: none.</summary>
    public ByteSize Padding { get; init; }

    /// <summary>Share of the room that is left, in an image of fixed size, for the gap behind it; 0 takes none. Default: none.</summary>
    public int PaddingWeight { get; init; }

    /// <summary>
    /// In the definitions of systemd-repart that a growing system has: which partitions are given up where a disk has no room for all,
    /// the highest first; 0 and below never. Default: none.
    /// </summary>
    public int Priority { get; init; }

    /// <summary>In these definitions: whether a factory reset makes it anew, empty. Default: no.</summary>
    public bool FactoryReset { get; init; }

    /// <summary>
    /// Whether the file system's root directory says which partition it is for, as systemd-validatefs compares it when it is
    /// mounted: by name, type and mount point. Default: no.
    /// </summary>
    public bool ValidateFileSystem { get; init; }

    /// <summary>Absolute offset of the first byte, a multiple of the sector. Default: after the partition before.</summary>
    public ByteSize? Offset { get; init; }

    /// <summary>Boundary that the first byte falls on when no offset is given. Default: 1M.</summary>
    public ByteSize Alignment { get; init; } = ByteSize.MiB(1);

    /// <summary>GPT attribute bits, as in <c>0x8000000000000000</c>. Default: the type's.</summary>
    public ulong? Attributes { get; init; }

    /// <summary>MBR active flag, GPT legacy-boot attribute. Default: no.</summary>
    public bool Bootable { get; init; }

    /// <summary>The file system. Default: none; the partition holds its content as it is, or nothing.</summary>
    public PartitionFileSystem? FileSystem { get; init; }

    /// <summary>Where the system mounts it; content below that path goes into this partition. Default: nowhere.</summary>
    public string? MountPoint { get; init; }

    /// <summary>Mount options for fstab. Default: <c>defaults</c>.</summary>
    public string MountOptions { get; init; } = "defaults";

    /// <summary>What it is found by when it is mounted. Default: uuid.</summary>
    public MountKey MountBy { get; init; }

    /// <summary>Its part in the protection of a file system by dm-verity. Default: none.</summary>
    public PartitionVerity? Verity { get; init; }

    /// <summary>How it is encrypted. Default: not at all.</summary>
    public PartitionEncryption? Encrypt { get; init; }

    /// <summary>Whether the attribute read-only is set (bit 60), for types that have it. Default: as verity needs it.</summary>
    public bool? ReadOnly { get; init; }

    /// <summary>
    /// Whether the file system grows with the partition when it is mounted: the attribute bit 59, for types that have it, and
    /// <c>x-systemd.growfs</c> in fstab. Default: no.
    /// </summary>
    public bool? Grow { get; init; }

    /// <summary>Whether the attribute no-auto is set (bit 63): nothing mounts it by itself. Default: no.</summary>
    public bool? NoAuto { get; init; }

    /// <summary>
    /// Slots, 1 to 9: this one and as many empty ones of its type and size, named <c>_empty</c>, that later versions go into. They
    /// follow the last partition that has some. Default: 1, itself.
    /// </summary>
    public int Slots { get; init; } = 1;

    /// <summary>Place in the table, from 0, of the partition that this one is an empty slot of; null for all others.</summary>
    internal int? SlotOf { get; init; }

    /// <summary>
    /// Name of the file that it is written to beside the image when <see cref="Image.Split"/> asks for it: the image's name and
    /// version, this and <c>.raw</c>. <c>%U</c> is its UUID, <c>%t</c> its type. Default: none, it is not.
    /// </summary>
    public string? SplitName { get; init; }

    /// <summary>What is in it. Default: the part of the system below the mount point, or nothing.</summary>
    public PartitionContent? Content { get; init; }

    /// <summary>Files to put into it beside its content. Default: empty.</summary>
    public ValueList<ContentFile> Contents { get; init; } = [];

    /// <summary>Directories to be in it. Default: empty.</summary>
    public ValueList<ContentDirectory> Directories { get; init; } = [];

    /// <summary>Symbolic links to make in it. Default: empty.</summary>
    public ValueList<ContentSymlink> Symlinks { get; init; } = [];

    /// <summary>Paths of a Nix or Guix store to put into it, with all that they refer to. Default: empty.</summary>
    public ValueList<StorePath> StorePaths { get; init; } = [];

    /// <summary>
    /// Directory of the partition that the store's paths are put into: <c>/</c> where the partition is mounted at the store.
    /// Default: the store's own path, as in <c>/nix/store</c>.
    /// </summary>
    public string? StorePrefix { get; init; }

    /// <summary>Where the store's paths come from. Default: the store of the build machine.</summary>
    public StoreSource? Store { get; init; }

    /// <summary>
    /// File to write in the partition that <c>nix-store --load-db</c> reads, as in <c>/nix-path-registration</c>: what the
    /// store's paths are and what they refer to. Default: none.
    /// </summary>
    public string? StoreRegistration { get; init; }
}

/// <summary>What a partition holds.</summary>
public abstract record PartitionContent;

/// <summary>The files of a host directory.</summary>
public sealed record DirectoryContent : PartitionContent
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }

    /// <summary>Who owns the files. Default: root.</summary>
    public HostOwnership Ownership { get; init; } = HostOwnership.Root;
}

/// <summary>The files of a tar archive.</summary>
public sealed record TarContent : PartitionContent
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }
}

/// <summary>The bytes of a host file, without a file system of ours.</summary>
public sealed record RawContent : PartitionContent
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }
}
