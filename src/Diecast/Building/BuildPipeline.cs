using System.Globalization;
using Diecast.Bases;
using Diecast.Boot;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;
using Diecast.Planning;
using Diecast.Store;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>From a definition to a plan: base, system, boot, layout. It holds the host files that the plan's blobs refer to.</summary>
internal sealed class BuildPipeline : IDisposable
{
    private const int StandardGptEntries = 128;

    private readonly Definition _definition;
    private readonly BuildOptions _options;
    private readonly StepRunner _steps;
    private readonly CancellationToken _cancellation;
    private readonly Guid _seed;
    private readonly BootPlaces _places;
    private readonly string? _cacheDirectory;
    private readonly string? _workDirectory;
    private readonly List<IDisposable> _held = [];

    /// <summary>The unified kernel image that boots, or null.</summary>
    private Blob? _kernelImage;

    /// <summary>The root hashes of what dm-verity protects, by their names.</summary>
    private SortedDictionary<string, string> _rootHashes = new(StringComparer.Ordinal);

    private long? _newestContent;

    /// <summary>The disk as GNU/Hurd calls it, or null where Linux is the kernel.</summary>
    private string? _hurdDisk;

    internal BuildPipeline(LoadedDefinition loaded, BuildOptions options, StepRunner steps, CancellationToken cancellation)
    {
        _definition = ImageBuilder.CompleteDefinition(loaded.Definition, options);
        _options = options;
        _steps = steps;
        _cancellation = cancellation;
        _seed = loaded.Seed;
        _cacheDirectory = options.CacheDirectory;
        if (!_definition.Image.Substitutable)
            _cacheDirectory = Hold(CacheStore.Open(options.CacheDirectory).MakeWork("private")).Path;
        _workDirectory = options.WorkDirectory ?? _cacheDirectory;
        _places = new BootPlaces(_definition);
    }

    /// <summary>Runs every step up to the finished plan.</summary>
    internal BuildPlan Plan()
    {
        if (ImageCatalogue.Of(_definition).IsTree())
            return PlanTree();
        if (_definition.Image.Partitions.Count == 0)
            throw new BuildException("the image has no partitions", "declare some under image.partitions, or name an image type");
        OperatingSystem? system = _definition.System;
        ResolvedBase? root = system is null ? null : _steps.Run("base", step => ResolveBase(system, step));
        (PlannedContent?[] declared, PartitionFiles?[] files) = _definition.Image.Partitions.Any(HasFiles)
            ? _steps.Run("read content", _ => (ReadDeclared(), ReadFiles()))
            : ([.. _definition.Image.Partitions.Select(_ => (PlannedContent?)null)], []);
        var epoch = new Timestamp(_options.Epoch ?? _definition.Epoch ?? root?.Epoch ?? _newestContent ?? 0);
        foreach (PlannedContent? content in declared)
        {
            if (content?.Tree is not null)
                Timestamps.Clamp(content.Tree, epoch);
        }

        Architecture architecture = root is null ? Architecture.Unknown : TargetArchitecture.Of(root.Tree, _definition.Image.Platform);
        var ids = new IdSource(_seed, _definition.Image.Partitions, architecture.PartitionName());
        BootOutcome boot = BootOutcome.None;
        if (system is not null)
        {
            _hurdDisk = _definition.Image.Platform.IsHurd() ? HurdBoot.DiskOf(root!.Tree) : null;
            _steps.Run("configure the system", step => Configure(root!.Tree, system, epoch, ids, step));
            ApplianceFiles.Write(root!.Tree, _definition, [.. Enumerable.Range(0, _definition.Image.Partitions.Count).Select(i => ids.Type(i).Name)], epoch);
            if (_hurdDisk is not null)
                boot = _steps.Run("make it bootable", step => InstallHurd(root!.Tree, system, architecture, epoch, ids, step));
            else if (system.Kernel is not null)
                boot = _steps.Run("make it bootable", step => InstallBoot(root!.Tree, system, architecture, epoch, ids, step));
        }

        return _steps.Run("lay out the disk", step =>
        {
            PackingPlace packing = Hold(new PackingPlace(_workDirectory, new StepBytes(step, null), _cancellation) { Workers = _options.Workers });
            (DiskPlan disk, Blob content) = boot.Live is { } live
                ? new IsoPlanner(_definition, ids, epoch, packing).Plan(root!.Tree, live)
                : LayOut(AddFiles(Contents(declared, root?.Tree, boot.Grub), files, root?.Tree, epoch), root?.Tree, boot, new DiskPlanner(_definition, ids, epoch, packing), ids, epoch);
            string count = disk.Partitions.Count == 1 ? "1 partition" : string.Create(CultureInfo.InvariantCulture, $"{disk.Partitions.Count} partitions");
            step.Summary = $"{count}, {new ByteSize(content.Length)}";
            var image = new DiskImagePlan(disk, content) { KernelImage = _kernelImage, RootHashes = _rootHashes };
            return new BuildPlan(_definition, image, epoch.Seconds, [.. boot.Codecs, .. packing.Codecs], ids.Derive);
        });
    }

