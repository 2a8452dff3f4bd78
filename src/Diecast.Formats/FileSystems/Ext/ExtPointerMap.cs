using System.Buffers.Binary;
using System.Diagnostics;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// The block pointers of one inode: twelve in it, then one to a block of pointers, one to a block of those, and one to
/// a block of those again (inodes.rst, "Direct/Indirect Block Addressing"). A block of pointers is there when something
/// is below it.
/// </summary>
/// <remarks>
/// The blocks are counted on each level from 0: block n of the lowest points at content from 12 + n * pointers on, and
/// block n of those above at blocks 1 + n * pointers and on of the level below; what comes before is in the inode. They
/// stand in the order of their numbers, the lowest level first. Which of them are there is kept in ranges, so a file
/// without holes takes three, however large it is.
/// </remarks>
internal sealed class ExtPointerMap
{
    private const int Levels = 3;

    private readonly int _pointers;
    private readonly List<Range>[] _levels = [[], [], []];
    private readonly long[] _firstOrdinals = new long[Levels + 1];

    /// <param name="extents">The content, in ascending order.</param>
    /// <param name="blockSize">Bytes of a block.</param>
    internal ExtPointerMap(ReadOnlySpan<ExtExtent> extents, int blockSize)
    {
        _pointers = blockSize / sizeof(uint);
        Span<long> next = stackalloc long[Levels];
        next.Clear();
        foreach (ExtExtent extent in extents)
            Extend(next, _pointers, extent.Logical, extent.Logical + (long)extent.Blocks, _levels);
        for (int level = 0; level < Levels; level++)
        {
            long count = _levels[level] is [.., var last] ? last.Ordinal + (last.End - last.First) : 0;
            _firstOrdinals[level + 1] = _firstOrdinals[level] + count;
        }
    }

    /// <summary>Blocks that all pointers together reach, as far as logical numbers go.</summary>
    internal static long MaximumFileBlocks(int blockSize)
    {
        long pointers = blockSize / sizeof(uint);
        long reach = ExtFormat.DirectPointers + pointers + (pointers * pointers) + (pointers * pointers * pointers);
        return Math.Min(reach, ExtFormat.MaximumFileBlocks);
    }

    /// <summary>Blocks of pointers that a file with these blocks of content needs.</summary>
    internal static long Count(ReadOnlySpan<ExtRun> runs, int blockSize)
    {
        Span<long> next = stackalloc long[Levels];
        next.Clear();
        long count = 0;
        foreach (ExtRun run in runs)
            count += Extend(next, blockSize / sizeof(uint), run.Logical, run.Logical + (long)run.Blocks, null);
        return count;
    }

    /// <summary>Blocks of pointers that a file with this content needs.</summary>
    internal static long Count(ReadOnlySpan<ExtExtent> extents, int blockSize)
    {
        Span<long> next = stackalloc long[Levels];
        next.Clear();
        long count = 0;
        foreach (ExtExtent extent in extents)
            count += Extend(next, blockSize / sizeof(uint), extent.Logical, extent.Logical + (long)extent.Blocks, null);
        return count;
    }

    /// <summary>Blocks of pointers that a file of so many blocks without holes needs.</summary>
    internal static long Count(long blocks, int blockSize) =>
        blocks == 0 ? 0 : Count([new ExtRun(0, (uint)blocks)], blockSize);

    /// <summary>Fills i_block.</summary>
    /// <param name="root">The field, zero.</param>
    /// <param name="content">The content.</param>
    /// <param name="blocks">The places of the blocks of pointers, by the order in which they stand.</param>
    internal void WriteRoot(Span<byte> root, ReadOnlySpan<ExtExtent> content, ReadOnlySpan<ExtExtent> blocks)
    {
        WriteContent(root[..(ExtFormat.DirectPointers * sizeof(uint))], content, 0);
        for (int level = 0; level < Levels; level++)
        {
            if (_levels[level] is [{ First: 0 }, ..])
                Write(root, ExtFormat.DirectPointers + level, PlaceOf(blocks, _firstOrdinals[level]));
        }
    }

