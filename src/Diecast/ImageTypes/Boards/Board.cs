using Diecast.Systems;

namespace Diecast.ImageTypes;

/// <summary>
/// A board, or a machine like one: what it runs on, how its disk is laid out, what its ROM loads from where, and how its
/// system is booted. <see cref="ImageType"/> makes images for it, of <see cref="Barebones"/> or of any other system.
/// </summary>
public sealed record Board
{
    private const string ConsoleArgument = "console=";
    private const string Suite = "trixie";

    /// <summary>Name of the image type, as in <c>pine64-raw</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line for <c>diecast types</c>.</summary>
    public required string Description { get; init; }

    /// <summary>What it runs on.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The partition table that its ROM can do with. Default: mbr.</summary>
    public PartitionTableType PartitionTable { get; init; } = PartitionTableType.Mbr;

    /// <summary>The partitions, unless a definition has its own.</summary>
    public required ValueList<Partition> Partitions { get; init; }

    /// <summary>What stands outside file systems. Default: empty.</summary>
    public ValueList<ImageBlob> Blobs { get; init; } = [];

    /// <summary>Debian's kernel package, and the arguments that name the board's console.</summary>
    public required Kernel Kernel { get; init; }

    /// <summary>The boot loader. Default: extlinux.</summary>
    public BootloaderKind Bootloader { get; init; } = BootloaderKind.Extlinux;

    /// <summary>Components of Debian's archive that its packages need beside main. Default: empty.</summary>
    public ValueList<string> Components { get; init; } = [];

    /// <summary>Files that its loader reads beside its menu; a declared file of the same path stands. Default: empty.</summary>
    public ValueList<SystemFile> Files { get; init; } = [];

    /// <summary>The machine that <c>diecast run</c> starts its images on, or null where QEMU has none.</summary>
    internal string? Machine { get; init; }

    /// <summary>The image type. In it a definition may have partitions and blobs of its own.</summary>
    public ImageType ImageType => new(Name, Description, Complete)
    {
        Platform = Platform,
        Machine = Machine,
        BringsFormat = true,
        CompleteSystem = CompleteSystem,
    };

    /// <summary>
    /// The least system that boots to a login on the board's console: Debian with its init, a kernel and nothing else. It has
    /// no account that can log in; add one with <c>with</c>.
    /// </summary>
    public OperatingSystem Barebones => CompleteSystem(new OperatingSystem { Base = new DebianBase { Suite = Suite } });

    private Image Complete(OperatingSystem? system, Image image) => image with
    {
        PartitionTable = image.PartitionTable ?? PartitionTable,
        Partitions = image.Partitions.Count > 0 || system is null ? image.Partitions : Partitions.Select(partition => Labelled(Suited(partition, system), image.Label)).ToValueList(),
        Blobs = [.. Blobs.Select(blob => Merge(blob, image.Blobs)), .. image.Blobs.Where(own => Blobs.All(blob => blob.Name != own.EffectiveName))],
    };

    /// <summary>
    /// A system of NixOS has its EFI system partition at /boot, with room for its kernels. One of a store's has U-Boot's menu on the root,
    /// where U-Boot looks if that is the partition marked bootable; a Raspberry Pi's firmware asks for no mark.
    /// </summary>
    private Partition Suited(Partition partition, OperatingSystem system) => partition switch
    {
        { Type: "esp" } when system.Base is NixBase => GenericTypes.Esp(partition.Label, GenericTypes.NixosEsp) with { MountPoint = GenericTypes.NixosEspMountPoint },
        { FileSystem: not null } when Bootloader == BootloaderKind.RaspberryPi && system.Base is NixBase or GuixBase => partition with { Bootable = partition.MountPoint == "/" },
        _ => partition,
    };

    /// <summary>The root has the image's label.</summary>
    private static Partition Labelled(Partition partition, string? label) => label is not null && partition is { MountPoint: "/", FileSystem: { } root }
        ? partition with { FileSystem = root with { Label = label } }
        : partition;

    /// <summary>A declared blob of the same name takes the place of the board's, and from it what is not given.</summary>
    private static ImageBlob Merge(ImageBlob blob, ValueList<ImageBlob> declared)
    {
        if (declared.FirstOrDefault(own => own.EffectiveName == blob.Name) is not { } found)
            return blob;
        bool hasSource = found is not { Tree: null, File: null };
        return new ImageBlob
        {
            Name = blob.Name,
            Tree = hasSource ? found.Tree : blob.Tree,
            File = found.File,
            Package = hasSource ? found.Package : found.Package ?? blob.Package,
            Offset = found.Offset ?? blob.Offset,
            MaxSize = found.MaxSize ?? blob.MaxSize,
        };
    }

    private OperatingSystem CompleteSystem(OperatingSystem system)
    {
        // A system of a store brings kernel, console and boot loader itself.
        if (system.Base is NixBase or GuixBase)
            return system with { Files = FilesOf(system) };
        Kernel kernel = system.Kernel ?? new Kernel { Package = system.Base is DebianBase ? Kernel.Package : null };
        BootloaderConfiguration loader = system.Bootloader ?? new BootloaderConfiguration();
        bool hasConsole = kernel.Arguments.Any(argument => argument.StartsWith(ConsoleArgument, StringComparison.Ordinal));
        return system with
        {
            Base = system.Base is DebianBase debian
                ? debian with { Components = [.. debian.Components, .. Components.Except(debian.Components)] }
                : system.Base,
            Kernel = hasConsole ? kernel : kernel with { Arguments = [.. Kernel.Arguments, .. kernel.Arguments] },
            Bootloader = loader with { Kind = loader.Kind ?? Bootloader },
            Files = FilesOf(system),
        };
    }

    private ValueList<SystemFile> FilesOf(OperatingSystem system) =>
        [.. system.Files, .. Files.Where(file => system.Files.All(own => SystemFiles.Normalize(own.Target) != file.Target))];
}
