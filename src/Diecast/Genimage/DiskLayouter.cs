using Diecast.Formats;

namespace Diecast.Genimage;

/// <summary>
/// Places partitions as genimage does, so that an image of the same configuration has the same sectors: in the order in which
/// they are declared, each after all before it unless it has an offset.
/// </summary>
internal static class DiskLayouter
{
    private const int MostPrimaries = 4;
    private const int MostHybrid = 3;
    private const int MostGpt = 128;
    private const long GptGrain = 4096;
    private const long MbrSignature = 440;
    private const long MbrEntries = 446;

    /// <summary>Gives every partition its place.</summary>
    /// <returns>Bytes of the disk.</returns>
    /// <exception cref="ConfigException">They do not fit, overlap, or the table cannot hold them.</exception>
    internal static long Place(ConfigSection image, DiskSettings disk, IReadOnlyList<DiskEntry> entries)
    {
        bool hasExtended = Classify(image, disk, entries);
        long now = disk.Table switch
        {
            DiskTable.None => 0,
            DiskTable.Mbr => DiskSettings.Sector,
            _ => disk.GptLocation + DiskSettings.GptArray,
        };
        foreach (DiskEntry entry in entries)
        {
            entry.Offset = entry.Section.Size("offset") ?? 0;
            if (entry.Offset == 0 && (entry.IsListed || disk.Table == DiskTable.None))
                entry.Offset = Units.RoundUp(entry.IsLogical ? Units.RoundUp(now, disk.Align) + disk.Align : now, entry.Align);
            if (entry.IsListed && entry.Offset % entry.Align != 0)
                throw entry.Section.Wrong("offset", $"{entry.Name} begins at {entry.Offset}, which is no multiple of {entry.Align}", "move it, or set its align");
            if (entry.IsLogical && entry.Offset < disk.Align)
                throw entry.Section.Wrong("offset", $"{entry.Name} is a logical partition; before it there must be room for its record of {disk.Align} bytes");
            entry.Size = Measure(entry, disk);
            now = Math.Max(now, entry.End);
        }

        long end = disk.HasGpt ? now + DiskSettings.GptBackup : now;
        long length = disk.Size > 0 ? disk.Size : disk.HasGpt ? Units.RoundUp(end, GptGrain) : end;
        if (end > length)
            throw image.Wrong("size", $"{image.Title} has {length} bytes, and its partitions with their table take {end}", $"set size = {end} or more, or leave it out");
        if (disk.HasGpt && length % DiskSettings.Sector != 0)
            throw image.Wrong("size", $"{image.Title} has {length} bytes, which are no whole sectors");
        Verify(disk, entries, length, hasExtended);
        return length;
    }

    /// <summary>Finds which partitions are logical ones.</summary>
    private static bool Classify(ConfigSection image, DiskSettings disk, IReadOnlyList<DiskEntry> entries)
    {
        DiskEntry[] listed = [.. entries.Where(entry => entry.IsListed)];
        if (disk.HasGpt)
        {
            int shared = listed.Count(entry => entry.HasMbrType);
            if (disk.Table == DiskTable.Hybrid && shared == 0)
                throw image.Position.Wrong($"{image.Title} has a hybrid table, and no partition has a partition-type", "set the partition-type of those that the MBR lists, or use partition-table-type = gpt");
            if (shared > MostHybrid)
                throw image.Position.Wrong($"{shared} partitions have a partition-type; beside a GPT an MBR lists {MostHybrid}", "take it off the others");
            if (listed.Length > MostGpt)
                throw image.Position.Wrong($"{listed.Length} partitions are more than the {MostGpt} that a GPT holds");
            return false;
        }

        if (disk.Table != DiskTable.Mbr)
            return false;
        int slot = disk.ExtendedSlot == 0 && listed.Length > MostPrimaries ? MostPrimaries : disk.ExtendedSlot;
        int primaries = 0;
        bool hasLogical = false;
        foreach (DiskEntry entry in listed)
        {
            if (entry.IsForcedPrimary && !hasLogical)
                throw entry.Section.Wrong("forced-primary", $"{entry.Name} is a forced primary partition, and no logical one stands before it", "leave forced-primary out");
            entry.IsLogical = slot > 0 && primaries >= slot - 1 && !entry.IsForcedPrimary;
            if (entry.IsLogical && !hasLogical)
                (hasLogical, primaries) = (true, primaries + 1);
            else if (!entry.IsLogical)
                primaries++;
            if (primaries > MostPrimaries)
                throw entry.Section.Position.Wrong($"{entry.Name} would be the fifth entry of an MBR, which has four", "leave forced-primary out, or choose another extended-partition");
        }

        return hasLogical;
    }

