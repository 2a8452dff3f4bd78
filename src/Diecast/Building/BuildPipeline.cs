using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Diecast.Bases;
using Diecast.Boot;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;
using Diecast.Planning;
using Diecast.Store;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>From a definition to a plan: base, system, boot, layout. It holds the host files that the plan's blobs refer to.</summary>
internal sealed class BuildPipeline : IDisposable
{
    private readonly Definition _definition;
    private readonly BuildOptions _options;
    private readonly StepRunner _steps;
    private readonly CancellationToken _cancellation;
    private readonly Guid _seed;
    private readonly DefinitionOrigins _origins;
    private readonly BootPlaces _places;
    private readonly string? _cacheDirectory;
    private readonly string? _workDirectory;
    private readonly List<IDisposable> _held = [];

    /// <summary>The unified kernel image that boots, or null.</summary>
    private Blob? _kernelImage;

    /// <summary>The root hashes of what dm-verity protects, by their names.</summary>
    private SortedDictionary<string, string> _rootHashes = new(StringComparer.Ordinal);

    private long? _newestContent;

    internal BuildPipeline(LoadedDefinition loaded, BuildOptions options, StepRunner steps, CancellationToken cancellation)
    {
        _definition = ImageBuilder.CompleteDefinition(loaded.Definition, options);
        _options = options;
        _steps = steps;
        _cancellation = cancellation;
        _seed = loaded.Seed;
        _origins = loaded.Origins;
        _cacheDirectory = options.CacheDirectory;
        if (!_definition.Image.Substitutable)
            _cacheDirectory = Hold(CacheStore.Open(options.CacheDirectory).MakeWork("private")).Path;
        _workDirectory = options.WorkDirectory ?? _cacheDirectory;
        _places = new BootPlaces(_definition);
    }

    /// <summary>
    /// Writes bytes to an offset of the output before the rest of it is known, and makes dm-verity's hashes of them meanwhile; null
    /// where the output is not such.
    /// </summary>
    internal Func<Blob, long, DmVerityOptions, IProgress<long>, WrittenDevice>? WriteAhead { get; init; }

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

        SystemGeneration? generation = root is null ? null : GenerationOf(root, system!);
        if (root is not null && generation is null && _places.Root is null && !_places.IsIso)
            throw new BuildException("no partition with a file system is mounted on /, where the system's files go", "give one of image.partitions the mountPoint /");
        Architecture architecture = TargetArchitecture.Of(root?.Tree ?? new FileTree(), _definition.Image.Platform, generation?.Architecture);
        var ids = new IdSource(_seed, _definition.Image.Partitions, architecture.PartitionName()) { DeclaredDisk = _definition.Image.DiskId };
        BootOutcome boot = BootOutcome.None;
        if (system is not null)
        {
            string? hurdDisk = _definition.Image.Platform.IsHurd() ? HurdBoot.DiskOf(root!.Tree) : null;
            var mounts = new SystemMounts(_definition.Image, ids, hurdDisk);
            _steps.Run("configure the system", step => Configure(root!.Tree, system, epoch, mounts, root!.IsStoreSystem, step));
            if (!root!.IsStoreSystem)
                ApplianceFiles.Write(root!.Tree, _definition, [.. Enumerable.Range(0, _definition.Image.Partitions.Count).Select(i => ids.Type(i).Name)], epoch);
            if (generation is not null)
            {
                var installer = new GenerationInstaller(_definition, _places, ids, epoch, _cancellation);
                boot = _steps.Run("make it bootable", step =>
                {
                    BootOutcome made = installer.Install(root!.Tree, system, generation);
                    step.Summary = made.Summary;
                    return made;
                });
            }
            else if (hurdDisk is not null || system.Kernel is not null)
            {
                var installer = new BootInstaller(_definition, _places, architecture, ids, mounts, epoch, _cancellation);
                boot = _steps.Run("make it bootable", step =>
                {
                    BootOutcome made = hurdDisk is null ? installer.Install(root!.Tree, system) : installer.InstallHurd(root!.Tree, system);
                    step.Summary = made.Summary;
                    return made;
                });
            }
        }