    /// <summary>Fills one of the blocks of pointers.</summary>
    /// <param name="block">The block, zero.</param>
    /// <param name="content">The content.</param>
    /// <param name="blocks">The places of the blocks of pointers, by the order in which they stand.</param>
    /// <param name="ordinal">Which of them.</param>
    internal void WriteBlock(Span<byte> block, ReadOnlySpan<ExtExtent> content, ReadOnlySpan<ExtExtent> blocks, long ordinal)
    {
        int level = 0;
        while (ordinal >= _firstOrdinals[level + 1])
        {
            if (++level == Levels)
                throw new UnreachableException($"a map of {_firstOrdinals[Levels]} blocks has no block {ordinal}");
        }

        ordinal -= _firstOrdinals[level];
        Range range = _levels[level][Search(_levels[level], ordinal, static (range, at) => range.Ordinal <= at)];
        long first = DirectOf(level) + ((range.First + (ordinal - range.Ordinal)) * _pointers);
        if (level == 0)
        {
            WriteContent(block, content, first);
            return;
        }

        List<Range> below = _levels[level - 1];
        long end = first + _pointers;
        for (int i = Math.Max(0, Search(below, first, static (range, at) => range.First <= at)); i < below.Count && below[i].First < end; i++)
        {
            for (long child = Math.Max(first, below[i].First); child < Math.Min(end, below[i].End); child++)
            {
                long place = PlaceOf(blocks, _firstOrdinals[level - 1] + below[i].Ordinal + (child - below[i].First));
                Write(block, (int)(child - first), place);
            }
        }
    }

    private static int DirectOf(int level) => level == 0 ? ExtFormat.DirectPointers : 1;

    /// <summary>Adds content, which comes in ascending order, and tells how many more blocks of pointers it needs.</summary>
    /// <param name="next">On each level the first block that has not been needed yet.</param>
    /// <param name="pointers">Pointers in a block.</param>
    /// <param name="first">The first logical block.</param>
    /// <param name="end">The first after the last.</param>
    /// <param name="levels">Where new blocks are noted.</param>
    private static long Extend(Span<long> next, int pointers, long first, long end, List<Range>[]? levels)
    {
        long added = 0;
        for (int level = 0; level < Levels; level++)
        {
            int direct = DirectOf(level);
            first = Math.Max(first, direct);
            if (first >= end)
                break;
            first = Math.Max((first - direct) / pointers, next[level]);
            end = ((end - 1 - direct) / pointers) + 1;
            if (first >= end)
                break;
            next[level] = end;
            added += end - first;
            if (levels is not null)
                Note(levels[level], first, end);
        }

        return added;
    }

    private static void Note(List<Range> ranges, long first, long end)
    {
        if (ranges is not [.., var last])
            ranges.Add(new Range(first, end, 0));
        else if (last.End == first)
            ranges[^1] = last with { End = end };
        else
            ranges.Add(new Range(first, end, last.Ordinal + (last.End - last.First)));
    }

    private static void WriteContent(Span<byte> block, ReadOnlySpan<ExtExtent> content, long first)
    {
        long end = first + (block.Length / sizeof(uint));
        int low = 0;
        int high = content.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (content[middle].Logical + (long)content[middle].Blocks <= first)
                low = middle + 1;
            else
                high = middle;
        }

        for (; low < content.Length && content[low].Logical < end; low++)
        {
            ExtExtent extent = content[low];
            long from = Math.Max(first, extent.Logical);
            long to = Math.Min(end, extent.Logical + (long)extent.Blocks);
            for (long logical = from; logical < to; logical++)
                Write(block, (int)(logical - first), extent.Physical + (logical - extent.Logical));
        }
    }

    private static long PlaceOf(ReadOnlySpan<ExtExtent> blocks, long ordinal)
    {
        int low = 0;
        int high = blocks.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (blocks[middle].Logical <= ordinal)
                low = middle + 1;
            else
                high = middle;
        }

        ExtExtent found = blocks[low - 1];
        return ordinal < found.Logical + (long)found.Blocks
            ? found.Physical + (ordinal - found.Logical)
            : throw new UnreachableException($"a map's block {ordinal} has no place");
    }

    /// <summary>The last range for which something holds that holds for all before it, or -1.</summary>
    private static int Search(List<Range> ranges, long value, Func<Range, long, bool> holds)
    {
        int low = 0;
        int high = ranges.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (holds(ranges[middle], value))
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    private static void Write(Span<byte> block, int slot, long place) =>
        BinaryPrimitives.WriteUInt32LittleEndian(block[(slot * sizeof(uint))..], checked((uint)place));

    /// <summary>Blocks of pointers that are there, by number; and which of their level's the first of them is.</summary>
    private readonly record struct Range(long First, long End, long Ordinal);
}
