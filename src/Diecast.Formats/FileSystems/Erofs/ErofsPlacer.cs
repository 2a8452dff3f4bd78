namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// Gives inodes their places: one after the other, but what is behind an inode may not go over the end of a block. Where it
/// would, the inode begins just so late that it does not, and smaller ones may fill the gap.
/// </summary>
internal sealed class ErofsPlacer(long start, int blockSize)
{
    private const int MaximumGaps = 16;
    private const int Page = 4096;

    private readonly List<(long Start, long End)> _gaps = [];

    /// <summary>The first byte after everything so far.</summary>
    internal long End { get; private set; } = start;

    /// <summary>Whether so many bytes can be behind an inode at all.</summary>
    internal static bool CanHold(int head, int tail, int blockSize) => (head % ErofsFormat.Slot) + tail <= blockSize;

    /// <summary>A place for an inode.</summary>
    /// <param name="head">Bytes that may go over the end of a block.</param>
    /// <param name="tail">Bytes after them that may not.</param>
    internal long Place(int head, int tail)
    {
        for (int i = 0; i < _gaps.Count; i++)
        {
            (long gapStart, long gapEnd) = _gaps[i];
            if (gapStart + head + tail > gapEnd || !Fits(gapStart + head, tail))
                continue;
            long rest = Units.RoundUp(gapStart + head + tail, ErofsFormat.Slot);
            if (rest < gapEnd)
                _gaps[i] = (rest, gapEnd);
            else
                _gaps.RemoveAt(i);
            return gapStart;
        }

        long first = Units.RoundUp(End, ErofsFormat.Slot);
        long place = first;
        while (!Fits(place + head, tail))
        {
            long boundary = Units.RoundUp(place + head, blockSize);
            place = Math.Max(place + ErofsFormat.Slot, Units.RoundUp(boundary - head, ErofsFormat.Slot));
        }

        if (place > first)
        {
            if (_gaps.Count == MaximumGaps)
                _gaps.RemoveAt(0);
            _gaps.Add((first, place));
        }

        End = place + head + tail;
        return place;
    }

    /// <summary>Ends an area at a byte; what is before it stays as it is.</summary>
    internal void MoveTo(long end)
    {
        End = Math.Max(End, end);
        _gaps.Clear();
    }

    /// <summary>
    /// Where blocks are smaller than pages, Linux 6.18 takes a compressed end for empty whose offset in its page is the size of a
    /// block (z_erofs_fixup_insize, which subtracts one from the other).
    /// </summary>
    private bool Fits(long at, int tail) =>
        tail == 0 || ((at % blockSize) + tail <= blockSize && (blockSize >= Page || at % Page != blockSize));
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
