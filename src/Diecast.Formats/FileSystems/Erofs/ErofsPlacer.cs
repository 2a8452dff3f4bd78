namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// Gives inodes their places: one after the other, but what is behind an inode may not go over the end of a block. Where it
/// would, the inode begins just so late that it does not, and others fill the gap: the shortest gap that is long enough, of
/// several the nearest.
/// </summary>
internal sealed class ErofsPlacer
{
    private const int Page = 4096;

    private readonly int _blockSize;

    /// <summary>Where gaps begin, by their length in slots; of one that is longer than a block, as Linux's limit makes them, a block counts.</summary>
    private readonly Stack<long>[] _gaps;

    internal ErofsPlacer(long start, int blockSize)
    {
        End = start;
        _blockSize = blockSize;
        _gaps = [.. Enumerable.Range(0, (blockSize / ErofsFormat.Slot) + 1).Select(_ => new Stack<long>())];
    }

    /// <summary>The first byte after everything so far.</summary>
    internal long End { get; private set; }

    /// <summary>Whether so many bytes can be behind an inode at all.</summary>
    internal static bool CanHold(int head, int tail, int blockSize) => (head % ErofsFormat.Slot) + tail <= blockSize;

    /// <summary>A place for an inode.</summary>
    /// <param name="head">Bytes that may go over the end of a block.</param>
    /// <param name="tail">Bytes after them that may not.</param>
    internal long Place(int head, int tail)
    {
        int slots = (int)Units.Divide(head + tail, ErofsFormat.Slot);
        for (int length = slots; length < _gaps.Length; length++)
        {
            if (!_gaps[length].TryPeek(out long gap) || !Fits(gap + head, tail))
                continue;
            _gaps[length].Pop();
            AddGap(gap + ((long)slots * ErofsFormat.Slot), length - slots);
            return gap;
        }

        long first = Units.RoundUp(End, ErofsFormat.Slot);
        long place = first;
        while (!Fits(place + head, tail))
        {
            long boundary = Units.RoundUp(place + head, _blockSize);
            place = Math.Max(place + ErofsFormat.Slot, Units.RoundUp(boundary - head, ErofsFormat.Slot));
        }

        AddGap(first, (int)((place - first) / ErofsFormat.Slot));
        End = place + head + tail;
        return place;
    }

    /// <summary>Ends an area at a byte; what is before it stays as it is.</summary>
    internal void MoveTo(long end)
    {
        End = Math.Max(End, end);
        foreach (Stack<long> gaps in _gaps)
            gaps.Clear();
    }

    private void AddGap(long start, int slots)
    {
        if (slots > 0)
            _gaps[Math.Min(slots, _gaps.Length - 1)].Push(start);
    }

    /// <summary>
    /// Where blocks are smaller than pages, Linux 6.18 takes a compressed end for empty whose offset in its page is the size of a
    /// block (z_erofs_fixup_insize, which subtracts one from the other).
    /// </summary>
    private bool Fits(long at, int tail) =>
        tail == 0 || ((at % _blockSize) + tail <= _blockSize && (_blockSize >= Page || at % Page != _blockSize));
}

/// <summary>
/// Ends of directories in a stable layout: what is below one ends at a multiple, from its beginning on, of a power of two that is
/// a share of its size. What changes in it then moves nothing behind it, as long as that end is the same.
/// </summary>
internal sealed class ErofsRegions(int share, long unit)
{
    private readonly Stack<(int End, long Start)> _open = new();

    /// <summary>Directories that have begun and not ended.</summary>
    internal int Count => _open.Count;

    /// <summary>Begins what is below a directory.</summary>
    /// <param name="end">The place after its last inode.</param>
    /// <param name="position">Where it begins.</param>
    internal void Open(int end, long position) => _open.Push((end, position));

    /// <summary>Ends what ends before an inode, and returns where what follows begins.</summary>
    internal long Close(int next, long position)
    {
        while (_open.TryPeek(out (int End, long Start) region) && region.End <= next)
        {
            _open.Pop();
            long used = position - region.Start;
            long grain = unit;
            while (grain * 2 * share <= used)
                grain *= 2;
            position = region.Start + Units.RoundUp(used, grain);
        }

        return position;
    }
}
