namespace Diecast;

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
