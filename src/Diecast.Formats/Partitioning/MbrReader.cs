using System.Buffers.Binary;
using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Partitioning;

/// <summary>Reads a master boot record with its logical partitions.</summary>
internal static class MbrReader
{
    private const int SectorSize = 512;
    private const int FirstLogical = 5;

    /// <summary>More than anything makes; a chain that is longer leads in a circle.</summary>
    private const int MostLogical = 128;

    internal static FoundTable? Read(Blob disk)
    {
        if (disk.Length < SectorSize || ReadTable(disk, 0) is not { } table)
            return null;
        MbrLayout.Entry[] entries = [.. Enumerable.Range(0, MbrLayout.Slots).Select(slot => MbrLayout.ReadEntry(table, slot))];
        // The boot sector of a file system has the same signature, and code or text where the table would be. The table of an
        // optical disc's image may have a partition from the first sector on, and of no type, that is the whole volume.
        bool isVolume = IsVolume(disk);
        if (entries.Any(entry => (entry.Status & ~MbrLayout.Active) != 0
                || (isVolume ? entry.Type != 0 && entry.Count == 0 : (entry.Type != 0) != (entry.Count != 0) || (entry.Type != 0 && entry.Start == 0)))
            || entries.All(entry => entry.Count == 0))
        {
            return null;
        }

        uint signature = BinaryPrimitives.ReadUInt32LittleEndian(table);
        var faults = new List<string>();
        var partitions = new List<FoundPartition>();
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Count != 0)
                partitions.Add(Partition(i + 1, entries[i], 0, signature));
        }

        foreach (MbrLayout.Entry extended in entries.Where(entry => IsExtended(entry.Type)))
            AddLogical(disk, extended.Start, signature, partitions, faults);
        PartitionTableReader.CheckPlaces(partitions, disk.Length, faults);
        return new FoundTable
        {
            Kind = "mbr",
            SectorSize = SectorSize,
            Id = signature == 0 ? null : signature.ToString("x8", CultureInfo.InvariantCulture),
            Faults = faults,
            Partitions = partitions,
        };
    }

    /// <summary>Each logical partition has a table of its own, with itself and where the next one's table is.</summary>
    private static void AddLogical(Blob disk, uint extended, uint signature, List<FoundPartition> partitions, List<string> faults)
    {
        long at = extended;
        int number = Math.Max(FirstLogical, partitions.Max(partition => partition.Number) + 1);
        for (int i = 0; i < MostLogical; i++)
        {
            if ((at + 1) * SectorSize > disk.Length || ReadTable(disk, at * SectorSize) is not { } table)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"the table of logical partition {number} is not at sector {at}"));
                return;
            }

            MbrLayout.Entry entry = MbrLayout.ReadEntry(table, 0);
            if (entry.Type != 0 && entry.Count != 0)
                partitions.Add(Partition(number++, entry, at, signature));
            MbrLayout.Entry next = MbrLayout.ReadEntry(table, 1);
            if (!IsExtended(next.Type) || next.Count == 0)
                return;
            at = (long)extended + next.Start;
        }

        faults.Add(string.Create(CultureInfo.InvariantCulture, $"there are more than {MostLogical} logical partitions, or they lead in a circle"));
    }

    private static FoundPartition Partition(int number, MbrLayout.Entry entry, long from, uint signature) => new()
    {
        Number = number,
        Type = PartitionTypes.ByMbrByte(entry.Type),
        Offset = (from + entry.Start) * SectorSize,
        Length = (long)entry.Count * SectorSize,
        Id = signature == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{signature:x8}-{number:x2}"),
        Active = entry.Status == MbrLayout.Active,
    };

    /// <summary>ECMA-119, 8.1: the first volume descriptor is at sector 16 of 2048 bytes.</summary>
    private static bool IsVolume(Blob disk)
    {
        const int Identifier = (16 * 2048) + 1;
        ReadOnlySpan<byte> mark = "CD001"u8;
        return disk.Length >= Identifier + mark.Length && disk.Slice(Identifier, mark.Length).ToArray().AsSpan().SequenceEqual(mark);
    }

    private static byte[]? ReadTable(Blob disk, long sector)
    {
        byte[] table = disk.Slice(sector + MbrLayout.TableOffset, MbrLayout.TableLength).ToArray();
        return MbrLayout.HasSignature(table) ? table : null;
    }

    /// <summary>DOS's, Windows' and Linux's.</summary>
    private static bool IsExtended(byte type) => type is 0x05 or 0x0F or 0x85;
}
