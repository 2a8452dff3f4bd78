using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>Lays out a live system on an ISO 9660 volume, which is a disk too.</summary>
/// <param name="definition">The definition, completed by its image type: its only partition says how the root is stored.</param>
/// <param name="ids">Every id of the image.</param>
/// <param name="epoch">Time of what is made.</param>
/// <param name="packing">Where a compressed root goes.</param>
internal sealed class IsoPlanner(Definition definition, IdSource ids, Timestamp epoch, PackingPlace packing)
{
    private const string BootDirectory = "/boot";

    /// <summary>Plans the image.</summary>
    /// <param name="tree">The system, with what boots it; the tree changes.</param>
    /// <param name="live">How the volume is made.</param>
    /// <returns>The volume's partitions as the table has them, and the whole disk.</returns>
    internal (DiskPlan Disk, Blob Content) Plan(FileTree tree, LiveIso live)
    {
        Partition root = definition.Image.Partitions[0];
        FileSystemPlan? image = null;
        if (live.RootPath is { } path)
        {
            FileTree volume = Volume(tree, live.Files.Kernels);
            image = new DiskPlanner(definition, ids, epoch, packing).PlanFiles(root, 0, tree);
            volume.Set(path, new FileInode(image.ToBlob()));
            foreach (TreeEntry entry in volume.Walk().Where(entry => path.StartsWith(entry.Path, StringComparison.Ordinal)))
                entry.Inode.ModifiedTime = epoch;
            volume.Root.ModifiedTime = epoch;
            tree = volume;
        }

        return Plan(tree, live, image, root);
    }

    private (DiskPlan Disk, Blob Content) Plan(FileTree tree, LiveIso live, FileSystemPlan? image, Partition root)
    {
        IsoOptions options = live.Options;
        FileSystemPlan plan;
        IsoPlan iso;
        if (image is null && root.FileSystem is { Compression: not FileSystemCompression.None } fileSystem)
        {
            options = options with { Zisofs = new IsoZisofs { Level = fileSystem.CompressionLevel ?? new IsoZisofs().Level } };
            var packed = (IsoPackedPlan)packing.Pack((spool, run) => IsoFileSystem.Pack(tree, options, spool, run));
            (plan, iso) = (packed, packed.Plan);
        }
        else
        {
            plan = iso = IsoFileSystem.Plan(tree, options);
        }

        var partitions = new List<PartitionPlan>
        {
            new()
            {
                Number = 1,
                Declared = root,
                Type = PartitionTypes.Find("microsoft-basic")!,
                Id = options.Hybrid!.IsoPartitionId,
                Label = "ISO9660",
                Attributes = options.Hybrid.Table == IsoTable.Gpt ? GptAttributes.ReadOnly : 0,
                Offset = iso.VolumeOffset,
                Length = iso.FileSystemLength - iso.VolumeOffset,
                FileSystem = image is null ? plan : new NestedPlan(plan, live.RootPath!, image),
                FileSystemId = iso.Uuid,
            },
        };
        if (live.SystemPartition is { } esp)
        {
            (long offset, long length) = iso.PartitionAt(0);
            partitions.Add(new PartitionPlan
            {
                Number = 2,
                Declared = new Partition { Type = "esp", FileSystem = new PartitionFileSystem { Type = FileSystemType.Vfat } },
                Type = options.Partitions[0].Type,
                Id = options.Partitions[0].Id,
                Label = options.Partitions[0].Name,
                Attributes = 0,
                Offset = offset,
                Length = length,
                FileSystem = esp,
            });
        }

        PartitionTableType table = options.Hybrid.Table == IsoTable.Gpt ? PartitionTableType.Gpt : PartitionTableType.Mbr;
        return (new DiskPlan(table, options.Hybrid.DiskId, plan.Length, definition.Image.SectorSize, partitions.ToValueList(), []), plan.ToBlob());
    }

    /// <summary>
    /// The volume of a root that is an image: what the boot loader reads is taken out of the root, whose /boot is then where
    /// the initial RAM disk shows the volume's.
    /// </summary>
    private static FileTree Volume(FileTree tree, IEnumerable<KernelImage> kernels)
    {
        var volume = new FileTree();
        DirectoryInode boot = tree.MakeDirectory(BootDirectory);
        var left = new DirectoryInode(boot.Mode);
        left.CopyMetadata(boot);
        tree.Set(BootDirectory, left);
        volume.Set(BootDirectory, boot);
        foreach (string path in kernels.SelectMany(kernel => new[] { kernel.Path, kernel.InitrdPath }))
        {
            // Some distributions keep kernels with their modules.
            if (volume.ResolveFile(path) is null && tree.ResolveFile(path) is { } file)
                volume.Set(path, file);
        }

        return volume;
    }

    /// <summary>A volume and the file system in one of its files.</summary>
    private sealed class NestedPlan(FileSystemPlan volume, string path, FileSystemPlan inner) : FileSystemPlan
    {
        public override long Length => volume.Length;

        public override Blob ToBlob() => volume.ToBlob();

        public override void Print(TextWriter writer)
        {
            volume.Print(writer);
            writer.WriteLine($"{path}:");
            inner.Print(writer);
        }

        public override void PrintSummary(TextWriter writer)
        {
            volume.PrintSummary(writer);
            writer.WriteLine($"{path}:");
            inner.PrintSummary(writer);
        }
    }
}