        return _steps.Run("lay out the disk", step =>
        {
            PackingPlace packing = Hold(new PackingPlace(_workDirectory, new StepBytes(step, null), _cancellation) { Workers = _options.Workers });
            (DiskPlan disk, Blob content) = boot.Live is { } live
                ? new IsoPlanner(_definition, ids, epoch, packing).Plan(root!.Tree, live)
                : LayOut(AddFiles(Contents(declared, root?.Tree, boot.Grub), files, root?.Tree, epoch), root?.Tree, boot, PlannerOf(ids, epoch, packing), ids, epoch, new StepBytes(step, null));
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
        _steps.Run("configure the system", step => Configure(root.Tree, system, epoch, new SystemMounts(image, ids, null), isOwn: false, step));
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

    private DiskPlanner PlannerOf(IdSource ids, Timestamp epoch, PackingPlace packing) =>
        new(_definition, ids, epoch, packing) { Encrypt = new Encryption(_definition, ids).Encrypt };

    private (DiskPlan Disk, Blob Content) LayOut(
        PlannedContent[] contents, FileTree? root, BootOutcome boot, DiskPlanner planner, IdSource ids, Timestamp epoch, IProgress<long> progress)
    {
        IReadOnlyList<PlannedBlob> blobs = BlobReader.Read(_definition.Image.Blobs, root, OpenFile);
        Signing signing = Hold(new Signing(_definition, epoch, _cancellation));
        Blob? splash = boot.Unified?.Loader.Uki?.Splash is { } picture ? OpenFile(picture) : null;
        long[] offsets = [];
        // What is protected is hashed first, because the hash is in what boots it; that is on a partition of its own.
        var sealer = new VeritySealer(planner, ids, _cancellation)
        {
            Sign = signing.RootHash,
            Write = WriteAhead is { } write ? (bytes, offset, options) => write(bytes, offset, options, progress) : null,
            Offsets = sealedContents =>
            {
                // An image with other hashes in it has the same length.
                if (boot.Unified is { } unified && contents[_places.Esp!.Value] is { Partition.Size.Exact: null } esp)
                    unified.Install(esp.Tree!, AnyHashes(contents), splash, signing.Measurements, signing.ProgramRoom, epoch);
                return offsets = [.. planner.Place(sealedContents, blobs).Places.Select(place => place.Offset)];
            },
        };
        (contents, _rootHashes) = sealer.Seal(contents);
        if (boot.Unified is { } kernel)
        {
            int esp = _places.Esp!.Value;
            _kernelImage = kernel.Install(contents[esp].Tree!, _rootHashes, splash, signing.Measurements, signing.Program, epoch);
            contents[esp] = contents[esp] with { };
        }

        DiskPlan disk = planner.Plan(contents, blobs);
        for (int i = 0; i < contents.Length; i++)
        {
            if (contents[i].Written is not null && disk.Partitions[i].Offset != offsets[i])
                throw new UnreachableException($"partition {i + 1} begins at {disk.Partitions[i].Offset}, and was written to {offsets[i]}");
        }

        return (disk, DiskComposer.Compose(_definition.Image, disk, boot.Grub));
    }

    private static Dictionary<string, string> AnyHashes(IEnumerable<PlannedContent> contents) => contents
        .Where(content => content.Partition.Verity is { Role: VerityRole.Data })
        .ToDictionary(content => content.Partition.Verity!.Match, _ => new string('0', 2 * SHA256.HashSizeInBytes));

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

    /// <summary>The system that a base of a store is, or null where it is packages alone.</summary>
    private SystemGeneration? GenerationOf(ResolvedBase root, OperatingSystem system)
    {
        if (!root.IsStoreSystem)
            return null;
        (string Key, string Fix)[] owned = [.. OwnedSettings.Of(system, _definition.Image, system.Base is GuixBase)];
        return owned is [var first, ..]
            ? throw new BuildException($"{first.Key} is a setting of the system that the base is, which configures itself", first.Fix)
            : SystemGeneration.Find(root.Tree);
    }

    private bool Configure(FileTree tree, OperatingSystem system, Timestamp epoch, SystemMounts mounts, bool isOwn, StepRunner.Step step)
    {
        Action<FileTree, OperatingSystem, SystemContext> apply = isOwn ? SystemConfigurator.ApplyFiles : SystemConfigurator.Apply;
        apply(tree, system, new SystemContext
        {
            Name = _definition.Name,
            Epoch = epoch,
            Place = Containers.PlaceOf(_definition),
            Wsl = _definition.Image.Wsl,
            EncryptedDevices = mounts.EncryptedDevices().ToValueList(),
            KeepsOnlyVar = _definition.Image.VolatileRoot == true
                && _definition.Image.Partitions.Any(partition => partition is { MountPoint: "/var", FileSystem: not null }),
            // A live system's root is not in fstab: it has no device of its own.
            Mounts = _places.IsIso ? [] : mounts.Mounts().ToValueList(),
            DefinitionDirectory = _definition.Directory,
        });
        step.Summary = string.Create(CultureInfo.InvariantCulture, $"{tree.Walk().Count()} entries");
        return true;
    }

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
            [.. _definition.Image.Partitions.Select((partition, index) => PartitionFiles.Read(partition, index, _origins, BaseOptions(null), _cancellation))];
        foreach (PartitionFiles? read in files)
        {
            _newestContent = Newest(_newestContent, read?.NewestTime);
            if (read is not null)
                _held.Add(read);
        }

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

    private sealed class Details(StepRunner.Step step) : IProgress<string>
    {
        public void Report(string value) => step.Detail(value);
    }
}
