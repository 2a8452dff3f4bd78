using Diecast.Boot;
using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;
using Diecast.Planning;

namespace Diecast.Building;

/// <summary>Puts a disk together: its table, its partitions, what stands outside them and what a BIOS starts.</summary>
internal static class DiskComposer
{
    private const int StandardGptEntries = 128;

    /// <summary>The bytes of the disk.</summary>
    /// <exception cref="BuildException">The table has no place for what the image has.</exception>
    internal static Blob Compose(Image image, DiskPlan disk, GrubBiosImages? grub)
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
                FirstUsableOffset = PartitionSpace.Of(image, PartitionTableType.Gpt, disk.SectorSize).Start,
                EntryCount = image.GptEntries ?? StandardGptEntries,
                EntriesOffset = image.GptEntriesOffset?.Bytes,
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
}
