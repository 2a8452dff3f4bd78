using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>
/// Makes a system of NixOS or Guix bootable. Kernel, initial RAM disk and arguments are its own; what is added is what its installer
/// would: the boot loader of its closure, a menu, and copies of what the boot loader cannot read in the store.
/// </summary>
internal sealed class GenerationInstaller(Definition definition, BootPlaces places, IdSource ids, Timestamp epoch, CancellationToken cancellation)
{
    private const string KernelDirectory = "/boot/kernels";
    private const string ExtendedBootType = "xbootldr";

    private readonly ValueList<Partition> _partitions = definition.Image.Partitions;

    /// <summary>Installs it.</summary>
    /// <param name="tree">The tree of the base, with declared files.</param>
    /// <param name="system">What it was declared as.</param>
    /// <param name="generation">What boots.</param>
    /// <exception cref="BuildException">It would not boot: the image's partitions are not what it mounts, or there is no boot loader.</exception>
    internal BootOutcome Install(FileTree tree, OperatingSystem system, SystemGeneration generation)
    {
        if (places.IsIso)
            throw new BuildException($"the initial RAM disk of a {generation.Owner} system does not look for its root in a file of an ISO image", "take a type of a disk, as nixos-hybrid");
        GenerationPlaces.Check(generation, definition.Image, ids);
        var store = StorePlace.Of(generation, definition, places);
        CheckFiles(system, store);
        BootOutcome made = InstallLoader(tree, system, generation, store);
        // Kernels have been read where the tree of the system has them.
        store.Apply(tree, epoch);
        return made;
    }

    private BootOutcome InstallLoader(FileTree tree, OperatingSystem system, SystemGeneration generation, StorePlace store)
    {
        BootloaderConfiguration loader = system.Bootloader ?? new BootloaderConfiguration();
        if (BootPlaces.IsUnified(loader, definition.Image))
            return InstallUnified(tree, system, loader, generation);
        IReadOnlyList<GrubPlatform> platforms = GrubInstaller.Platforms(generation.Architecture, definition.Image.Firmware, places.Esp is not null, places.HasBiosPlace);
        string kernel = $"{generation.Owner} with Linux for {generation.Architecture.ToString().ToLowerInvariant()}";
        var extlinux = new ExtlinuxPlaces(definition.Image, places, generation);
        switch (loader.Kind)
        {
            case BootloaderKind.None:
                return BootOutcome.None;
            case null or BootloaderKind.Extlinux when extlinux.IsChosen(tree, loader):
                return InstallExtlinux();
            case null or BootloaderKind.Grub when platforms.Any(platform => GrubFiles.Has(tree, platform)):
                IReadOnlyList<GrubPlatform> found = CheckPlatforms(tree, platforms, generation);
                return InstallGrub(tree, loader, generation, store, found) with { Summary = string.Join(", ", [kernel, .. found.Select(platform => "GRUB " + platform)]) };
            case BootloaderKind.Grub when platforms.Count == 0:
                places.CheckLoader(system with { Bootloader = loader }, generation.Architecture);
                break;
            case null or BootloaderKind.SystemdBoot when generation.Kind == StoreSystemKind.Nixos
                && places.Esp is { } esp && LoaderEntries.FindProgram(tree, generation) is { } program:
                int boot = Enumerable.Range(0, _partitions.Count)
                    .FirstOrDefault(i => _partitions[i] is { Type: ExtendedBootType, MountPoint: not null, FileSystem: not null }, esp);
                LoaderEntries.Install(new TreeEditor(tree, epoch), generation, program, _partitions[esp].MountPoint!, _partitions[boot].MountPoint!, loader.Timeout);
                return new BootOutcome(null, []) { Summary = kernel + ", systemd-boot" };
            case BootloaderKind.SystemdBoot when places.Esp is null:
                throw new BuildException("systemd-boot starts from an EFI system partition, and there is none that the system mounts", "add a partition of type esp with a mountPoint, or take another boot loader");
            case BootloaderKind.SystemdBoot when generation.Kind == StoreSystemKind.Guix:
                throw new BuildException("Guix has no systemd-boot", "take bootloader: grub, and add grub or grub-efi to base.guix.paths");
            case null when extlinux.IsUsual:
                return InstallExtlinux();
            case BootloaderKind.RaspberryPi:
                throw new BuildException($"a Raspberry Pi's firmware starts a {generation.Owner} system by U-Boot", "take bootloader: extlinux, or leave it out");
        }

        throw NoLoader(generation, platforms);

        BootOutcome InstallExtlinux()
        {
            extlinux.Install(tree, loader, epoch);
            return new BootOutcome(null, []) { Summary = kernel + ", extlinux.conf" };
        }
    }

    /// <summary>What is declared is on a partition, or it would not be in the image.</summary>
    private void CheckFiles(OperatingSystem system, StorePlace store)
    {
        if (places.Root is null && system.Files.FirstOrDefault(file => store.HolderOf(file.Target) is null) is { } lost)
            throw new BuildException($"{lost.Target} is on no partition: the system's root is in memory, and empty when it starts", "put it onto what the system mounts, or into its configuration");
    }

