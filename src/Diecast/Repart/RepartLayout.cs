using Diecast.Formats.Partitioning.Allocation;
using Diecast.Repart.Content;
using Diecast.Repart.Definitions;

namespace Diecast.Repart;

/// <summary>Asks the allocation where partitions go, and takes over what it says.</summary>
internal static class RepartLayout
{
    /// <summary>The least disk that holds what is wanted, beside what is there.</summary>
    internal static long AutoLength(IReadOnlyList<RepartPartition> partitions, RepartDisk disk, PartitionContents contents) =>
        PartitionAllocator.AutoLength(Request(partitions, disk, contents, disk.Content.Length));

    /// <summary>The least bytes of every partition that is to be made, padding apart.</summary>
    internal static Dictionary<RepartPartition, long> Minimums(IReadOnlyList<RepartPartition> partitions, RepartDisk disk, PartitionContents contents)
    {
        var minimums = new Dictionary<RepartPartition, long>();
        foreach (RepartPartition partition in partitions.Where(p => p is { IsForeign: false, IsNew: true }))
        {
            PartitionDefinition definition = Definition(partition, contents, partitions);
            // Alone on a disk without paddings, so that it is the partition itself that is measured.
            minimums[partition] = PartitionAllocator.LeastLength(definition with { SupplementFor = null }, disk.GrainSize, disk.SectorSize);
        }

        return minimums;
    }

    /// <summary>Places the partitions on a disk of a length, and returns them in the order of the disk.</summary>
    /// <exception cref="Formats.DoesNotFitException">They do not fit.</exception>
    internal static IReadOnlyList<RepartPartition> Place(IReadOnlyList<RepartPartition> partitions, RepartDisk disk, PartitionContents contents, long length, RepartLog log)
    {
        RepartPartition[] defined = [.. partitions.Where(partition => partition.HasDefinition)];
        AllocationResult result = PartitionAllocator.Allocate(Request(partitions, disk, contents, length));
        foreach (int index in result.Dropped)
        {
            RepartPartition partition = defined[index];
            string what = FormattableString.Invariant($"{partition.Settings.Path}: there is no room for it, and its priority is {partition.Settings.Priority}");
            log.Info(partition.IsNew ? $"{what}; left out" : $"{what}; it stays as it is");
            (partition.IsDropped, partition.IsForeign) = (partition.IsNew, !partition.IsNew);
        }

        foreach (RepartPartition supplement in result.Merged.Select(index => defined[index]))
            supplement.IsDropped = true;
        foreach (RepartPartition partition in defined)
            partition.HasMerged = partition.Supplement is { } supplement && result.Merged.Contains(Array.IndexOf(defined, supplement));
        foreach (RepartPartition supplement in defined.Where(p => p.SupplementTarget is { HasMerged: false } && !p.IsDropped))
            log.Info($"{supplement.Settings.Path}: it cannot be merged into {supplement.SupplementTarget!.Settings.Path} and is a partition of its own");
        var ordered = new List<RepartPartition>();
        foreach (AllocatedPartition placed in result.Partitions)
        {
            RepartPartition partition = placed.Definition is { } index
                ? defined[index]
                : partitions.First(p => !p.HasDefinition && p.Current!.Number == placed.Number);
            (partition.Offset, partition.Size, partition.Padding, partition.Number) = (placed.Offset, placed.Size, placed.Padding, placed.Number);
            (partition.OldSize, partition.OldPadding) = (placed.Existing?.Size, placed.ExistingPadding);
            ordered.Add(partition);
        }

        return ordered;
    }

    private static AllocationRequest Request(IReadOnlyList<RepartPartition> partitions, RepartDisk disk, PartitionContents contents, long length) => new()
    {
        DiskLength = length,
        SectorSize = disk.SectorSize,
        GrainSize = disk.GrainSize,
        FirstUsableOffset = disk.FirstUsable(length),
        UsableEnd = disk.UsableEnd(length),
        Definitions = [.. partitions.Where(p => p.HasDefinition).Select(p => Definition(p, contents, partitions))],
        Existing = [.. (disk.Table?.Partitions ?? []).Select(found => new ExistingPartition(found.Number, found.Type.Guid!.Value, found.Offset, found.Length))],
    };

    private static PartitionDefinition Definition(RepartPartition partition, PartitionContents contents, IReadOnlyList<RepartPartition> partitions)
    {
        PartitionSettings settings = partition.Settings;
        return new PartitionDefinition
        {
            Type = partition.Type.Guid!.Value,
            Name = settings.Path,
            Priority = settings.Priority,
            Weight = settings.Weight,
            PaddingWeight = settings.PaddingWeight,
            MinimumSize = settings.SizeMin ?? partition.SizeMin,
            MaximumSize = settings.SizeMax,
            MinimumPadding = settings.PaddingMin,
            MaximumPadding = settings.PaddingMax,
            ContentSize = contents.ContentSize(partition),
            IsEncrypted = settings.Encrypt != EncryptMode.Off,
            IsReadOnlyImage = settings.IsReadOnlyFormat || settings.Verity != VerityMode.Off,
            IsVeritySignature = RepartTypes.IsVeritySignature(partition.Type),
            Group = settings.VerityMatchKey,
            SupplementFor = partition.SupplementTarget is { } target
                ? partitions.Where(p => p.HasDefinition).TakeWhile(p => p != target).Count()
                : null,
        };
    }
}
