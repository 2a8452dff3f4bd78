using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Partitioning;

namespace Diecast.Genimage;

/// <summary>Writes the tables of a disk, byte for byte as genimage does.</summary>
internal static class DiskTables
{
    private const byte Extended = 0x0F;

    /// <summary>Lays the disk.</summary>
    /// <param name="disk">What is said of it.</param>
    /// <param name="entries">Its partitions, placed.</param>
    /// <param name="length">Its bytes.</param>
    internal static Blob Compose(DiskSettings disk, IReadOnlyList<DiskEntry> entries, long length)
    {
        var layers = new OverlayBuilder();
        long end = 0;
        foreach (DiskEntry entry in entries)
        {
            if (entry.Content is not { } content || (content.Length == 0 && !entry.Fill))
                continue;
            layers.Lay(entry.Offset, entry is { Fill: true, IsSparse: false } ? ExplicitZeros.In(content, entry.Size) : entry.IsSparse ? content : ExplicitZeros.In(content, content.Length));
            end = Math.Max(end, entry.Fill ? entry.End : entry.Offset + content.Length);
        }

        DiskEntry[] logical = [.. entries.Where(entry => entry.IsLogical)];
        for (int i = 0; i < logical.Length; i++)
            layers.Lay(logical[i].Offset - disk.Align + EntriesOffset, ExtendedRecord(disk, logical, i));
        if (disk.HasGpt)
        {
            byte[] table = GptEntries(entries);
            uint checksum = Crc32.Compute(table);
            layers.Lay(DiskSettings.Sector, Blob.FromMemory(GptHeader(disk, entries, length, checksum, isBackup: false)));
            layers.Lay(disk.GptLocation, Blob.FromMemory(table));
            if (disk.GptHasBackup)
            {
                layers.Lay(length - DiskSettings.GptBackup, Blob.FromMemory(table));
                layers.Lay(length - DiskSettings.Sector, Blob.FromMemory(GptHeader(disk, entries, length, checksum, isBackup: true)));
            }
        }

        if (disk.Table != DiskTable.None)
        {
            byte[] table = Mbr(disk, entries, length);
            int skipped = disk.SkipsOptionals ? EntriesOffset - MbrLayout.TableOffset : 0;
            layers.Lay(MbrLayout.TableOffset + skipped, Blob.FromMemory(table.AsMemory(skipped)));
        }


        end = Math.Max(end, layers.End);
        // A file ends with what is in it; whoever wants all of the disk says so.
        return layers.ToBlob(disk.Fill || (disk.HasGpt && disk.GptHasBackup) ? length : end);
    }

    private static int EntriesOffset => MbrLayout.TableOffset + 6;

    private static byte[] Mbr(DiskSettings disk, IReadOnlyList<DiskEntry> entries, long length)
    {
        byte[] table = new byte[MbrLayout.TableLength];
        MbrLayout.Initialize(table, disk.Signature);
        if (disk.Table == DiskTable.Gpt)
        {
            WriteEntry(table, 0, false, MbrLayout.ProtectiveType, 1, (length / DiskSettings.Sector) - 1);
            return table;
        }

        int slot = 0;
        bool hasExtended = false;
        foreach (DiskEntry entry in entries.Where(entry => entry.IsListed))
        {
            if (disk.Table == DiskTable.Hybrid && !entry.HasMbrType)
                continue;
            if (!entry.IsLogical)
            {
                WriteEntry(table, slot++, entry.Bootable, entry.MbrType, entry.Offset / DiskSettings.Sector, entry.Size / DiskSettings.Sector);
            }
            else if (!hasExtended)
            {
                hasExtended = true;
                long start = (entry.Offset - disk.Align) / DiskSettings.Sector;
                long end = entries.Where(other => other.IsLogical).Max(other => other.End) / DiskSettings.Sector;
                WriteEntry(table, slot++, entry.Bootable, Extended, start, end - start);
            }
        }

        if (disk.Table == DiskTable.Hybrid)
            WriteEntry(table, slot, false, MbrLayout.ProtectiveType, 1, ((disk.GptLocation + DiskSettings.GptArray) / DiskSettings.Sector) - 1);
        return table;
    }