    private BootOutcome InstallUnified(FileTree tree, OperatingSystem system, BootloaderConfiguration loader, SystemGeneration generation)
    {
        if (generation.Kind == StoreSystemKind.Guix)
            throw new BuildException("Guix starts no unified kernel image", "take bootloader: grub, without uki, secureBoot and what dm-verity protects, and add grub or grub-efi to base.guix.paths");
        loader = loader with { Kind = loader.Kind ?? BootloaderKind.SystemdBoot };
        places.CheckLoader(system with { Bootloader = loader }, generation.Architecture);
        Image image = definition.Image;
        var unified = UnifiedGeneration.Gather(
            tree, generation, loader, image.Version is { } version ? (image.Name ?? definition.Name, version) : null, places.IsRootProtected || places.Usr is not null);
        string menu = loader.Kind == BootloaderKind.Uki ? "unified kernel image" : "systemd-boot, unified kernel image";
        return new BootOutcome(null, [])
        {
            Unified = unified,
            Summary = $"{generation.Owner} with Linux for {generation.Architecture.ToString().ToLowerInvariant()}, {menu}",
        };
    }

    /// <summary>Firmware that is asked for must find its GRUB; where none is, that of the closure counts.</summary>
    private IReadOnlyList<GrubPlatform> CheckPlatforms(FileTree tree, IReadOnlyList<GrubPlatform> platforms, SystemGeneration generation)
    {
        if (definition.Image.Firmware.Count > 0 && platforms.FirstOrDefault(platform => !GrubFiles.Has(tree, platform)) is { } missing)
        {
            throw new BuildException(
                $"the image is to boot by {(missing.RemovableName is null ? "BIOS" : "UEFI")}, and GRUB's modules for {missing} are not in the closure",
                generation.Kind == StoreSystemKind.Guix
                    ? $"add the package {(missing.RemovableName is null ? "grub" : "grub-efi")} to base.guix.paths"
                    : missing.RemovableName is null
                        ? "set boot.loader.grub.device to a disk, or add the package grub2 to base.nix.paths"
                        : "set boot.loader.grub.efiSupport, or add the package grub2_efi to base.nix.paths");
        }

        return [.. platforms.Where(platform => GrubFiles.Has(tree, platform))];
    }

    private static BuildException NoLoader(SystemGeneration generation, IReadOnlyList<GrubPlatform> platforms)
    {
        string wanted = platforms.Count == 0 ? "" : $": neither GRUB for {string.Join(" or ", platforms)} nor systemd-boot for an EFI system partition";
        return new BuildException(
            $"the closure of {generation.Path} has no boot loader that the image's partitions have a place for{wanted}",
            generation.Kind == StoreSystemKind.Guix
                ? "add the package grub or grub-efi to base.guix.paths, or take bootloader: none"
                : "set boot.loader.grub.enable or boot.loader.systemd-boot.enable as the image's type asks for, or for U-Boot boot.loader.generic-extlinux-compatible.enable, or take bootloader: none");
    }

    private BootOutcome InstallGrub(FileTree tree, BootloaderConfiguration loader, SystemGeneration generation, StorePlace store, IReadOnlyList<GrubPlatform> platforms)
    {
        int holder = places.Boot
            ?? throw new BuildException("GRUB's menu is in /boot, and neither that nor / is on a partition", "give one of image.partitions the mountPoint /boot, or take bootloader: systemd-boot");
        var location = new GrubLocation
        {
            MenuModules = GrubTerminals.Modules(loader),
            FileSystemUuid = ids.FileSystemName(holder),
            Partition = places.GrubPartition,
            MountPoint = _partitions[holder].MountPoint!,
            Modules = MountTypes.GrubModules(_partitions[holder].FileSystem!.Type),
        };
        var editor = new TreeEditor(tree, epoch);
        string[] arguments = [.. generation.Default.Arguments];
        var menu = new GrubMenu
        {
            Title = generation.Owner,
            Entries = [],
            Root = "",
            Declared = loader.MenuEntries,
            Default = loader.DefaultEntry,
            Timeout = loader.Timeout,
            Serial = SerialLine.Of(loader.Serial, loader.SerialSpeed, arguments),
            Inputs = loader.TerminalInputs,
            Outputs = loader.TerminalOutputs,
        };
        editor.WriteText(GrubConfig.Path, GenerationMenu.Create(generation, menu, $"search --no-floppy --set=root --fs-uuid {location.FileSystemUuid}", PathOf));
        if (menu.Outputs.Contains(MenuTerminal.Gfxterm))
            throw new BuildException("a menu in graphics needs GRUB's font, which a store's system has no known place of", "take other terminalOutputs");
        return new BootOutcome(
            GrubInstaller.Install(tree, platforms, location, places.Esp is { } esp ? _partitions[esp].MountPoint : null, epoch, cancellation), []);

        string PathOf(string path) => location.PathOf(store.HolderOf(path) == holder ? store.PathOf(path) : Copy(editor, path));
    }

    /// <summary>As install-grub.pl does where /boot is a file system of its own.</summary>
    private static string Copy(TreeEditor editor, string path)
    {
        string target = $"{KernelDirectory}/{string.Join('-', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2))}";
        if (!editor.Exists(target))
            editor.Put(target, new FileInode(editor.Tree.ResolveFile(path)!.Content));
        return target;
    }
}
