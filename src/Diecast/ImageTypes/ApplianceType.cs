namespace Diecast.ImageTypes;

/// <summary>The image type of appliances: a protected system in slots, and a partition for what changes.</summary>
internal static class ApplianceType
{
    internal const string Name = "appliance";

    private const string EspMountPoint = "/efi";
    private const string FirstVersion = "1";

    /// <summary>Per cent of the first version's size that later ones may be larger by, where the slots' size is not given.</summary>
    private const int Spare = 50;

    /// <summary>Room for three unified kernel images: the two that may boot and one on its way in.</summary>
    private static readonly ByteSize EspSize = ByteSize.MiB(256);

    private static readonly ByteSize StateSize = ByteSize.MiB(64);

    internal static readonly ImageType Type = new(
        Name, "appliance for UEFI: read-only system under dm-verity, unified kernel image, two slots for updates", Complete)
    {
        PartitionTable = PartitionTableType.Gpt,
        CompleteSystem = CompleteSystem,
    };

    private static OperatingSystem CompleteSystem(OperatingSystem system)
    {
        BootloaderConfiguration loader = system.Bootloader ?? new BootloaderConfiguration();
        return system with { Bootloader = loader with { Kind = loader.Kind ?? BootloaderKind.SystemdBoot } };
    }

    private static Image Complete(OperatingSystem? system, Image image)
    {
        ApplianceSettings settings = image.Appliance ?? new ApplianceSettings();
        image = image with { Version = image.Version ?? FirstVersion };
        // A NixOS system is its store, which it mounts from a protected /usr below a root in memory, and its volatility its own affair.
        bool isNixos = system?.Base is NixBase;
        if (isNixos)
            settings = settings with { Protect = ApplianceRoot.Usr };
        return image with
        {
            PartitionTable = PartitionTableType.Gpt,
            VolatileRoot = image.VolatileRoot ?? (isNixos ? null : settings.Protect == ApplianceRoot.Root),
            Split = image.Split ?? settings.Updates is not null,
            Partitions = image.Partitions.Count > 0 || system is null
                ? image.Partitions
                : [isNixos ? Esp(image) with { MountPoint = GenericTypes.NixosEspMountPoint } : Esp(image), .. Protected(image, settings), isNixos ? NixosState(image, settings) : State(image, settings)],
        };
    }

    /// <summary>What changes of a NixOS system: it mounts it by its own fstab, and lets it grow by systemd.repart.</summary>
    private static Partition NixosState(Image image, ApplianceSettings settings) =>
        State(image, settings with { Protect = ApplianceRoot.Root }) with { Grow = null };

    private static Partition Esp(Image image) => GenericTypes.Esp(Labelled(image, "esp"), EspSize) with
    {
        MountPoint = EspMountPoint,
        MountBy = MountKey.PartitionLabel,
    };

    private static IEnumerable<Partition> Protected(Image image, ApplianceSettings settings)
    {
        string type = settings.Protect == ApplianceRoot.Root ? "root" : "usr";
        string label = $"{image.Name}_{image.Version}";
        var whole = new Partition { Label = label, Weight = 0, Slots = settings.Slots };
        yield return whole with
        {
            Type = type,
            Size = new ImageSize(settings.SlotSize),
            FreePercent = settings is { Slots: > 1, SlotSize: null } ? Spare : 0,
            FileSystem = settings.FileSystem ?? new PartitionFileSystem { Type = FileSystemType.Erofs, Compression = FileSystemCompression.Lz4hc },
            MountPoint = settings.Protect == ApplianceRoot.Root ? "/" : "/usr",
            MountOptions = "ro",
            Verity = new PartitionVerity { Role = VerityRole.Data, Match = type },
            SplitName = type + ".%U",
        };
        yield return whole with
        {
            Type = type + "-verity",
            Verity = new PartitionVerity { Role = VerityRole.Hash, Match = type },
            SplitName = type + "-verity.%U",
        };
        if (image.VeritySignature is null)
            yield break;
        yield return whole with
        {
            Type = type + "-verity-sig",
            Verity = new PartitionVerity { Role = VerityRole.Signature, Match = type },
            SplitName = type + "-verity-sig.%U",
        };
    }

    private static Partition State(Image image, ApplianceSettings settings)
    {
        bool isRoot = settings.Protect == ApplianceRoot.Usr;
        return new Partition
        {
            Type = isRoot ? "root" : "var",
            Label = Labelled(image, isRoot ? "root" : "var"),
            MinSize = settings.StateSize ?? StateSize,
            FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4, Label = isRoot ? "root" : "var" },
            MountPoint = isRoot ? "/" : "/var",
            MountBy = MountKey.PartitionLabel,
            Grow = true,
        };
    }

    /// <summary>A name that stays from version to version, and tells the appliance's partition from those of other disks.</summary>
    private static string Labelled(Image image, string what) => $"{image.Name}-{what}";
}
