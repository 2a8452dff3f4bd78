using System.Buffers.Binary;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>What a live image is called, and what its ids are made of.</summary>
internal sealed record LiveIsoTarget
{
    /// <summary>The volume's name, by which the running system finds it.</summary>
    internal required string VolumeId { get; init; }

    /// <summary>What all ids are derived from.</summary>
    internal required Guid Seed { get; init; }

    /// <summary>Time of what is made, and of the volume.</summary>
    internal required Timestamp Time { get; init; }
}

/// <summary>
/// Makes a system's tree the content of an image that boots from a CD and from a disk, by BIOS and by UEFI, and keeps every
/// change in memory.
/// </summary>
internal static class LiveIso
{
    /// <summary>Firmware takes what is smaller for a diskette.</summary>
    private const long LeastEsp = 1440 * 1024;

    /// <summary>Puts kernels' initial RAM disks and GRUB's menu into the tree, and says how it becomes an image.</summary>
    /// <param name="root">The configured system.</param>
    /// <param name="system">What it was declared as.</param>
    /// <param name="architecture">Its processors.</param>
    /// <param name="target">Name, ids and time.</param>
    /// <param name="cancellation">Ends GRUB's program when it is cancelled.</param>
    /// <exception cref="BootException">The tree lacks a kernel, GRUB, busybox or a module.</exception>
    internal static IsoOptions Install(
        FileTree root, OperatingSystem system, Architecture architecture, LiveIsoTarget target, CancellationToken cancellation = default)
    {
        var ids = new SeedUuids(target.Seed);
        var named = new IsoOptions
        {
            VolumeId = target.VolumeId,
            CreationTime = target.Time,
            ModificationTime = TimeOf(target.Time, ids.Derive("iso9660-uuid")),
            ApplicationId = "DIECAST",
            // Capabilities have no place in ISO 9660, nor have times outside 1900 to 2155.
            Unsupported = IsoUnsupported.Adapt,
        };
        var location = new GrubLocation { FileSystemUuid = named.Uuid, Modules = ["iso9660"] };
        OperatingSystem live = system with
        {
            Kernel = system.Kernel is { } kernel ? kernel with { Arguments = [.. kernel.Arguments, "diecast.overlay"] } : null,
            Initrd = system.Initrd with { Kind = InitrdKind.Own },
        };
        _ = BootFiles.Install(
            root,
            live,
            new BootTarget { Root = "LABEL=" + target.VolumeId, RootFileSystem = "iso9660", Grub = location, Time = target.Time },
            cancellation);

        var boot = new List<IsoBootEntry>();
        Blob bootCode = Blob.Empty;
        if (architecture is Architecture.Amd64 or Architecture.I386)
        {
            byte[] image = GrubMkimage.Make(root, GrubPlatform.PcBiosCd, location, target.Time.Seconds, cancellation);
            boot.Add(new IsoBootEntry { Image = Blob.FromMemory(image), Patches = IsoBootPatches.InfoTable | IsoBootPatches.Grub });
            bootCode = GrubFiles.Find(root, GrubPlatform.PcBiosCd).Read("boot_hybrid.img");
        }

        boot.Add(new IsoBootEntry { Platform = IsoBootPlatform.Efi, Partition = 0 });
        return named with
        {
            Boot = boot,
            Partitions =
            [
                new IsoPartition
                {
                    Content = SystemPartition(root, architecture, location, target, ids, cancellation),
                    Id = ids.Partition(PartitionTypes.Esp.Guid!.Value),
                    Name = "esp",
                },
            ],
            Hybrid = new IsoHybrid
            {
                BootCode = bootCode,
                PatchGrub = bootCode.Length > 0,
                DiskId = ids.Disk,
                IsoPartitionId = ids.Derive("iso9660-partition"),
            },
        };
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

    private static Blob SystemPartition(
        FileTree root, Architecture architecture, GrubLocation location, LiveIsoTarget target, SeedUuids ids, CancellationToken cancellation)
    {
        GrubPlatform platform = GrubPlatform.EfiOf(architecture);
        byte[] image = GrubMkimage.Make(root, platform, location, target.Time.Seconds, cancellation);
        var tree = new FileTree();
        tree.Set($"/EFI/BOOT/{platform.RemovableName}", new FileInode(Blob.FromMemory(image)));
        foreach (TreeEntry entry in tree.Walk())
            entry.Inode.ModifiedTime = target.Time;
        return FatFileSystem.Plan(tree, new FatOptions { VolumeId = SeedUuids.FatVolumeId(ids.Derive("esp-file-system")), MinimumSize = LeastEsp }).ToBlob();
    }
}
