using System.Buffers.Binary;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>What a live image is called, what boots it, and where its root is.</summary>
internal sealed record LiveIsoTarget
{
    /// <summary>The volume's name.</summary>
    internal required string VolumeId { get; init; }

    /// <summary>Every id of the image.</summary>
    internal required SeedUuids Ids { get; init; }

    /// <summary>Time of what is made, and of the volume.</summary>
    internal required Timestamp Time { get; init; }

    /// <summary>What GRUB is made for.</summary>
    internal required IReadOnlyList<GrubPlatform> Platforms { get; init; }

    /// <summary>Type of the root's file system, as mount has it. Default: iso9660, the volume's own tree.</summary>
    internal string RootFileSystem { get; init; } = LiveIso.FileSystem;

    /// <summary>A directory that the machine's host shares, or null.</summary>
    internal SharedStore? Store { get; init; }

    /// <summary>The partition table for disks. Default: GPT.</summary>
    internal IsoTable Table { get; init; }
}

/// <summary>
/// A system's tree as the content of an image that boots from a CD and from a disk, by BIOS and by UEFI, and keeps every
/// change in memory.
/// </summary>
/// <param name="Options">How the volume is made.</param>
/// <param name="RootPath">The volume's file that holds the root, or null where the root is the volume's own tree.</param>
/// <param name="SystemPartition">The EFI system partition, or null without UEFI.</param>
/// <param name="Files">What was put into the tree.</param>
internal sealed record LiveIso(IsoOptions Options, string? RootPath, FatPlan? SystemPartition, BootFiles Files)
{
    /// <summary>The volume's file system, as mount has it.</summary>
    internal const string FileSystem = "iso9660";

    /// <summary>Firmware takes what is smaller for a diskette.</summary>
    private const long LeastEsp = 1440 * 1024;

    /// <summary>What GRUB is made for unless it is said: all that the processors have.</summary>
    /// <param name="architecture">The target's.</param>
    /// <param name="wanted">The firmware that is asked for, or nothing.</param>
    /// <exception cref="BootException">There is no such firmware for these processors.</exception>
    internal static IReadOnlyList<GrubPlatform> Platforms(Architecture architecture, IReadOnlyCollection<BootFirmware> wanted) =>
        [.. GrubInstaller.Platforms(architecture, wanted, hasEsp: true, hasBiosPlace: true).Select(p => p == GrubPlatform.PcBios ? GrubPlatform.PcBiosCd : p)];

    /// <summary>Puts kernels' initial RAM disks and GRUB's menu into the tree, and says how it becomes an image.</summary>
    /// <param name="root">The configured system.</param>
    /// <param name="system">What it was declared as.</param>
    /// <param name="target">Name, ids, time and firmware.</param>
    /// <param name="cancellation">Ends GRUB's program when it is cancelled.</param>
    /// <exception cref="BootException">The tree lacks a kernel, GRUB, busybox or a module.</exception>
    internal static LiveIso Install(FileTree root, OperatingSystem system, LiveIsoTarget target, CancellationToken cancellation = default)
    {
        if (target.Platforms.Count == 0)
            throw new BootException("none of the firmware that is asked for starts this system's processors; leave image.firmware out, or take uefi");
        SeedUuids ids = target.Ids;
        bool isTree = target.RootFileSystem == FileSystem;
        var named = new IsoOptions
        {
            VolumeId = target.VolumeId,
            CreationTime = target.Time,
            ModificationTime = TimeOf(target.Time, ids.Derive("iso9660-uuid")),
            ApplicationId = "DIECAST",
            // Of a system's own tree capabilities have no place in ISO 9660, nor have times outside 1900 to 2155.
            Unsupported = isTree ? IsoUnsupported.Adapt : IsoUnsupported.Refuse,
        };
        string? rootPath = isTree ? null : "/live/root." + target.RootFileSystem;
        var location = new GrubLocation
        {
            FileSystemUuid = named.Uuid,
            Modules = ["iso9660"],
            MenuModules = GrubTerminals.Modules(system.Bootloader ?? new BootloaderConfiguration()),
        };
        var files = BootFiles.Install(
            root,
            system,
            new BootTarget
            {
                Root = "UUID=" + named.Uuid,
                RootFileSystem = target.RootFileSystem,
                Image = rootPath is null ? null : new RootImage(rootPath, FileSystem),
                IsVolatile = true,
                Store = target.Store,
                Grub = location,
                Time = target.Time,
            },
            cancellation);

        var boot = new List<IsoBootEntry>();
        Blob bootCode = Blob.Empty;
        if (target.Platforms.Contains(GrubPlatform.PcBiosCd))
        {
            byte[] image = GrubMkimage.Make(root, GrubPlatform.PcBiosCd, location, target.Time.Seconds, cancellation);
            boot.Add(new IsoBootEntry { Image = Blob.FromMemory(image), Patches = IsoBootPatches.InfoTable | IsoBootPatches.Grub });
            bootCode = GrubFiles.Find(root, GrubPlatform.PcBiosCd).Read("boot_hybrid.img");
        }

        FatPlan? esp = PlanSystemPartition(root, location, target, cancellation);
        if (esp is not null)
            boot.Add(new IsoBootEntry { Platform = IsoBootPlatform.Efi, Partition = 0 });
        IsoOptions options = named with
        {
            Boot = boot,
            Partitions = esp is null ? [] :
                [new IsoPartition { Content = esp.ToBlob(), Id = ids.Partition(PartitionTypes.Esp.Guid!.Value), Name = "esp" }],
            Hybrid = new IsoHybrid
            {
                Table = target.Table,
                BootCode = bootCode,
                PatchGrub = bootCode.Length > 0,
                DiskId = ids.Disk,
                DiskSignature = target.Table == IsoTable.Mbr ? SeedUuids.FatVolumeId(ids.Disk) : 0,
                IsoPartitionId = ids.Derive("iso9660-partition"),
            },
        };
        return new LiveIso(options, rootPath, esp, files);
    }

    /// <summary>
    /// The volume's UUID is the digits of a time: one on the day from the epoch on, which tells this image from others made
    /// of the same sources.
    /// </summary>
    private static Timestamp TimeOf(Timestamp epoch, Guid id)
    {
        const uint Hundredths = 24 * 60 * 60 * 100;
        const int NanosecondsInHundredth = 10_000_000;
        uint place = BinaryPrimitives.ReadUInt32LittleEndian(id.ToByteArray()) % Hundredths;
        return new Timestamp(epoch.Seconds + (place / 100), (int)(place % 100) * NanosecondsInHundredth);
    }

    private static FatPlan? PlanSystemPartition(FileTree root, GrubLocation location, LiveIsoTarget target, CancellationToken cancellation)
    {
        var tree = new FileTree();
        foreach (GrubPlatform platform in target.Platforms.Where(platform => platform.RemovableName is not null))
        {
            byte[] image = GrubMkimage.Make(root, platform, location, target.Time.Seconds, cancellation);
            tree.Set($"/EFI/BOOT/{platform.RemovableName}", new FileInode(Blob.FromMemory(image)));
        }

        if (tree.Find("/EFI") is null)
            return null;
        foreach (TreeEntry entry in tree.Walk())
            entry.Inode.ModifiedTime = target.Time;
        return FatFileSystem.Plan(tree, new FatOptions
        {
            VolumeId = SeedUuids.FatVolumeId(target.Ids.Derive("esp-file-system")),
            MinimumSize = LeastEsp,
        });
    }
}
