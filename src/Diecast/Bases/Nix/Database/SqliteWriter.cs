using System.Buffers.Binary;

namespace Diecast.Bases.Nix.Database;

/// <summary>
/// Writes a whole SQLite database at once, from rows that are sorted already. SQLite's own library would leave its version and
/// its way of splitting pages in the file; this one gives the same bytes everywhere, and needs no library.
/// </summary>
internal sealed class SqliteWriter
{
    private readonly List<byte[]> _pages = [new byte[SqliteLayout.PageSize]];
    private readonly List<byte[]> _schema = [];

    /// <summary>Adds a table.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="sql">Its declaration.</param>
    /// <param name="rows">Its rows, in ascending order of their numbers.</param>
    internal void AddTable(string name, string sql, IEnumerable<(long RowId, byte[] Record)> rows) => Declare("table", name, name, WriteTable(rows), sql);

    /// <summary>Adds an index.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="table">The table that it is of.</param>
    /// <param name="sql">Its declaration; null for one that a table's declaration implies.</param>
    /// <param name="entries">Its entries, each the indexed values and the row's number, in ascending order.</param>
    internal void AddIndex(string name, string table, string? sql, IEnumerable<byte[]> entries) => Declare("index", name, table, WriteIndex(entries), sql);

    /// <summary>Adds what is a declaration alone.</summary>
    internal void AddTrigger(string name, string table, string sql) => Declare("trigger", name, table, 0, sql);

    /// <summary>The database.</summary>
    internal byte[] ToArray()
    {
        var cells = _schema.Select((record, index) => TableCell(index + 1, record)).ToArray();
        byte[] first = Page(SqliteLayout.LeafTable, cells, 0, SqliteLayout.FileHeaderSize);
        SqliteLayout.WriteFileHeader(first, _pages.Count);
        _pages[0] = first;
        byte[] file = new byte[(long)_pages.Count * SqliteLayout.PageSize];
        for (int i = 0; i < _pages.Count; i++)
            _pages[i].CopyTo(file.AsSpan(i * SqliteLayout.PageSize));
        return file;
    }

    private void Declare(string type, string name, string table, int root, string? sql) =>
        _schema.Add(SqliteRecord.Encode(type, name, table, (long)root, sql));

    private int AddPage(byte[] page)
    {
        _pages.Add(page);
        return _pages.Count;
    }

    private int WriteTable(IEnumerable<(long RowId, byte[] Record)> rows)
    {
        var level = new List<(int Page, long LastRow)>();
        var cells = new List<byte[]>();
        long last = 0;
        foreach ((long rowId, byte[] record) in rows)
        {
            byte[] cell = TableCell(rowId, record);
            if (Size(cells, SqliteLayout.LeafHeaderSize) + SizeOf(cell) > SqliteLayout.PageSize)
                Finish();
            cells.Add(cell);
            last = rowId;
        }

        Finish();
        while (level.Count > 1)
        {
            (byte[] Cell, (int Page, long LastRow) Child)[] below = [.. level.Select(child => (InteriorTableCell(child.Page, child.LastRow), child))];
            level =
            [
                .. Group([.. below.Select(child => SizeOf(child.Cell))]).Select(range =>
                {
                    var (own, right) = (below[range][..^1], below[range][^1].Child);
                    return (AddPage(Page(SqliteLayout.InteriorTable, [.. own.Select(child => child.Cell)], right.Page, 0)), right.LastRow);
                }),
            ];
        }

        return level[0].Page;

        void Finish()
        {
            level.Add((AddPage(Page(SqliteLayout.LeafTable, cells, 0, 0)), last));
            cells.Clear();
        }
    }

    /// <summary>In an index each entry is once: those between two pages are in the page above.</summary>
    private int WriteIndex(IEnumerable<byte[]> entries)
    {
        List<List<byte[]>> leaves = [[]];
        var between = new List<byte[]>();
        foreach (byte[] entry in entries)
        {
            byte[] cell = IndexCell(entry);
            if (Size(leaves[^1], SqliteLayout.LeafHeaderSize) + SizeOf(cell) <= SqliteLayout.PageSize)
            {
                leaves[^1].Add(cell);
                continue;
            }

            between.Add(cell);
            leaves.Add([]);
        }

        if (leaves is [.., var before, { Count: 0 }])
        {
            // The last page has what stood before it, and the page before gives its last.
            leaves[^1].Add(between[^1]);
            between[^1] = before[^1];
            before.RemoveAt(before.Count - 1);
        }

        List<int> level = [.. leaves.Select(cells => AddPage(Page(SqliteLayout.LeafIndex, cells, 0, 0)))];
        while (level.Count > 1)
        {
            byte[][] own = [.. between.Select((cell, i) => (byte[])[.. Number(level[i]), .. cell])];
            List<Range> groups = Group([.. own.Select(SizeOf), 0]);
            List<int> children = level;
            level = [.. groups.Select(range => AddPage(Page(SqliteLayout.InteriorIndex, own[range.Start..(range.End.Value - 1)], children[range.End.Value - 1], 0)))];
            between = [.. groups.SkipLast(1).Select(range => between[range.End.Value - 1])];
        }

        return level[0];
    }

