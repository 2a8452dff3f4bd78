using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;
using Diecast.Planning;

namespace Diecast.Building;

/// <summary>Puts into a system's tree what boots it, as the partitions of its image ask for it.</summary>
internal sealed class BootInstaller(
    Definition definition, BootPlaces places, Architecture architecture, IdSource ids, SystemMounts mounts, Timestamp epoch, CancellationToken cancellation)
{
    /// <summary>Makes a system of Linux bootable.</summary>
    /// <param name="tree">The configured system.</param>
    /// <param name="system">What it was declared as.</param>
    internal BootOutcome Install(FileTree tree, OperatingSystem system)
    {
        if (places.IsIso)
            return InstallLive(tree, system);
        ValueList<Partition> partitions = definition.Image.Partitions;
        if (places.Root is not { } root || places.Boot is not { } holder)
            throw new BuildException("no partition with a file system is mounted on /, and a system with a kernel needs one", "give one of image.partitions the mountPoint /");
        places.CheckLoader(system, architecture);
        IReadOnlyList<GrubPlatform> platforms = places.GrubPlatforms(system, architecture);
        GrubLocation? location = platforms.Count == 0 ? null : new GrubLocation
        {
            MenuModules = GrubTerminals.Modules(system.Bootloader ?? new BootloaderConfiguration()),
            FileSystemUuid = FileSystemOptions.HasUuid(partitions[holder].FileSystem!.Type) ? ids.FileSystemName(holder) : "",
            Partition = places.GrubPartition,
            MountPoint = partitions[holder].MountPoint!,
            Modules = MountTypes.GrubModules(partitions[holder].FileSystem!.Type),
        };
        bool isUnified = system.Bootloader?.Kind is BootloaderKind.SystemdBoot or BootloaderKind.Uki;
        var target = new BootTarget
        {
            Root = places.IsRootProtected ? "" : mounts.SourceOf(root),
            RootFileSystem = MountTypes.NameOf(partitions[root].FileSystem!.Type),
            IsVolatile = definition.Image.VolatileRoot ?? false,
            IsReadOnly = places.IsRootProtected,
            IsUnified = isUnified,
            Protected = places.IsRootProtected ? ApplianceRoot.Root : places.Usr is null ? null : ApplianceRoot.Usr,
            Encrypted = EncryptionOf(root),
            UsrFileSystem = places.Usr is { } usr ? MountTypes.NameOf(partitions[usr].FileSystem!.Type) : null,
            Store = TakeStore(tree),
            Grub = location,
            ExtlinuxMountPoint = system.Bootloader?.Kind == BootloaderKind.Extlinux ? partitions[holder].MountPoint : null,
            RaspberryPi = system.Bootloader?.Kind == BootloaderKind.RaspberryPi,
            Time = epoch,
        };
        var files = BootFiles.Install(tree, system, target, cancellation);
        UnifiedBoot? unified = null;
        if (isUnified)
        {
            Image image = definition.Image;
            unified = UnifiedBoot.Gather(tree, system, target, files, image.Version is { } version ? $"{image.Name ?? definition.Name}_{version}" : null);
            if (places.IsRootProtected)
                files.RemoveFrom(tree);
        }

        GrubBiosImages? grub = location is null ? null : GrubInstaller.Install(
            tree, platforms, location, places.Esp is { } esp ? partitions[esp].MountPoint : null, epoch, cancellation);
        return new BootOutcome(grub, files.Codec is null ? [] : [files.Codec]) { Unified = unified, Summary = Summary(files, platforms, system) };
    }

    /// <summary>Makes a system of GNU/Hurd bootable.</summary>
    /// <param name="tree">The configured system.</param>
    /// <param name="system">What it was declared as.</param>
    internal BootOutcome InstallHurd(FileTree tree, OperatingSystem system)
    {
        if (places.Root is not { } root || places.Boot != root)
            throw new BuildException("no partition with a file system is mounted on /, which holds GNU/Hurd's kernel", "give one of image.partitions the mountPoint /, and none /boot");
        places.CheckLoader(system, architecture);
        var location = new GrubLocation { FileSystemUuid = ids.FileSystemName(root), Partition = places.GrubPartition };
        (string kernel, BootloaderConfiguration loader) = HurdBoot.Install(tree, system, location, root + 1, epoch);
        GrubBiosImages? grub = GrubInstaller.Install(
            tree, places.GrubPlatforms(system, architecture), location with { MenuModules = GrubTerminals.Modules(loader) }, null, epoch, cancellation);
        return new BootOutcome(grub, []) { Summary = $"GNU Mach {kernel}, GRUB {GrubPlatform.PcBios}" };
    }

    /// <summary>How the root is opened, or null where it is not encrypted.</summary>
    private EncryptedRoot? EncryptionOf(int root) => definition.Image.Partitions[root] is { Encrypt: { } encryption, Label: { } label }
        ? new EncryptedRoot(label, SeedUuids.Luks(ids.Partition(root)), encryption.Discard, encryption.KeyInInitrd ? Encryption.ReadKey(definition, encryption.KeyFile) : (ReadOnlyMemory<byte>?)null)
        : null;

    private BootOutcome InstallLive(FileTree tree, OperatingSystem system)
    {
        IReadOnlyList<GrubPlatform> platforms = places.GrubPlatforms(system, architecture);
        var live = LiveIso.Install(
            tree,
            system,
            new LiveIsoTarget
            {
                VolumeId = LiveTypes.VolumeId(definition),
                Ids = ids.Uuids,
                Time = epoch,
                Platforms = platforms,
                Store = TakeStore(tree),
                RootFileSystem = MountTypes.NameOf(definition.Image.Partitions[0].FileSystem!.Type),
                Table = definition.Image.PartitionTable == PartitionTableType.Mbr ? IsoTable.Mbr : IsoTable.Gpt,
            },
            cancellation);
        return new BootOutcome(null, live.Files.Codec is null ? [] : [live.Files.Codec]) { Live = live, Summary = Summary(live.Files, platforms, system) };
    }

    /// <summary>Leaves the directory empty that the host shares.</summary>
    private SharedStore? TakeStore(FileTree tree)
    {
        if (definition.Image.SharedStore is not { } path)
            return null;
        if (tree.Find(path) is not null)
            tree.Remove(path);
        tree.MakeDirectory(path).ModifiedTime = epoch;
        return new SharedStore(path);
    }

    private static string Summary(BootFiles files, IEnumerable<GrubPlatform> platforms, OperatingSystem system) => string.Join(", ",
    [
        .. files.Kernels.Select(kernel => "Linux " + kernel.Version),
        .. platforms.Select(platform => "GRUB " + platform),
        .. system.Bootloader?.Kind switch
        {
            BootloaderKind.Extlinux => ["extlinux.conf"],
            BootloaderKind.RaspberryPi => ["config.txt"],
            BootloaderKind.SystemdBoot => ["systemd-boot"],
            BootloaderKind.Uki => ["unified kernel image"],
            _ => Array.Empty<string>(),
        },
    ]);
}

/// <summary>What making a system bootable leaves for the disk and the report.</summary>
internal sealed record BootOutcome(GrubBiosImages? Grub, ValueList<string> Codecs)
{
    internal static BootOutcome None { get; } = new(null, []);

    internal LiveIso? Live { get; init; }

    internal UnifiedBoot? Unified { get; init; }

    /// <summary>One line for the report.</summary>
    internal string Summary { get; init; } = "";
}
