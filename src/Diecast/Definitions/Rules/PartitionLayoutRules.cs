using System.Globalization;
using Diecast.Planning;

namespace Diecast.Definitions.Rules;

/// <summary>
/// Sizes and places of partitions, as far as they are fixed: multiples of the sector, limits in order, no two in one
/// place, none in the table's. Where the others go is the allocation's business.
/// </summary>
internal static class PartitionLayoutRules
{
    internal static void Check(Image image, Problems problems)
    {
        // A sector size that is no such size is told on its own.
        int sector = image.SectorSize is 512 or 4096 ? image.SectorSize : 512;
        PartitionTableType table = image.PartitionTable ?? PartitionTableType.Gpt;
        CheckMultiple(image.Size.Exact, sector, "image.size", problems);
        for (int i = 0; i < image.Partitions.Count; i++)
            CheckSizes(image.Partitions[i], sector, table, At(i), problems);

        (long first, long afterLast, _) = PartitionSpace.Of(image, table, sector);
        long? end = image.Size.Exact is { Bytes: > 0 } size ? size.Bytes - afterLast : null;
        CheckPlaces(image, first, end, sector, problems);
        CheckSum(image, first, end, problems);
    }

    private static void CheckSizes(Partition partition, int sector, PartitionTableType table, string path, Problems problems)
    {
        CheckMultiple(partition.Size.Exact, sector, $"{path}.size", problems);
        CheckMultiple(partition.Offset, sector, $"{path}.offset", problems);
        if (partition.Alignment.Bytes <= 0 || partition.Alignment.Bytes % sector != 0)
        {
            problems.Add($"{path}.alignment", "not a multiple of the sector", partition.Alignment.ToString(),
                Text($"an alignment is one or more sectors of {sector} bytes"), "take 1M");
        }

        if (table == PartitionTableType.None && partition.Offset is { Bytes: not 0 } offset)
            problems.Add($"{path}.offset", "offset without a table", offset.ToString(), "without a table the image starts with its only partition", "remove it");
        if (partition is { MinSize: { } least, MaxSize: { } most } && least.Bytes > most.Bytes)
            problems.Add($"{path}.minSize", "larger than maxSize", least.ToString(), $"maxSize is {most}", "swap them, or change one");
        if (partition.Size.Exact is { } exact)
        {
            if (partition.MinSize is { } min)
                problems.Add($"{path}.minSize", "minSize beside an exact size", min.ToString(), $"size is {exact}, exactly", "remove one of them");
            if (partition.MaxSize is { } max)
                problems.Add($"{path}.maxSize", "maxSize beside an exact size", max.ToString(), $"size is {exact}, exactly", "remove one of them");
            if (partition.Free.Bytes > 0)
                problems.Add($"{path}.free", "free beside an exact size", partition.Free.ToString(), "free is added to the content when size is auto", "remove one of them");
        }
    }

    private static void CheckMultiple(ByteSize? size, int sector, string path, Problems problems)
    {
        if (size is not { Bytes: > 0 } given || given.Bytes % sector == 0)
            return;
        long below = given.Bytes - (given.Bytes % sector);
        string fix = below > long.MaxValue - sector ? $"take {new ByteSize(below)}" : $"take {new ByteSize(below + sector)}";
        problems.Add(path, "not a multiple of the sector", given.ToString(), Text($"a sector has {sector} bytes"), fix);
    }

    /// <summary>Partitions with an offset take at least their size, their least size, or one sector.</summary>
    private static void CheckPlaces(Image image, long first, long? end, int sector, Problems problems)
    {
        var places = new List<(long Start, long Length, int Index)>();
        for (int i = 0; i < image.Partitions.Count; i++)
        {
            Partition partition = image.Partitions[i];
            if (partition.Offset is not { Bytes: >= 0 } offset)
                continue;
            long length = LeastLength(partition, sector);
            places.Add((offset.Bytes, length, i));
            if (offset.Bytes < first)
            {
                problems.Add($"{At(i)}.offset", "partition in the table's place", offset.ToString(),
                    Text($"it overlaps the table by {first - offset.Bytes} bytes; the first free byte is at {first}"), $"take 1M, or at least {new ByteSize(first)}");
            }

            if (end is { } last && (offset.Bytes > last || length > last - offset.Bytes))
            {
                // Both are far below the range of long unless the definition asks for the absurd.
                UInt128 beyond = UInt128.CreateChecked(offset.Bytes) + UInt128.CreateChecked(length) - UInt128.CreateChecked(Math.Max(0, last));
                problems.Add($"{At(i)}.offset", "partition beyond the image", offset.ToString(),
                    Text($"it ends {beyond} bytes after the last that the image's size and table leave, {Math.Max(0, last)}"), "enlarge image.size, or move it");
            }
        }

        places.Sort();
        (long Start, long Length, int Index) widest = default;
        for (int i = 0; i < places.Count; i++)
        {
            (long start, long length, int index) = places[i];
            if (i > 0 && start - widest.Start < widest.Length)
            {
                long overlap = Math.Min(widest.Length - (start - widest.Start), length);
                problems.Add($"{At(index)}.offset", "partitions that overlap", new ByteSize(start).ToString(),
                    Text($"{At(widest.Index)} has {widest.Length} bytes from {widest.Start}: both hold {overlap} bytes in common"),
                    Beyond(widest.Start, widest.Length) is { } free ? $"take at least {free}" : "move one of them");
            }

            if (i == 0 || Reach(start, length) > Reach(widest.Start, widest.Length))
                widest = places[i];
        }
    }

    private static void CheckSum(Image image, long first, long? end, Problems problems)
    {
        if (end is not { } last)
            return;
        UInt128 sum = UInt128.CreateChecked(first);
        foreach (Partition partition in image.Partitions)
            sum += UInt128.CreateChecked(LeastLength(partition, 0));
        UInt128 room = UInt128.CreateChecked(Math.Max(0, last));
        if (sum > room)
        {
            problems.Add("image.size", "too small for its partitions", image.Size.ToString(),
                Text($"their sizes and the table need {sum - room} bytes more"), "enlarge it, or write auto");
        }
    }

    private static long LeastLength(Partition partition, int otherwise) =>
        Math.Max(partition.Size.Exact?.Bytes ?? partition.MinSize?.Bytes ?? 0, otherwise);

    private static UInt128 Reach(long start, long length) => UInt128.CreateChecked(start) + UInt128.CreateChecked(length);

    private static ByteSize? Beyond(long start, long length) => Reach(start, length) <= long.MaxValue ? new ByteSize(start + length) : null;

    private static string At(int index) => Text($"image.partitions[{index}]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
