using System.Globalization;
using Diecast.Boot;
using Diecast.ImageTypes;

namespace Diecast.Building;

/// <summary>What an image's partitions are to a boot.</summary>
internal sealed class BootPlaces
{
    internal const string EspType = "esp";
    internal const string BiosBootType = "bios-boot";

    private readonly Image _image;

    /// <param name="definition">The definition, completed by its image type.</param>
    internal BootPlaces(Definition definition)
    {
        _image = definition.Image;
        IsIso = ImageCatalogue.KindOf(definition) == ImageKind.Iso;
        Root = IndexOf(partition => partition is { MountPoint: "/", FileSystem: not null });
        Boot = IndexOf(partition => partition is { MountPoint: "/boot", FileSystem: not null }) ?? Root;
        Esp = IndexOf(partition => partition is { Type: EspType, MountPoint: not null, FileSystem: not null });
        Usr = IndexOf(partition => partition is { MountPoint: "/usr", Verity.Role: VerityRole.Data });
    }

    /// <summary>Whether the image is an ISO 9660 volume.</summary>
    internal bool IsIso { get; }

    /// <summary>Place in the table, from 0, of the partition mounted on /, or null.</summary>
    internal int? Root { get; }

    /// <summary>Place of the partition that holds /boot, or null.</summary>
    internal int? Boot { get; }

    /// <summary>Place of the EFI system partition that the system mounts, or null.</summary>
    internal int? Esp { get; }

    /// <summary>Place of the partition that is mounted on /usr and protected, or null.</summary>
    internal int? Usr { get; }

    /// <summary>Whether the root is protected by dm-verity.</summary>
    internal bool IsRootProtected => Root is { } root && _image.Partitions[root].Verity is { Role: VerityRole.Data };

    /// <summary>
    /// Whether a system that brings its own kernel is started by a unified kernel image: one is asked for, or there is what nothing else
    /// vouches for.
    /// </summary>
    internal static bool IsUnified(BootloaderConfiguration? loader, Image image) => loader?.Kind switch
    {
        BootloaderKind.Uki => true,
        null or BootloaderKind.SystemdBoot => loader?.Uki is not null || image.SecureBoot is not null
            || image.Partitions.Any(partition => partition is { MountPoint: "/" or "/usr", FileSystem: not null, Verity.Role: VerityRole.Data }),
        _ => false,
    };

    /// <summary>Whether GRUB's core image has a place: a BIOS boot partition, or the gap behind an MBR.</summary>
    internal bool HasBiosPlace => Table switch
    {
        PartitionTableType.Gpt => IndexOf(partition => partition.Type == BiosBootType) is not null,
        PartitionTableType.Mbr => true,
        _ => false,
    };

    /// <summary>Place of the partition with a Raspberry Pi's firmware, or null.</summary>
    internal int? RaspberryPi => IndexOf(partition => partition is { MountPoint: RaspberryPiInstaller.MountPoint, FileSystem.Type: FileSystemType.Vfat });

    private PartitionTableType Table => _image.PartitionTable ?? PartitionTableType.Gpt;

    /// <summary>GRUB's name of the partition that holds /boot, or null without a table.</summary>
    internal string? GrubPartition => Table switch
    {
        PartitionTableType.Gpt => string.Create(CultureInfo.InvariantCulture, $"gpt{Boot + 1}"),
        PartitionTableType.Mbr => string.Create(CultureInfo.InvariantCulture, $"msdos{Boot + 1}"),
        _ => null,
    };

    /// <summary>The firmware that GRUB is made for.</summary>
    internal IReadOnlyList<GrubPlatform> GrubPlatforms(OperatingSystem system, Architecture architecture) =>
        system.Bootloader?.Kind is not (null or BootloaderKind.Grub)
            ? []
            : IsIso
                ? LiveIso.Platforms(architecture, _image.Firmware)
                : GrubInstaller.Platforms(architecture, _image.Firmware, Esp is not null, HasBiosPlace);

    /// <summary>Fails where the boot loader has no place, or none of the loader is for the architecture.</summary>
    /// <exception cref="BuildException">It would not boot.</exception>
    internal void CheckLoader(OperatingSystem system, Architecture architecture)
    {
        switch (system.Bootloader?.Kind)
        {
            case BootloaderKind.Grub when GrubPlatforms(system, architecture).Count == 0:
                throw new BuildException(
                    $"GRUB has no place on this image: on {architecture.ToString().ToLowerInvariant()} it starts from an EFI system partition, and there is none that the system mounts",
                    "add a partition of type esp with a mountPoint, or take bootloader: extlinux for a board with U-Boot");
            case BootloaderKind.SystemdBoot or BootloaderKind.Uki when Esp is null:
                throw new BuildException(
                    "a unified kernel image starts from an EFI system partition, and there is none that the system mounts",
                    "add a partition of type esp with a mountPoint, or take another boot loader");
            case BootloaderKind.SystemdBoot or BootloaderKind.Uki when architecture.EfiName() is null:
                throw new BuildException($"UEFI does not start systems for {architecture.ToString().ToLowerInvariant()}", "take another boot loader");
            case not (BootloaderKind.SystemdBoot or BootloaderKind.Uki) when IsRootProtected || Usr is not null:
                throw new BuildException(
                    "the root hash of what dm-verity protects is in a unified kernel image, and the boot loader starts none",
                    "take bootloader: systemd-boot, or uki");
            case BootloaderKind.RaspberryPi when RaspberryPi is null:
                throw new BuildException(
                    $"no FAT partition is mounted on {RaspberryPiInstaller.MountPoint}, from which a Raspberry Pi starts",
                    "take the image type raspberry-pi, or add the partition");
        }
    }

    /// <summary>Place of the partition that a path of the system is on: that of the longest mount point above it; null where it is on none.</summary>
    internal int? HolderOf(string path) => Enumerable.Range(0, _image.Partitions.Count)
        .Where(i => _image.Partitions[i] is { MountPoint: { } mountPoint, FileSystem: not null }
            && (mountPoint == "/" || path == mountPoint || path.StartsWith(mountPoint + "/", StringComparison.Ordinal)))
        .Select(i => (int?)i)
        .MaxBy(i => _image.Partitions[i!.Value].MountPoint!.Length);

    private int? IndexOf(Predicate<Partition> wanted)
    {
        for (int i = 0; i < _image.Partitions.Count; i++)
        {
            if (wanted(_image.Partitions[i]))
                return i;
        }

        return null;
    }
}