    /// <summary>A tree needs no partitions, no kernel and no boot loader; something else's kernel runs what is in it.</summary>
    private BuildPlan PlanTree()
    {
        Image image = _definition.Image;
        OperatingSystem system = _definition.System is { } declared
            ? Containment.Apply(declared, Containers.PlaceOf(_definition))
            : throw new BuildException("an image of this type is made of a system, and there is none", "add system:");
        ResolvedBase root = _steps.Run("base", step => ResolveBase(system, step));
        var epoch = new Timestamp(_options.Epoch ?? _definition.Epoch ?? root.Epoch ?? 0);
        var ids = new IdSource(_seed, [], null);
        var before = new BaseSnapshot(root.Tree);
        _steps.Run("configure the system", step => Configure(root.Tree, system, epoch, ids, step));
        bool isContainer = ImageCatalogue.KindOf(_definition) == ImageKind.Container;
        return _steps.Run(isContainer ? "pack the layers" : "lay out the archive", step =>
        {
            var packing = new PackingPlace(_workDirectory, new StepBytes(step, null), _cancellation) { Workers = _options.Workers };
            _held.Add(packing);
            ContainerPlan? container = !isContainer ? null : new ContainerPlan(
                LayerSplitter.Split(root.Tree, before, image.MaxLayers, _definition.Name, epoch),
                Containers.Configuration(_definition, root.Tree, epoch, root.Configuration),
                Containers.Reference(_definition));
            var plan = new TreeImagePlan(root.Tree, image.Format, container, packing);
            string layers = container is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{container.Layers.Count} {(container.Layers.Count == 1 ? "layer" : "layers")}, ");
            step.Summary = string.Create(CultureInfo.InvariantCulture, $"{layers}{plan.Length >> 20} MiB of files");
            return new BuildPlan(_definition, plan, epoch.Seconds, [.. packing.Codecs], ids.Derive);
        });
    }

    private (DiskPlan Disk, Blob Content) LayOut(
        PlannedContent[] contents, FileTree? root, BootOutcome boot, DiskPlanner planner, IdSource ids, Timestamp epoch)
    {
        IReadOnlyList<PlannedBlob> blobs = BlobReader.Read(_definition.Image.Blobs, root, OpenFile);
        Signing signing = Hold(new Signing(_definition, epoch, _cancellation));
        // What is protected is hashed first, because the hash is in what boots it; that is on a partition of its own.
        (contents, _rootHashes) = new VeritySealer(planner, ids, _cancellation) { Sign = signing.RootHash }.Seal(contents);
        if (boot.Unified is { } unified)
        {
            PlannedContent esp = contents[_places.Esp!.Value];
            Blob? splash = unified.Loader.Uki?.Splash is { } picture ? OpenFile(picture) : null;
            _kernelImage = unified.Install(esp.Tree!, _rootHashes, splash, signing.Program, epoch);
        }

        DiskPlan disk = planner.Plan(contents, blobs);
        return (disk, Compose(disk, boot.Grub));
    }

    public void Dispose()
    {
        // What lies in a directory goes before the directory.
        foreach (IDisposable held in Enumerable.Reverse(_held))
            held.Dispose();
    }

    private T Hold<T>(T held)
        where T : IDisposable
    {
        _held.Add(held);
        return held;
    }

