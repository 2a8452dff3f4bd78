namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// Where the fixed tables stand, and the blocks between them, which are handed out in ascending order and never given
/// back: everything below the next free block is in use.
/// </summary>
internal sealed class ExtBlockMap
{
    private readonly ExtGeometry _geometry;
    private readonly List<Range> _fixed = [];
    private int _nextFixed;

    internal ExtBlockMap(ExtGeometry geometry)
    {
        _geometry = geometry;
        BlockBitmaps = new long[geometry.Groups];
        InodeBitmaps = new long[geometry.Groups];
        InodeTables = new long[geometry.Groups];
        var tables = new List<Range>();
        for (int flex = 0; flex < geometry.Groups; flex += geometry.GroupsPerFlex)
            PlaceTables(flex, Math.Min(flex + geometry.GroupsPerFlex, geometry.Groups), tables);
        for (int group = 0; group < geometry.Groups; group++)
        {
            int head = geometry.HeadBlocks(group);
            if (head > 0)
                tables.Add(new Range(geometry.FirstBlock(group), head));
        }

        if (geometry.FirstDataBlock > 0)
            tables.Add(new Range(0, geometry.FirstDataBlock));
        tables.Sort();
        foreach (Range range in tables)
        {
            if (_fixed.Count > 0 && _fixed[^1].End == range.First)
                _fixed[^1] = new Range(_fixed[^1].First, range.End - _fixed[^1].First);
            else
                _fixed.Add(range);
        }

        SkipFixed();
        ReserveJournal();
    }

    /// <summary>Where the journal begins that has a place of its own, or zero where it takes the first free blocks.</summary>
    internal long JournalFirst { get; private set; }

    internal long[] BlockBitmaps { get; }

    internal long[] InodeBitmaps { get; }

    internal long[] InodeTables { get; }

    /// <summary>The next block that would be handed out; all below it are in use.</summary>
    internal long Next { get; private set; }

    /// <summary>Blocks asked for past the end.</summary>
    internal long Shortfall { get; private set; }

    /// <summary>Hands out up to <paramref name="limit"/> adjacent blocks; where none are left, none.</summary>
    internal int Take(long limit, out long first)
    {
        first = Next;
        long end = _nextFixed < _fixed.Count ? _fixed[_nextFixed].First : _geometry.Blocks;
        int count = (int)Math.Min(limit, end - Next);
        if (count <= 0)
            return 0;
        Next += count;
        SkipFixed();
        return count;
    }

    /// <summary>Hands out one block; where none is left, counts it as lacking.</summary>
    internal long TakeOne()
    {
        if (Take(1, out long block) == 0)
            Lack(1);
        return block;
    }

    internal void Lack(long blocks) => Shortfall += blocks;

    /// <summary>Sets the bits of the blocks of a group that are in use, and counts them.</summary>
    internal int MarkUsed(int group, Span<byte> bitmap)
    {
        long start = _geometry.FirstBlock(group);
        long end = start + _geometry.BlocksIn(group);
        int used = 0;
        long position = start;
        if (Next > start)
        {
            position = Math.Min(Next, end);
            used += Mark(bitmap, start, start, position);
        }

        for (int i = FirstFixedEndingAfter(position); i < _fixed.Count && _fixed[i].First < end; i++)
            used += Mark(bitmap, start, Math.Max(_fixed[i].First, position), Math.Min(_fixed[i].End, end));
        return used;
    }

    internal static void SetBits(Span<byte> bitmap, int from, int to)
    {
        for (; from < to && (from & 7) != 0; from++)
            bitmap[from >> 3] |= (byte)(1 << (from & 7));
        if (to - from >= 8)
        {
            bitmap[(from >> 3)..(to >> 3)].Fill(0xff);
            from = to & ~7;
        }

        for (; from < to; from++)
            bitmap[from >> 3] |= (byte)(1 << (from & 7));
    }

    private static int Mark(Span<byte> bitmap, long start, long from, long to)
    {
        if (!bitmap.IsEmpty)
            SetBits(bitmap, (int)(from - start), (int)(to - start));
        return (int)(to - from);
    }

    /// <summary>
    /// Packs the bitmaps, then the inode tables, of a flex group from its first block on; a table that would run into
    /// a superblock goes behind it.
    /// </summary>
    private void PlaceTables(int first, int end, List<Range> tables)
    {
        long position = _geometry.FirstBlock(first);
        long limit = _geometry.FirstBlock(end - 1) + _geometry.BlocksIn(end - 1);
        for (int group = first; group < end; group++)
            BlockBitmaps[group] = Reserve(ref position, 1, limit, tables);
        for (int group = first; group < end; group++)
            InodeBitmaps[group] = Reserve(ref position, 1, limit, tables);
        for (int group = first; group < end; group++)
            InodeTables[group] = Reserve(ref position, _geometry.InodeTableBlocks, limit, tables);
    }

    private long Reserve(ref long position, int count, long limit, List<Range> tables)
    {
        for (int group = _geometry.GroupOf(position); group < _geometry.Groups; group++)
        {
            long super = _geometry.FirstBlock(group);
            if (super >= position + count)
                break;
            int head = _geometry.HeadBlocks(group);
            if (head > 0 && position < super + head)
                position = super + head;
        }

        if (position + count > limit)
            throw new UnrepresentableException(ExtFormat.Name, null, $"{_geometry.Inodes} inodes leave no room between the superblocks for their tables");
        long at = position;
        tables.Add(new Range(at, count));
        position += count;
        return at;
    }

    /// <summary>
    /// Keeps the first run of blocks for a journal and its extent tree that fits them whole, where the first free blocks
    /// do not: one run is written faster, and the file system is large enough for the gap before it not to matter.
    /// </summary>
    private void ReserveJournal()
    {
        long extents = Units.Divide(_geometry.JournalBlocks, ExtExtentTree.MaximumBlocks);
        long tree = ExtExtentTree.Blocks(extents, _geometry.BlockSize);
        long blocks = _geometry.JournalBlocks + tree;
        if (!_geometry.MayPlaceJournal || tree > 1 || _nextFixed == _fixed.Count || _fixed[_nextFixed].First - Next >= blocks)
            return;
        for (int i = _nextFixed; i < _fixed.Count; i++)
        {
            long end = i + 1 < _fixed.Count ? _fixed[i + 1].First : _geometry.Blocks;
            if (end - _fixed[i].End < blocks)
                continue;
            JournalFirst = _fixed[i].End;
            _fixed[i] = _fixed[i] with { Count = _fixed[i].Count + blocks };
            return;
        }
    }

    private void SkipFixed()
    {
        while (_nextFixed < _fixed.Count && _fixed[_nextFixed].First == Next)
            Next = _fixed[_nextFixed++].End;
    }

    private int FirstFixedEndingAfter(long block)
    {
        int low = 0;
        int high = _fixed.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_fixed[middle].End <= block)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private readonly record struct Range(long First, long Count) : IComparable<Range>
    {
        internal long End => First + Count;

        public int CompareTo(Range other) => First.CompareTo(other.First);
    }
}
