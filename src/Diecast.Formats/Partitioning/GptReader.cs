using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Partitioning;

/// <summary>Reads a GUID partition table, from its copy where the first is damaged.</summary>
internal static class GptReader
{
    /// <summary>Linux reads no more, whatever a header says.</summary>
    private const int MostEntries = 4096;

    private const int LargestEntry = 4096;

    internal static FoundTable? Read(Blob disk, int sectorSize)
    {
        long sectors = disk.Length / sectorSize;
        if (sectors < 3)
            return null;
        Header? primary = ReadHeader(disk, sectorSize, 1);
        Header? backup = ReadHeader(disk, sectorSize, primary is { } first && first.AlternateLba < (ulong)sectors && first.AlternateLba > 1 ? (long)first.AlternateLba : sectors - 1);
        if (primary is null && backup is null)
            return null;
        var faults = new List<string>();
        if (primary is null)
            faults.Add("the first header or its entries are damaged; this is the backup's table");
        else if (backup is null)
            faults.Add("the backup's header or its entries are damaged or not where the first header says");
        else if (backup.Value.EntriesCrc != primary.Value.EntriesCrc || backup.Value.DiskId != primary.Value.DiskId)
            faults.Add("the backup's table is another than the first");
        else if (primary.Value.AlternateLba != (ulong)sectors - 1)
            faults.Add("the backup's table is not at the disk's end");
        if (!HasProtectiveMbr(disk))
            faults.Add("there is no protective MBR, without which Linux does not look for the table");
        Header header = primary ?? backup!.Value;
        List<FoundPartition> partitions = Partitions(header, sectorSize);
        PartitionTableReader.CheckPlaces(partitions, disk.Length, faults);
        return new FoundTable
        {
            Kind = "gpt",
            SectorSize = sectorSize,
            Id = header.DiskId.ToString(),
            Faults = faults,
            Partitions = partitions,
            Gpt = new GptGeometry(header.FirstUsable * sectorSize, header.EntriesLba * sectorSize, header.Entries.Length / header.EntrySize, header.EntrySize),
        };
    }

    private static Header? ReadHeader(Blob disk, int sectorSize, long lba)
    {
        byte[] bytes = disk.Slice(lba * sectorSize, sectorSize).ToArray();
        if (!bytes.AsSpan().StartsWith(GptLayout.Signature))
            return null;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(12));
        if (length < GptLayout.HeaderLength || length > sectorSize)
            return null;
        uint checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(16));
        bytes.AsSpan(16, sizeof(uint)).Clear();
        if (Crc32.Compute(bytes.AsSpan(0, (int)length)) != checksum || BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24)) != lba)
            return null;
        ulong entriesLba = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(72));
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(80));
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(84));
        uint entriesCrc = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(88));
        if (size < GptLayout.EntryLength || size > LargestEntry || size % 8 != 0 || count > MostEntries)
            return null;
        long room = count * (long)size;
        if (room > disk.Length || entriesLba > (ulong)((disk.Length - room) / sectorSize))
            return null;
        byte[] entries = disk.Slice((long)entriesLba * sectorSize, room).ToArray();
        return Crc32.Compute(entries) != entriesCrc
            ? null
            : new Header(
                BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(32)),
                (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(40)), (ulong)(disk.Length / sectorSize)),
                new Guid(bytes.AsSpan(56, 16)),
                (long)entriesLba,
                (int)size,
                entriesCrc,
                entries);
    }

    private static List<FoundPartition> Partitions(in Header header, int sectorSize)
    {
        var partitions = new List<FoundPartition>();
        for (int i = 0; i < header.Entries.Length / header.EntrySize; i++)
        {
            ReadOnlySpan<byte> entry = header.Entries.AsSpan(i * header.EntrySize, header.EntrySize);
            var type = new Guid(entry[..16]);
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(entry[32..]);
            ulong last = BinaryPrimitives.ReadUInt64LittleEndian(entry[40..]);
            // An entry that ends before it begins, or where no disk is, is none that anything could use.
            if (type == Guid.Empty || last < first || last >= (ulong)(long.MaxValue / sectorSize))
                continue;
            ulong attributes = BinaryPrimitives.ReadUInt64LittleEndian(entry[48..]);
            partitions.Add(new FoundPartition
            {
                Number = i + 1,
                Type = PartitionTypes.ByGuid(type),
                Offset = (long)first * sectorSize,
                Length = (long)(last - first + 1) * sectorSize,
                Label = Name(entry.Slice(56, 2 * GptLayout.NameUnits)),
                Id = new Guid(entry.Slice(16, 16)).ToString(),
                Attributes = attributes,
                Active = (attributes & GptAttributes.LegacyBoot) != 0,
            });
        }

        return partitions;
    }

    private static string Name(ReadOnlySpan<byte> bytes)
    {
        string name = Encoding.Unicode.GetString(bytes);
        int end = name.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? name : name[..end];
    }

    private static bool HasProtectiveMbr(Blob disk)
    {
        byte[] table = disk.Slice(MbrLayout.TableOffset, MbrLayout.TableLength).ToArray();
        return MbrLayout.HasSignature(table) && Enumerable.Range(0, MbrLayout.Slots).Any(slot => MbrLayout.ReadEntry(table, slot).Type == MbrLayout.ProtectiveType);
    }

    private readonly record struct Header(
        ulong AlternateLba, long FirstUsable, Guid DiskId, long EntriesLba, int EntrySize, uint EntriesCrc, byte[] Entries);
}