    private ResolvedBase ResolveBase(OperatingSystem system, StepRunner.Step step)
    {
        BaseResolveOptions options = BaseOptions(new Details(step));
        ResolvedBase resolved = system.Base is DebianBase debian
            ? BaseResolver.Resolve(BaseRequests.Of(debian, system, _definition), options, _cancellation)
            : BaseResolver.Resolve(system.Base, options, _cancellation);
        _held.Add(resolved);
        step.Summary = resolved.Origin switch
        {
            BaseOrigin.Cache => "cached",
            BaseOrigin.Installed => "installed",
            _ => "",
        };
        return resolved;
    }

    private BaseResolveOptions BaseOptions(IProgress<string>? messages) => new()
    {
        Directory = _definition.Directory,
        CacheDirectory = _cacheDirectory,
        ContainerArchitecture = _definition.Image.Platform is { } platform ? Containers.NameOf(Architectures.FromDebianName(platform.DebianArchitecture)) : null,
        Network = _options.Network,
        Messages = messages,
    };

    private bool Configure(FileTree tree, OperatingSystem system, Timestamp epoch, IdSource ids, StepRunner.Step step)
    {
        SystemConfigurator.Apply(tree, system, new SystemContext
        {
            Name = _definition.Name,
            Epoch = epoch,
            Place = Containers.PlaceOf(_definition),
            Wsl = _definition.Image.Wsl,
            KeepsOnlyVar = _definition.Image.VolatileRoot == true
                && _definition.Image.Partitions.Any(partition => partition is { MountPoint: "/var", FileSystem: not null }),
            // A live system's root is not in fstab: it has no device of its own.
            Mounts = _places.IsIso ? [] : Mounts(ids).ToValueList(),
            DefinitionDirectory = _definition.Directory,
        });
        step.Summary = string.Create(CultureInfo.InvariantCulture, $"{tree.Walk().Count()} entries");
        return true;
    }

    /// <summary>fstab: the root first, then by mount point, each by the UUID that its file system gets.</summary>
    private IEnumerable<MountEntry> Mounts(IdSource ids) => _definition.Image.Partitions
        .Select((partition, index) => (partition, index))
        // What dm-verity protects is mounted before fstab is read.
        .Where(item => item.partition is { MountPoint: not null, FileSystem: not null, Verity: null } or { FileSystem.Type: FileSystemType.Swap })
        .OrderBy(item => item.partition.MountPoint is null)
        .ThenBy(item => item.partition.MountPoint, StringComparer.Ordinal)
        .Select(item => new MountEntry
        {
            Source = SourceOf(ids, item.index),
            MountPoint = item.partition.MountPoint ?? MountEntry.Nowhere,
            Type = MountTypes.NameOf(item.partition.FileSystem!.Type),
            Options = item.partition.Grow == true ? item.partition.MountOptions + ",x-systemd.growfs" : item.partition.MountOptions,
            Pass = item.partition switch
            {
                { MountPoint: null } => 0,
                // fsck.btrfs(8) and fsck.xfs(8) do nothing: the kernel repairs them as it mounts.
                { FileSystem.Type: FileSystemType.Btrfs or FileSystemType.Xfs } => 0,
                { MountPoint: "/" } => 1,
                _ => 2,
            },
        });

    /// <summary>How a partition is found: by its file system's UUID, or by its own where the file system has none.</summary>
    private string SourceOf(IdSource ids, int index)
    {
        // GNU/Hurd mounts by device alone.
        if (_hurdDisk is not null)
            return string.Create(CultureInfo.InvariantCulture, $"/dev/{_hurdDisk}s{index + 1}");
        Partition partition = _definition.Image.Partitions[index];
        if (partition is { MountBy: MountKey.PartitionLabel })
            return "PARTLABEL=" + (partition.Label ?? ids.Type(index).Name);
        if (partition.MountBy == MountKey.Uuid && FileSystemOptions.HasUuid(partition.FileSystem!.Type))
            return "UUID=" + ids.FileSystemName(index);
        return (_definition.Image.PartitionTable ?? PartitionTableType.Gpt) switch
        {
            PartitionTableType.Gpt => $"PARTUUID={ids.Partition(index)}",
            // Linux makes an id of the disk's signature and the partition's number (block/partitions/msdos.c).
            PartitionTableType.Mbr => FormattableString.Invariant($"PARTUUID={SeedUuids.FatVolumeId(ids.Disk):x8}-{index + 1:x2}"),
            _ => throw new BuildException("a squashfs has no UUID, and an image without a partition table has no other id to mount it by", "leave its mountPoint out, or take a partition table"),
        };
    }