    /// <summary>What stands before a logical partition: the partition, and the next record's place in the extended partition.</summary>
    private static Blob ExtendedRecord(DiskSettings disk, DiskEntry[] logical, int index)
    {
        byte[] table = new byte[MbrLayout.TableLength];
        MbrLayout.Initialize(table, 0);
        long gap = disk.Align / DiskSettings.Sector;
        long record = (logical[index].Offset / DiskSettings.Sector) - gap;
        WriteEntry(table, 0, false, logical[index].MbrType, gap, logical[index].Size / DiskSettings.Sector, record);
        if (index + 1 < logical.Length)
        {
            DiskEntry next = logical[index + 1];
            WriteEntry(table, 1, false, Extended, (next.Offset - logical[0].Offset) / DiskSettings.Sector, (next.Size / DiskSettings.Sector) + gap, (logical[0].Offset / DiskSettings.Sector) - gap);
        }

        return Blob.FromMemory(table.AsMemory(EntriesOffset - MbrLayout.TableOffset));
    }

    /// <param name="table">The table.</param>
    /// <param name="slot">From 0.</param>
    /// <param name="bootable">Whether it is marked as such.</param>
    /// <param name="type">Its type.</param>
    /// <param name="start">Its first sector.</param>
    /// <param name="count">Its sectors.</param>
    /// <param name="from">The sector that its first one is counted from; cylinders are those of the disk.</param>
    private static void WriteEntry(Span<byte> table, int slot, bool bootable, byte type, long start, long count, long from = 0)
    {
        uint first = (uint)Math.Min(start, uint.MaxValue);
        uint length = (uint)Math.Min(count, uint.MaxValue);
        MbrLayout.WriteEntry(
            table, slot, bootable ? MbrLayout.Active : (byte)0, MbrLayout.Chs.Of(from + first), type, MbrLayout.Chs.Of(from + first + length - 1), first, length);
    }

    private static byte[] GptEntries(IReadOnlyList<DiskEntry> entries)
    {
        byte[] table = new byte[DiskSettings.GptArray];
        int slot = 0;
        foreach (DiskEntry entry in entries.Where(entry => entry.IsListed))
        {
            GptLayout.WriteEntry(
                table.AsSpan(slot++ * GptLayout.EntryLength, GptLayout.EntryLength),
                entry.Type,
                entry.Id,
                entry.Offset / DiskSettings.Sector,
                (entry.End / DiskSettings.Sector) - 1,
                entry.Attributes,
                entry.Name.Length > GptLayout.NameUnits ? entry.Name[..GptLayout.NameUnits] : entry.Name);
        }

        return table;
    }

    /// <summary>What may be used begins after all that lies before the first partition and is none itself: tables and boot loaders.</summary>
    private static long FirstUsable(DiskSettings disk, IReadOnlyList<DiskEntry> entries)
    {
        long partition = entries.Where(entry => entry.IsListed).Select(entry => entry.Offset).DefaultIfEmpty(long.MaxValue).Min();
        return entries.Where(entry => !entry.IsListed).Select(entry => (entry.Offset, entry.End))
            .Append((disk.GptLocation, disk.GptLocation + DiskSettings.GptArray))
            .Where(area => area.Item1 < partition)
            .Select(area => Units.Divide(area.Item2, DiskSettings.Sector))
            .DefaultIfEmpty(2)
            .Max();
    }

    private static byte[] GptHeader(DiskSettings disk, IReadOnlyList<DiskEntry> entries, long length, uint tableChecksum, bool isBackup)
    {
        const long Primary = 1;
        long last = (length / DiskSettings.Sector) - 1;
        long backup = disk.GptHasBackup ? last : Primary;
        byte[] header = new byte[GptLayout.HeaderLength];
        GptLayout.WriteHeader(header, new GptLayout.Header(
            isBackup ? last : Primary,
            isBackup ? Primary : backup,
            FirstUsable(disk, entries),
            last - (DiskSettings.GptBackup / DiskSettings.Sector),
            disk.Id,
            (isBackup ? length - DiskSettings.GptBackup : disk.GptLocation) / DiskSettings.Sector,
            (int)(DiskSettings.GptArray / GptLayout.EntryLength),
            tableChecksum));
        return header;
    }
}
