namespace Diecast;

/// <summary>A name for a way of making an image from a system: it fills in what the definition leaves open.</summary>
/// <param name="Name">As in <c>diecast build -t NAME</c>.</param>
/// <param name="Description">One line for <c>diecast types</c>.</param>
/// <param name="Complete">
/// From a system (or none) and what the definition says of the image to the whole image, but for its formats and their size.
/// </param>
public sealed record ImageType(string Name, string Description, Func<OperatingSystem?, Image, Image> Complete)
{
    /// <summary>The formats when the definition names none. Default: raw.</summary>
    public ValueList<DiskFormat> Format { get; init; } = [DiskFormat.Raw];

    /// <summary>
    /// The formats that may be asked for, each with the options that it must have; one may be there several times, and the
    /// first stands for what is not given. Default: empty, which takes all.
    /// </summary>
    public ValueList<DiskFormat> Accepts { get; init; } = [];

    /// <summary>The whole image is a multiple of it. Default: none.</summary>
    public ByteSize? SizeMultiple { get; init; }

    /// <summary>The platform that it is for. Default: none, it is for any.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The machine that <c>diecast run</c> starts its images on, where it is for one.</summary>
    internal string? Machine { get; init; }

    /// <summary>
    /// From a system to one with what the type fills in: kernel, boot loader, components of the archive. Default: null,
    /// nothing is filled in.
    /// </summary>
    public Func<OperatingSystem, OperatingSystem>? CompleteSystem { get; init; }

    /// <summary>What its images are. Default: disks.</summary>
    public ImageKind Kind { get; init; } = ImageKind.Disk;

    /// <summary>The partition table that it has, for one that its name promises. Default: null, any.</summary>
    public PartitionTableType? PartitionTable { get; init; }

    /// <summary>
    /// Whether <c>--type</c> brings its format whatever the definition says, as it does where only some formats are taken:
    /// for a type whose name promises one. Default: no.
    /// </summary>
    public bool BringsFormat { get; init; }

    /// <summary>Whether <see cref="Image.RootOffset"/> says where its root is. Default: no.</summary>
    public bool TakesRootOffset { get; init; }

    /// <summary>Whether <see cref="Image.BootSize"/> says how large its boot partition is. Default: no.</summary>
    public bool TakesBootSize { get; init; }

    /// <summary>Whether <see cref="Image.FixedIds"/> gives it the ids of NixOS's make-disk-image. Default: no.</summary>
    public bool TakesFixedIds { get; init; }

    /// <summary>Whether it makes nothing without a system. Default: yes.</summary>
    public bool NeedsSystem { get; init; } = true;
}

/// <summary>What an image is.</summary>
public enum ImageKind
{
    /// <summary>A disk: a partition table with file systems, in a disk format.</summary>
    Disk,

    /// <summary>A tree of files in an archive, without anything that boots it.</summary>
    Tree,

    /// <summary>A container image: a tree in layers, and how it is run by something else's kernel.</summary>
    Container,

    /// <summary>A tree that the Windows Subsystem for Linux runs.</summary>
    Wsl,

    /// <summary>An ISO 9660 volume with a live system, which is a disk too.</summary>
    Iso,
}