    private BootOutcome InstallBoot(
        FileTree tree, OperatingSystem system, Architecture architecture, Timestamp epoch, IdSource ids, StepRunner.Step step)
    {
        if (_places.IsIso)
            return InstallLive(tree, system, architecture, epoch, ids, step);
        ValueList<Partition> partitions = _definition.Image.Partitions;
        if (_places.Root is not { } root || _places.Boot is not { } holder)
            throw new BuildException("no partition with a file system is mounted on /, and a system with a kernel needs one", "give one of image.partitions the mountPoint /");
        _places.CheckLoader(system, architecture);
        IReadOnlyList<GrubPlatform> platforms = _places.GrubPlatforms(system, architecture);
        GrubLocation? location = platforms.Count == 0 ? null : new GrubLocation
        {
            MenuModules = GrubTerminals.Modules(system.Bootloader ?? new BootloaderConfiguration()),
            FileSystemUuid = ids.FileSystemName(holder),
            Partition = _places.GrubPartition,
            MountPoint = partitions[holder].MountPoint!,
            Modules = MountTypes.GrubModules(partitions[holder].FileSystem!.Type),
        };
        bool isUnified = system.Bootloader?.Kind is BootloaderKind.SystemdBoot or BootloaderKind.Uki;
        var target = new BootTarget
        {
                Root = _places.IsRootProtected ? "" : SourceOf(ids, root),
                RootFileSystem = MountTypes.NameOf(partitions[root].FileSystem!.Type),
                IsVolatile = _definition.Image.VolatileRoot ?? false,
                IsReadOnly = _places.IsRootProtected,
                IsUnified = isUnified,
                Protected = _places.IsRootProtected ? ApplianceRoot.Root : _places.Usr is null ? null : ApplianceRoot.Usr,
                UsrFileSystem = _places.Usr is { } usr ? MountTypes.NameOf(partitions[usr].FileSystem!.Type) : null,
                Store = TakeStore(tree, epoch),
                Grub = location,
                ExtlinuxMountPoint = system.Bootloader?.Kind == BootloaderKind.Extlinux ? partitions[holder].MountPoint : null,
                RaspberryPi = system.Bootloader?.Kind == BootloaderKind.RaspberryPi,
                Time = epoch,
        };
        var files = BootFiles.Install(tree, system, target, _cancellation);
        UnifiedBoot? unified = null;
        if (isUnified)
        {
            Image image = _definition.Image;
            unified = UnifiedBoot.Gather(tree, system, target, files, image.Version is { } version ? $"{image.Name ?? _definition.Name}_{version}" : null);
            if (_places.IsRootProtected)
                files.RemoveFrom(tree);
        }

        GrubBiosImages? grub = location is null ? null : GrubInstaller.Install(
            tree, platforms, location, _places.Esp is { } esp ? partitions[esp].MountPoint : null, epoch, _cancellation);
        step.Summary = Summary(files, platforms, system);
        return new BootOutcome(grub, files.Codec is null ? [] : [files.Codec]) { Unified = unified };
    }

    private BootOutcome InstallHurd(
        FileTree tree, OperatingSystem system, Architecture architecture, Timestamp epoch, IdSource ids, StepRunner.Step step)
    {
        if (_places.Root is not { } root || _places.Boot != root)
            throw new BuildException("no partition with a file system is mounted on /, which holds GNU/Hurd's kernel", "give one of image.partitions the mountPoint /, and none /boot");
        _places.CheckLoader(system, architecture);
        var location = new GrubLocation { FileSystemUuid = ids.FileSystemName(root), Partition = _places.GrubPartition };
        (string kernel, BootloaderConfiguration loader) = HurdBoot.Install(tree, system, location, root + 1, epoch);
        GrubBiosImages? grub = GrubInstaller.Install(
            tree, _places.GrubPlatforms(system, architecture), location with { MenuModules = GrubTerminals.Modules(loader) }, null, epoch, _cancellation);
        step.Summary = $"GNU Mach {kernel}, GRUB {GrubPlatform.PcBios}";
        return new BootOutcome(grub, []);
    }