    /// <summary>Shares children out to pages, each with two or more: cells for all but the last of them.</summary>
    private static List<Range> Group(int[] sizes)
    {
        var groups = new List<Range>();
        int start = 0;
        int size = SqliteLayout.InteriorHeaderSize;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (size + sizes[i] <= SqliteLayout.PageSize && i < sizes.Length - 1)
            {
                size += sizes[i];
                continue;
            }

            groups.Add(start..(i + 1));
            start = i + 1;
            size = SqliteLayout.InteriorHeaderSize;
        }

        if (groups.Count > 1 && groups[^1].End.Value - groups[^1].Start.Value == 1)
        {
            groups[^2] = groups[^2].Start.Value..(groups[^2].End.Value - 1);
            groups[^1] = (groups[^1].Start.Value - 1)..groups[^1].End.Value;
        }

        return groups;
    }

    private static byte[] Number(int page)
    {
        byte[] bytes = new byte[SqliteLayout.PageNumberSize];
        BinaryPrimitives.WriteInt32BigEndian(bytes, page);
        return bytes;
    }

    private static byte[] InteriorTableCell(int page, long lastRow)
    {
        List<byte> cell = [.. Number(page)];
        SqliteLayout.AppendVarint(cell, lastRow);
        return [.. cell];
    }

    private byte[] TableCell(long rowId, byte[] record)
    {
        var cell = new List<byte>();
        SqliteLayout.AppendVarint(cell, record.Length);
        SqliteLayout.AppendVarint(cell, rowId);
        AppendPayload(cell, record, SqliteLayout.MostInTable);
        return [.. cell];
    }

    private byte[] IndexCell(byte[] record)
    {
        var cell = new List<byte>();
        SqliteLayout.AppendVarint(cell, record.Length);
        AppendPayload(cell, record, SqliteLayout.MostInIndex);
        return [.. cell];
    }

    /// <summary>1.6: what is too long for its page goes on in overflow pages, of which all but the last are full.</summary>
    private void AppendPayload(List<byte> cell, byte[] payload, int most)
    {
        if (payload.Length <= most)
        {
            cell.AddRange(payload);
            return;
        }

        int local = SqliteLayout.LeastInPage + ((payload.Length - SqliteLayout.LeastInPage) % SqliteLayout.OverflowRoom);
        if (local > most)
            local = SqliteLayout.LeastInPage;
        cell.AddRange(payload.AsSpan(0, local));
        cell.AddRange(Number(_pages.Count + 1));
        for (int at = local; at < payload.Length; at += SqliteLayout.OverflowRoom)
        {
            int count = Math.Min(SqliteLayout.OverflowRoom, payload.Length - at);
            byte[] page = new byte[SqliteLayout.PageSize];
            if (at + count < payload.Length)
                Number(_pages.Count + 2).CopyTo(page, 0);
            payload.AsSpan(at, count).CopyTo(page.AsSpan(SqliteLayout.PageNumberSize));
            AddPage(page);
        }
    }

    /// <summary>Room of a cell with its pointer; SQLite gives none less than four bytes, so that it can be freed.</summary>
    private static int SizeOf(byte[] cell) => Math.Max(cell.Length, 4) + SqliteLayout.CellPointerSize;

    private static int Size(List<byte[]> cells, int header) => header + cells.Sum(SizeOf);

    private static byte[] Page(byte type, IReadOnlyList<byte[]> cells, int rightChild, int offset)
    {
        byte[] page = new byte[SqliteLayout.PageSize];
        int pointer = offset + (type is SqliteLayout.LeafIndex or SqliteLayout.LeafTable ? SqliteLayout.LeafHeaderSize : SqliteLayout.InteriorHeaderSize);
        int start = SqliteLayout.PageSize;
        for (int i = 0; i < cells.Count; i++)
        {
            start -= Math.Max(cells[i].Length, 4);
            if (start < pointer + ((cells.Count - i) * SqliteLayout.CellPointerSize))
                throw new InvalidOperationException("the cells of a database's page do not fit");
            cells[i].CopyTo(page, start);
            BinaryPrimitives.WriteUInt16BigEndian(page.AsSpan(pointer), (ushort)start);
            pointer += SqliteLayout.CellPointerSize;
        }

        SqliteLayout.WritePageHeader(page.AsSpan(offset), type, cells.Count, start, rightChild);
        return page;
    }
}
