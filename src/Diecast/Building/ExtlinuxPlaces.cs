using System.Globalization;
using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>Whether a store's system is booted by U-Boot's menu, and whether U-Boot finds it in the image.</summary>
internal sealed class ExtlinuxPlaces(Image image, BootPlaces places, SystemGeneration generation)
{
    private const string MbrEspType = "0xef";

    /// <summary>Whether the definition asks for it, or the system's own configuration.</summary>
    internal bool IsChosen(FileTree tree, BootloaderConfiguration loader) =>
        loader.Kind == BootloaderKind.Extlinux || (loader.Kind is null && ExtlinuxInstallation.Find(tree, generation) is not null);

    /// <summary>Whether it is what is left: a processor whose boards have U-Boot, and no place for EFI programs.</summary>
    internal bool IsUsual => places.Esp is null && generation.Architecture is Architecture.Arm or Architecture.Arm64 or Architecture.RiscV64;

    /// <summary>Writes it.</summary>
    /// <exception cref="BuildException">U-Boot would not find it.</exception>
    internal void Install(FileTree tree, BootloaderConfiguration loader, Timestamp epoch)
    {
        Refuse(loader);
        CheckFirmware(tree);
        ExtlinuxInstallation installation = ExtlinuxInstallation.Find(tree, generation) ?? new ExtlinuxInstallation();
        foreach (string directory in installation.Directories)
            Check(directory);
        GenerationExtlinux.Install(new TreeEditor(tree, epoch), generation, installation, loader);
    }

    /// <summary>A Raspberry Pi starts U-Boot as its firmware's kernel.</summary>
    private void CheckFirmware(FileTree tree)
    {
        if (places.RaspberryPi is { } partition && image.Partitions[partition] is { Contents: [], Content: null }
            && tree.Resolve(RaspberryPiInstaller.MountPoint + "/config.txt") is null)
        {
            throw new BuildException(
                $"a Raspberry Pi starts U-Boot by the config.txt of its firmware, and {RaspberryPiInstaller.MountPoint} has none",
                $"put share/raspberrypi/boot of raspberrypifw, u-boot.bin of nixpkgs' U-Boot for the board and a config.txt that names it as kernel= to {RaspberryPiInstaller.MountPoint} with system.files");
        }
    }

    private void Check(string directory)
    {
        int holder = places.HolderOf(directory)
            ?? throw new BuildException($"U-Boot's menu is in {directory}, which is on no partition: the system's root is in memory", "give one of image.partitions the mountPoint /boot");
        Partition partition = image.Partitions[holder];
        string mountPoint = partition.MountPoint!;
        if (partition.FileSystem!.Type is var type && type != FileSystemType.Vfat && !FileSystemOptions.IsExt(type))
            throw new BuildException($"U-Boot reads its menu and the kernel from ext2, ext3, ext4 or vfat, and {mountPoint} is {MountTypes.NameOf(type)}", "give /boot a partition of its own with ext4 or vfat");
        if (partition.Encrypt is not null)
            throw new BuildException($"U-Boot cannot read what is encrypted, and its menu is on {mountPoint}", "give /boot a partition of its own without encrypt");
        if ((mountPoint == "/" ? directory : directory[mountPoint.Length..]) is not ("" or ExtlinuxInstallation.DefaultDirectory))
        {
            throw new BuildException(
                $"U-Boot looks for its menu in / and /boot of a partition, and the system has it in {directory}, on the partition of {mountPoint}",
                $"declare a partition with mountPoint: {directory}, or set boot.loader.generic-extlinux-compatible.mirroredBoots");
        }

        if (generation.Kind == StoreSystemKind.Guix && mountPoint != "/")
            throw new BuildException($"the menu names the kernel in the store, and {mountPoint} is a file system of its own", "leave out the partition of " + mountPoint);
        if (mountPoint != "/" && generation.Mounts.Count > 0 && generation.Mounts.All(mount => mount.MountPoint != mountPoint))
        {
            throw new BuildException(
                $"U-Boot's menu is on the image's partition at {mountPoint}, which the system does not mount: its next menu would be elsewhere",
                $"set fileSystems.\"{mountPoint}\" in the system's configuration, or declare image.partitions without it");
        }

        CheckBootable(holder);
    }

    /// <summary>
    /// U-Boot looks at the partitions that are marked bootable, as EFI system partitions are to it, and where there are none at the first alone
    /// (include/config_distro_bootcmd.h, boot/bootdev-uclass.c; disk/part_efi.c and part_dos.c, is_bootable).
    /// </summary>
    private void CheckBootable(int holder)
    {
        if (image.PartitionTable == PartitionTableType.None)
            return;
        int[] bootable = [.. Enumerable.Range(0, image.Partitions.Count).Where(i => IsBootable(image.Partitions[i]))];
        if (bootable.Length == 0 ? holder == 0 : bootable.Contains(holder))
            return;
        string looked = bootable.Length == 0 ? "the first partition, as none is marked bootable" : "partitions that are marked bootable, and EFI system partitions";
        throw new BuildException(
            string.Create(CultureInfo.InvariantCulture, $"U-Boot looks for its menu on {looked}, and it is on partition {holder + 1}"),
            string.Create(CultureInfo.InvariantCulture, $"give image.partitions[{holder}] bootable: yes"));
    }

    private static bool IsBootable(Partition partition) =>
        partition is { Bootable: true } or { Type: BootPlaces.EspType or MbrEspType } || ((partition.Attributes ?? 0) & GptAttributes.LegacyBoot) != 0;

    /// <summary>What GRUB alone can do is refused, so that nothing declared is left out.</summary>
    private static void Refuse(BootloaderConfiguration loader)
    {
        string? key = loader switch
        {
            { Serial: not null } => "serial",
            { SerialSpeed: not null } => "serialSpeed",
            { TerminalInputs.Count: > 0 } => "terminalInputs",
            { TerminalOutputs.Count: > 0 } => "terminalOutputs",
            _ => null,
        };
        if (key is not null)
            throw new BuildException($"system.bootloader.{key} is not possible with extlinux: U-Boot shows its menu on its own console", "remove it");
    }
}