    private BootOutcome InstallLive(
        FileTree tree, OperatingSystem system, Architecture architecture, Timestamp epoch, IdSource ids, StepRunner.Step step)
    {
        IReadOnlyList<GrubPlatform> platforms = _places.GrubPlatforms(system, architecture);
        var live = LiveIso.Install(
            tree,
            system,
            new LiveIsoTarget
            {
                VolumeId = LiveTypes.VolumeId(_definition),
                Ids = ids.Uuids,
                Time = epoch,
                Platforms = platforms,
                Store = TakeStore(tree, epoch),
                RootFileSystem = MountTypes.NameOf(_definition.Image.Partitions[0].FileSystem!.Type),
                Table = _definition.Image.PartitionTable == PartitionTableType.Mbr ? IsoTable.Mbr : IsoTable.Gpt,
            },
            _cancellation);
        step.Summary = Summary(live.Files, platforms, system);
        return new BootOutcome(null, live.Files.Codec is null ? [] : [live.Files.Codec]) { Live = live };
    }

    /// <summary>Leaves the directory empty that the host shares.</summary>
    private SharedStore? TakeStore(FileTree tree, Timestamp epoch)
    {
        if (_definition.Image.SharedStore is not { } path)
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

    /// <summary>What the definition itself puts into partitions.</summary>
    private PlannedContent?[] ReadDeclared() =>
    [
        .. _definition.Image.Partitions.Select(partition => partition.Content switch
        {
            DirectoryContent directory => new PlannedContent(
                partition, ReadTree(new DirectoryBase { Path = directory.Path, Ownership = directory.Ownership }), null),
            TarContent tar => new PlannedContent(partition, ReadTree(new TarBase { Path = tar.Path }), null),
            RawContent raw => new PlannedContent(partition, null, OpenFile(raw.Path)),
            _ => null,
        }),
    ];

    private static bool HasFiles(Partition partition) =>
        partition.Content is not null || partition is not { Contents: [], Directories: [], Symlinks: [], StorePaths: [] };

    /// <summary>What it puts there beside that.</summary>
    private PartitionFiles?[] ReadFiles()
    {
        PartitionFiles?[] files =
            [.. _definition.Image.Partitions.Select((partition, index) => PartitionFiles.Read(partition, index, _definition.Directory, _cancellation))];
        foreach (PartitionFiles? read in files)
            _newestContent = Newest(_newestContent, read?.NewestTime);
        return files;
    }

    /// <summary>Adds that to the trees. Names of owners are those of the system, or of the partition where there is none.</summary>
    private static PlannedContent[] AddFiles(PlannedContent[] contents, PartitionFiles?[] files, FileTree? system, Timestamp epoch)
    {
        for (int i = 0; i < files.Length; i++)
        {
            if (files[i] is not { } added)
                continue;
            FileTree tree = contents[i].Tree ?? new FileTree(new DirectoryInode { ModifiedTime = epoch });
            added.Apply(tree, new TreeAccounts(system ?? tree), epoch);
            contents[i] = contents[i] with { Tree = tree };
        }

        return contents;
    }

    private static long? Newest(long? left, long? right) => left is null || right > left ? right : left;

    private PlannedContent[] Contents(PlannedContent?[] declared, FileTree? system, GrubBiosImages? grub)
    {
        ValueList<Partition> partitions = _definition.Image.Partitions;
        IEnumerable<string> mountPoints = partitions
            .Where(partition => partition is { MountPoint: not null, FileSystem: not null, Content: null })
            .Select(partition => partition.MountPoint!);
        Dictionary<string, FileTree> trees = system is null ? [] : TreeSplitter.Split(system, mountPoints);
        return [.. partitions.Select((partition, i) => declared[i] ?? Content(partition, trees, grub))];
    }

    private static PlannedContent Content(Partition partition, Dictionary<string, FileTree> trees, GrubBiosImages? grub)
    {
        if (partition.FileSystem is not null)
            return new PlannedContent(partition, partition.MountPoint is null ? null : trees.GetValueOrDefault(partition.MountPoint), null);
        Blob? core = partition.Type == BootPlaces.BiosBootType && grub is not null ? WholeSectors(grub.CoreImage) : null;
        return new PlannedContent(partition, null, core);
    }

    private Blob Compose(DiskPlan disk, GrubBiosImages? grub)
    {
        if (disk.Table == PartitionTableType.None && disk.Blobs.Count > 0)
            throw new BuildException("an image without a partition table has no place for blobs", "take partitionTable: mbr or gpt, or leave the blobs out");
        if (disk.Table == PartitionTableType.None)
            return disk.Partitions is [var only] ? Padded(only) : throw new BuildException("an image without a partition table has exactly one partition");
        Blob bootCode = Blob.Empty;
        List<RawPlacement> raw = [];
        PlacedPartition[] partitions = [.. disk.Partitions.Select(Place)];
        raw.AddRange(BlobPlacer.Place(disk.Blobs, partitions, i => disk.Partitions[i] is { FileSystem: null, Content.Length: 0 }));
        if (grub is not null)
        {
            int at = Array.FindIndex(partitions, partition => partition.Type == PartitionTypes.BiosBoot);
            long offset = at >= 0 ? partitions[at].Offset : GrubBios.SectorSize;
            var embedded = GrubBios.Embed(grub.BootImage, grub.CoreImage, offset / GrubBios.SectorSize);
            bootCode = Blob.FromMemory(embedded.BootCode);
            if (at >= 0)
                partitions[at] = partitions[at] with { Content = Blob.FromMemory(embedded.Core) };
            else
                raw.Add(new RawPlacement("GRUB's core image", offset, Blob.FromMemory(embedded.Core)));
        }

        PartitionTable table = disk.Table == PartitionTableType.Mbr
            ? new MbrTable { Length = disk.Length, SectorSize = disk.SectorSize, DiskSignature = SeedUuids.FatVolumeId(disk.Id), BootCode = bootCode, RawContent = raw }
            : new GptTable
            {
                Length = disk.Length,
                SectorSize = disk.SectorSize,
                DiskId = disk.Id,
                FirstUsableOffset = PartitionSpace.Of(_definition.Image, PartitionTableType.Gpt, disk.SectorSize).Start,
                EntryCount = _definition.Image.GptEntries ?? StandardGptEntries,
                EntriesOffset = _definition.Image.GptEntriesOffset?.Bytes,
                BootCode = bootCode,
                RawContent = raw,
            };
        BlobPlacer.Verify(table.Layout(partitions));
        return table.Compose(partitions);
    }

    private static PlacedPartition Place(PartitionPlan partition) => new()
    {
        Number = partition.Number,
        Offset = partition.Offset,
        Length = partition.Length,
        Type = partition.Type,
        Id = partition.Id,
        Name = partition.Label,
        Attributes = partition.Attributes,
        Active = partition.Declared.Bootable,
        Content = partition.Content,
    };

    private static Blob Padded(PartitionPlan partition) => Blob.Concat(partition.Content, Blob.Zeros(partition.Length - partition.Content.Length));

    /// <summary>A tree of the host for a partition; the newest time in it stands for an epoch that nobody gave.</summary>
    private FileTree ReadTree(SystemBase source)
    {
        ResolvedBase resolved = BaseResolver.Resolve(source, BaseOptions(null), _cancellation);
        _held.Add(resolved);
        _newestContent = Newest(_newestContent, resolved.Epoch);
        return resolved.Tree;
    }

    private Blob OpenFile(string path)
    {
        string full = FullPath(path);
        HostFile file = HostFile.Open(full);
        _held.Add(file);
        return Blob.FromFile(file, 0, new FileInfo(full).Length);
    }

    private static Blob WholeSectors(byte[] bytes) =>
        Blob.Concat(Blob.FromMemory(bytes), Blob.Zeros(-bytes.Length & (GrubBios.SectorSize - 1)));

    private string FullPath(string path) => Path.Combine(_definition.Directory, path);

    /// <summary>What making a system bootable leaves for the disk and the report.</summary>
    private sealed record BootOutcome(GrubBiosImages? Grub, ValueList<string> Codecs)
    {
        internal static BootOutcome None { get; } = new(null, []);

        internal LiveIso? Live { get; init; }

        internal UnifiedBoot? Unified { get; init; }
    }

    private sealed class Details(StepRunner.Step step) : IProgress<string>
    {
        public void Report(string value) => step.Detail(value);
    }
}
