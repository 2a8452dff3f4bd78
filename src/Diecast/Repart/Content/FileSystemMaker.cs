using Diecast.ForeignFileSystems;
using Diecast.Formats;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.FileSystems.Swap;
using Diecast.Formats.Trees;
using Diecast.Planning;

namespace Diecast.Repart.Content;

/// <summary>Lays out the file systems of partitions.</summary>
/// <param name="context">The run.</param>
/// <param name="disk">The disk.</param>
/// <param name="packing">Where what is compressed is kept until it is written.</param>
/// <param name="verity">The files that stay protected by fs-verity.</param>
internal sealed class FileSystemMaker(RepartContext context, RepartDisk disk, PackingPlace packing, VerityFiles verity)
{
    /// <summary>Lays out a file system.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="tree">What is in it.</param>
    /// <param name="size">Bytes, or null for as few as it takes.</param>
    /// <param name="minimum">The least bytes, where there is no size.</param>
    /// <exception cref="BuildException">It does not fit, or cannot hold something.</exception>
    internal FileSystemPlan Plan(RepartPartition partition, FileTree tree, long? size, long minimum)
    {
        try
        {
            PartitionFileSystem declared = MkfsOptions.Of(partition, context, SectorOf(partition), disk.SectorSize);
            if (declared.Type is not (FileSystemType.Ext2 or FileSystemType.Ext3 or FileSystemType.Ext4) && verity.FirstIn(tree) is { } protectedFile)
            {
                throw new BuildException(
                    $"{partition.Settings.Path}: CopyFiles= with fsverity=copy: {protectedFile} is protected by fs-verity, and {partition.Settings.Format} is not written with such files here",
                    "use Format=ext4, or leave fsverity=copy out");
            }

            FileSystemPlan plan = LayOut(partition, declared, tree, size, minimum);
            return size is not { } room || plan.Length <= room
                ? plan
                : throw new DoesNotFitException(partition.Settings.Format!, plan.Length, room, FormattableString.Invariant($"it has {plan.Length} bytes and its partition {room}"));
        }
        catch (DoesNotFitException exception)
        {
            throw new BuildException($"{partition.Settings.Path}: {exception.Message}", "make it larger with SizeMinBytes=, or have it measured with Minimize=", null, exception);
        }
        catch (Exception exception) when (exception is UnrepresentableException or ArgumentException)
        {
            throw new BuildException($"{partition.Settings.Path}: {exception.Message}", null, null, exception);
        }
    }

    /// <summary>The sectors that a partition's file system is told of.</summary>
    internal int SectorOf(RepartPartition partition) =>
        Math.Max(partition.Settings.FileSystemSectorSize ?? disk.FileSystemSectorSize, disk.SectorSize);

    private FileSystemPlan LayOut(RepartPartition partition, PartitionFileSystem declared, FileTree tree, long? size, long minimum)
    {
        Timestamp time = context.SourceEpoch ?? Timestamp.Epoch;
        Guid id = declared.Uuid!.Value;
        switch (declared.Type)
        {
            case FileSystemType.Swap:
                int page = declared.PageSize ?? SwapOptions.DefaultPageSize;
                return SwapArea.Plan(new SwapOptions { Size = size ?? Math.Max(minimum, SwapArea.LeastBytes(page)), PageSize = page, Uuid = id, Label = declared.Label ?? "" });
            case FileSystemType.Vfat:
                return LayOutFat(partition, declared, tree, size, minimum);
            case FileSystemType.Squashfs:
                SquashfsOptions squashfs = FileSystemOptions.Squashfs(declared) with { Time = time };
                return packing.Pack((spool, run) => SquashfsFileSystem.Pack(tree, squashfs, spool, run));
            case FileSystemType.Erofs:
                ErofsOptions erofs = FileSystemOptions.Erofs(declared, id) with { Time = time };
                return erofs.Compression is null
                    ? ErofsFileSystem.Plan(tree, erofs)
                    : packing.Pack((spool, run) => ErofsFileSystem.Pack(tree, erofs, spool, run));
            case FileSystemType.Ext2 or FileSystemType.Ext3 or FileSystemType.Ext4:
                return ExtFileSystem.Plan(tree, FileSystemOptions.Ext(declared, id) with { Time = time, Size = size, MinimumSize = minimum, VerityInodes = verity });
            default:
                var ids = new Formats.Partitioning.SeedUuids(id);
                return packing.Make(new ForeignRequest
                {
                    Declared = declared,
                    Tree = tree,
                    Uuid = id,
                    Derive = ids.Derive,
                    Time = time,
                    Size = size,
                    MinimumSize = minimum,
                });
        }
    }

    /// <summary>FAT32 as systemd has it made, but where that would have fewer clusters than a FAT32 has.</summary>
    private FatPlan LayOutFat(RepartPartition partition, PartitionFileSystem declared, FileTree tree, long? size, long minimum)
    {
        FatOptions options = FileSystemOptions.Fat(declared, FileSystemOptions.VolumeId(declared, declared.Uuid!.Value), disk.SectorSize) with
        {
            // Before it is placed it is planned to know its length alone.
            HiddenSectors = declared.HiddenSectors ?? (uint)(partition.Offset / declared.SectorSize!.Value),
            LatestTime = context.SourceEpoch,
            Size = size,
            MinimumSize = minimum,
        };
        if (size is null)
            return FatFileSystem.Plan(tree, options with { Type = null });
        try
        {
            return FatFileSystem.Plan(tree, options);
        }
        catch (DoesNotFitException) when (declared.FatType == 32)
        {
            return FatFileSystem.Plan(tree, options with { Type = null });
        }
    }
}
