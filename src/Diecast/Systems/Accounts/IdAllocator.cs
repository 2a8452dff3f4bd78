namespace Diecast.Systems.Accounts;

/// <summary>Chooses ids as shadow-utils does (libmisc find_new_uid.c, find_new_gid.c, lib/subordinateio.c).</summary>
internal static class IdAllocator
{
    /// <summary>The id after the highest used one of the range; when that is the last, the lowest free one. Null: full.</summary>
    internal static uint? Upward((long First, long Last) range, IReadOnlySet<uint> used, IReadOnlySet<uint> reserved)
    {
        long start = range.First;
        foreach (uint id in used)
        {
            if (id >= start && id <= range.Last)
                start = id + 1L;
        }

        return FirstFree(start, range.Last, 1, used, reserved) ?? FirstFree(range.First, range.Last, 1, used, reserved);
    }

    /// <summary>The id below the lowest used one of the range; when that is the first, the highest free one. Null: full.</summary>
    internal static uint? Downward((long First, long Last) range, IReadOnlySet<uint> used, IReadOnlySet<uint> reserved)
    {
        long start = range.Last;
        foreach (uint id in used)
        {
            if (id <= start && id >= range.First)
                start = id - 1L;
        }

        return FirstFree(start, range.First, -1, used, reserved) ?? FirstFree(range.Last, range.First, -1, used, reserved);
    }

    /// <summary>The start of the first gap of <paramref name="count"/> ids between the ranges that are taken. Null: none.</summary>
    internal static long? Gap(long first, long last, long count, IEnumerable<(long Start, long Count)> taken)
    {
        long low = first;
        foreach ((long start, long length) in taken.OrderBy(range => range.Start))
        {
            if (Math.Min(start, last + 1) - low >= count)
                return low;
            low = Math.Max(low, start + length);
        }

        return last - low + 1 >= count ? low : null;
    }

    private static uint? FirstFree(long from, long to, int step, IReadOnlySet<uint> used, IReadOnlySet<uint> reserved)
    {
        for (long id = from; step > 0 ? id <= to : id >= to; id += step)
        {
            if (id is >= 0 and < uint.MaxValue && !used.Contains((uint)id) && !reserved.Contains((uint)id))
                return (uint)id;
        }

        return null;
    }
}