    private static long Measure(DiskEntry entry, DiskSettings disk)
    {
        long size = entry.Section.Size("size") ?? 0;
        if (entry.Autoresize)
        {
            if (disk.Size == 0)
                throw entry.Section.Wrong("autoresize", $"{entry.Name} is to fill the disk, whose size is not given", "set size of the image");
            long least = size;
            long end = disk.Size - (disk.HasGpt ? DiskSettings.GptBackup : 0);
            size = (end - entry.Offset) / entry.Align * entry.Align;
            if (size < Math.Max(least, 1))
                throw entry.Section.Wrong("autoresize", $"{entry.Name} gets {Math.Max(size, 0)} bytes, fewer than the {Math.Max(least, 1)} that it needs", "set a larger size of the image");
        }

        if (entry.Content is { } content)
        {
            if (size == 0)
                size = entry.IsListed ? Units.RoundUp(content.Length, entry.Align) : content.Length;
            else if (content.Length > size)
                throw entry.Section.Wrong("size", $"{entry.Name} has {size} bytes, and {entry.Section.Text("image")} {content.Length}", "make the partition larger, or the image smaller");
        }

        if (size <= 0)
            throw entry.Section.Wrong("size", $"{entry.Name} has no size", "set size, or an image that has one");
        return !entry.IsListed || size % DiskSettings.Sector == 0
            ? size
            : throw entry.Section.Wrong("size", $"{entry.Name} has {size} bytes, which are no whole sectors of 512");
    }

    private static void Verify(DiskSettings disk, IReadOnlyList<DiskEntry> entries, long length, bool hasExtended)
    {
        var taken = new List<Area>();
        if (disk.Table != DiskTable.None)
            taken.Add(new Area("the MBR", disk.SkipsOptionals ? MbrEntries : MbrSignature, DiskSettings.Sector, null));
        if (disk.HasGpt)
        {
            taken.Add(new Area("the GPT's header", DiskSettings.Sector, 2 * DiskSettings.Sector, null));
            taken.Add(new Area("the GPT's table", disk.GptLocation, disk.GptLocation + DiskSettings.GptArray, null));
            if (disk.GptHasBackup)
                taken.Add(new Area("the GPT's backup", length - DiskSettings.GptBackup, length, null));
        }

        foreach (DiskEntry entry in entries.Where(entry => entry.IsLogical))
            taken.Add(new Area($"the record of {entry.Name}", entry.Offset - disk.Align, entry.Offset - disk.Align + DiskSettings.Sector, null));
        if (hasExtended)
        {
            long start = entries.Where(entry => entry.IsLogical).Min(entry => entry.Offset) - disk.Align;
            long end = entries.Where(entry => entry.IsLogical).Max(entry => entry.End);
            if (entries.FirstOrDefault(entry => entry is { IsListed: true, IsLogical: false } && entry.Offset < end && entry.End > start) is { } within)
                throw within.Section.Position.Wrong($"{within.Name} lies within the extended partition, from {start} to {end}", "put all logical partitions one after the other");
        }

        foreach (DiskEntry entry in entries)
        {
            if (entry.End > length)
                throw entry.Section.Position.Wrong($"{entry.Name} ends at {entry.End}, past the end of the disk at {length}");
            var area = new Area(entry.Name, entry.Offset, entry.End, entry);
            foreach (Area other in taken)
            {
                if (area.Meets(other))
                {
                    throw entry.Section.Position.Wrong(
                        $"{entry.Name}, from {area.Start} to {area.End}, overlaps {other.Name}, from {other.Start} to {other.End}",
                        "move one of them; a range of its image that holds nothing is declared by file { holes = \"(START; END)\" }");
                }
            }

            taken.Add(area);
        }
    }

    private readonly record struct Area(string Name, long Start, long End, DiskEntry? Entry)
    {
        internal bool Meets(Area other)
        {
            long from = Math.Max(Start, other.Start);
            long to = Math.Min(End, other.End);
            return from < to && !Covers(from, to) && !other.Covers(from, to);
        }

        /// <summary>Whether a hole of its content covers a range.</summary>
        private bool Covers(long from, long to)
        {
            if (Entry is not { } entry)
                return false;
            long start = Start;
            return entry.Holes.Any(hole => start + hole.Start <= from && start + hole.End >= to);
        }
    }
}
