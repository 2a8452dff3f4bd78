using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Disks;

/// <summary>Writes an image with compressed clusters from the disk's bytes in their order.</summary>
/// <remarks>
/// The order is header, clusters, L1 table, refcount blocks, refcount table. L2 tables and refcount blocks stand between
/// the clusters, each where it was complete, so that no more than one of each is in memory; the header is written last.
/// Compressed clusters stand back to back, as QEMU's do (block/qcow2-refcount.c, qcow2_alloc_bytes). One that does not get
/// smaller is stored as it is, in a whole cluster of the file. A few of those wait until the compressed ones come close
/// to the end of the cluster of the file that they are filling, so that little of it is lost.
/// </remarks>
internal sealed class Qcow2Writer : BlockDiskWriter
{
    /// <summary>Bytes of plain clusters that may wait.</summary>
    private const int MostWaiting = 1 << 20;

    private readonly Qcow2Options _options;
    private readonly DiskOutput _output;
    private readonly int _cluster;
    private readonly int _entriesPerTable;
    private readonly int _offsetBits;
    private readonly Qcow2RefcountWriter _refcounts;
    private readonly long _virtualSize;
    private readonly long _l1Entries;

    /// <summary>The numbers and places of the L2 tables that are written.</summary>
    private readonly List<(long Number, long Place)> _tables = [];
    private readonly ulong[] _entries;
    private readonly byte[] _bytes;
    private readonly byte[] _below;

    /// <summary>Plain clusters without a place; zeros have no bytes.</summary>
    private readonly Queue<(long Number, byte[]? Bytes)> _waiting = new();
    private readonly Stack<byte[]> _free = new();
    private readonly int _mostWaiting;
    private readonly int _littleRoom;
    private long _table = -1;
    private long _position;

    /// <summary>How many compressed clusters are in the cluster of the file that is being filled.</summary>
    private long _sharing;

    /// <param name="length">The length of the disk whose pieces will come.</param>
    /// <param name="options">How to write it, checked.</param>
    /// <param name="output">Where the file goes; it must allow going back.</param>
    /// <param name="writeOptions">Workers and cancellation.</param>
    internal Qcow2Writer(long length, Qcow2Options options, DiskOutput output, DiskWriteOptions? writeOptions)
        : base(CodecOf(options), options.ClusterSize, options.ClusterSize - 1, BlockTail.Zeros, writeOptions)
    {
        _options = options;
        _output = output;
        _cluster = options.ClusterSize;
        _entriesPerTable = _cluster / Qcow2Layout.TableEntryBytes;
        _mostWaiting = Math.Max(1, MostWaiting / _cluster);
        _littleRoom = _cluster / 32;
        _offsetBits = Qcow2Layout.CompressedOffsetBits(int.Log2(_cluster));
        _virtualSize = Units.RoundUp(length, Qcow2Layout.VirtualSizeUnit);
        _l1Entries = Qcow2Sizes.L1Entries(_virtualSize, _cluster, _entriesPerTable);
        _refcounts = new Qcow2RefcountWriter(_cluster, options.RefcountBits);
        _entries = new ulong[_entriesPerTable];
        _bytes = new byte[_cluster];
        _below = options.Backing is null ? [] : new byte[_cluster];
        output.Hole(_cluster);
        _position = _cluster;
        _refcounts.Add(1);
    }

    public override void Block(FinishedBlock block) => Store(block.Number, block.Input, block.Output, block.IsZero);

    public override void Holes(long first, long count)
    {
        if (_options.Backing is not { } backing)
            return;
        // Only where the backing disk has data can zeros differ from it.
        long start = Math.Min(first * _cluster, backing.Length);
        long end = Math.Min((first + count) * _cluster, backing.Length);
        byte[] zeros = new byte[_cluster];
        foreach (ClusterRuns.Run run in ClusterRuns.Of(backing.Slice(start, end - start).DataRanges(), _cluster).Runs)
        {
            for (long number = first + run.First; number < first + run.End; number++)
                Store(number, zeros, [], isZero: true);
        }
    }

    protected override void Finish()
    {
        EndTable();
        long l1 = _position;
        WriteTable(_l1Entries, FillL1);
        foreach (byte[] block in _refcounts.Complete(_position / _cluster))
            WriteRefcounts(block);
        long table = _position;
        WriteTable(_refcounts.Places.Count, FillRefcountTable);
        byte[] header = Qcow2Layout.Write(Qcow2Layout.HeaderOf(_options) with
        {
            VirtualSize = _virtualSize,
            L1Entries = (int)_l1Entries,
            L1Offset = l1,
            RefcountTableOffset = table,
            RefcountTableClusters = (int)((_position - table) / _cluster),
        });
        _output.Seek(0);
        _output.Bytes(header);
        _output.Complete();
    }

    private static BlockCodec CodecOf(Qcow2Options options) => options.Compression == Qcow2Compression.Zstd
        ? BlockCodecs.Zstd(options.CompressionLevel == 0 ? Qcow2OptionRules.ZstdLevel : options.CompressionLevel, checksum: false)
        : BlockCodecs.Deflate(options.CompressionLevel == 0 ? Qcow2OptionRules.ZlibLevel : options.CompressionLevel);

    private void Store(long number, ReadOnlySpan<byte> input, ReadOnlySpan<byte> compressed, bool isZero)
    {
        // Without a backing file what is not allocated is zero as well.
        if (_options.Backing is { } backing ? IsBelow(backing, number, input) : isZero)
            return;
        if (isZero && _options.Version == Qcow2Version.V3)
            SetEntry(number, Qcow2Layout.Zero);
        else if (compressed.IsEmpty)
            StorePlain(number, input, isZero);
        else
            StoreCompressed(number, compressed);
    }

    /// <summary>Whether the backing disk shows the same. The block is whole: past the disk's end it is zeros.</summary>
    private bool IsBelow(Blob backing, long number, ReadOnlySpan<byte> input)
    {
        long start = number * _cluster;
        int count = (int)Math.Clamp(Math.Min(backing.Length, _virtualSize) - start, 0, _cluster);
        if (count > 0)
            backing.Read(start, _below.AsSpan(0, count));
        _below.AsSpan(count).Clear();
        return input.SequenceEqual(_below);
    }

    private void StorePlain(long number, ReadOnlySpan<byte> input, bool isZero)
    {
        StartTable(number);
        byte[]? bytes = null;
        if (!isZero)
        {
            if (!_free.TryPop(out bytes))
                bytes = new byte[_cluster];
            input.CopyTo(bytes);
        }

        _waiting.Enqueue((number, bytes));
        if (_waiting.Count == _mostWaiting || _position % _cluster == 0)
            WritePlain();
    }

    /// <summary>Ends the cluster of the file that is being filled and writes the plain ones that wait for that.</summary>
    private void WritePlain()
    {
        PadToCluster();
        while (_waiting.TryDequeue(out (long Number, byte[]? Bytes) plain))
        {
            SetEntry(plain.Number, Qcow2Layout.Copied | (ulong)_position);
            if (plain.Bytes is null)
            {
                _output.Hole(_cluster);
            }
            else
            {
                _output.Bytes(plain.Bytes);
                _free.Push(plain.Bytes);
            }

            _position += _cluster;
            _refcounts.Add(1);
        }
    }

    private void StoreCompressed(long number, ReadOnlySpan<byte> compressed)
    {
        StartTable(number);
        long room = Units.RoundUp(_position, _cluster) - _position;
        if (_sharing == _refcounts.Maximum || (_waiting.Count > 0 && room <= _littleRoom && compressed.Length > room))
            WritePlain();
        long end = _position + compressed.Length;
        long limit = 1L << Math.Min(_offsetBits, 56);
        if (end > limit)
            throw Qcow2Faults.Refuse($"the file grows past {limit} bytes, where compressed clusters cannot be");
        long sectors = ((end - 1) / Qcow2Layout.CompressedSector) - (_position / Qcow2Layout.CompressedSector);
        SetEntry(number, Qcow2Layout.Compressed | ((ulong)sectors << _offsetBits) | (ulong)_position);
        _sharing++;
        if ((end - 1) / _cluster != _position / _cluster)
        {
            // It reaches into the file's next cluster and is counted in both.
            _refcounts.Add(_sharing);
            _sharing = 1;
        }

        if (end % _cluster == 0)
        {
            _refcounts.Add(_sharing);
            _sharing = 0;
        }

        _output.Bytes(compressed);
        _position = end;
        if (_waiting.Count > 0 && end % _cluster == 0)
            WritePlain();
    }

    private void SetEntry(long number, ulong entry)
    {
        StartTable(number);
        _entries[number % _entriesPerTable] = entry;
    }

    /// <summary>Clusters come in order, so that a table is complete when the first entry of another is set.</summary>
    private void StartTable(long number)
    {
        if (number / _entriesPerTable == _table)
            return;
        EndTable();
        _table = number / _entriesPerTable;
    }

    private void EndTable()
    {
        WritePlain();
        if (_table < 0)
            return;
        for (int i = 0; i < _entriesPerTable; i++)
            BinaryPrimitives.WriteUInt64BigEndian(_bytes.AsSpan(i * Qcow2Layout.TableEntryBytes), _entries[i]);
        _entries.AsSpan().Clear();
        _tables.Add((_table, _position));
        WriteCluster(_bytes);
        while (_refcounts.Finished.TryDequeue(out byte[]? block))
            WriteRefcounts(block);
    }

    private void WriteRefcounts(byte[] block)
    {
        _refcounts.Places.Add(_position);
        WriteCluster(block);
    }

    private void WriteCluster(byte[] bytes)
    {
        _output.Bytes(bytes);
        _position += bytes.Length;
        _refcounts.Add(1);
    }

    private void PadToCluster()
    {
        long room = Units.RoundUp(_position, _cluster) - _position;
        if (room == 0)
            return;
        _output.Hole(room);
        _position += room;
        _refcounts.Add(_sharing);
        _sharing = 0;
    }

    private void WriteTable(long entries, NumberTable.Filler<ulong> fill)
    {
        Blob table = NumberTable.UInt64BigEndian(entries, fill);
        _output.Generated(table, 0, table.Length);
        long end = Units.RoundUp(_position + table.Length, _cluster);
        if (end > _position + table.Length)
            _output.Hole(end - _position - table.Length);
        for (; _position < end; _position += _cluster)
            _refcounts.Add(1);
    }

    private void FillL1(long first, Span<ulong> values)
    {
        values.Clear();
        int at = _tables.BinarySearch((first, long.MinValue));
        for (int i = at < 0 ? ~at : at; i < _tables.Count && _tables[i].Number < first + values.Length; i++)
            values[(int)(_tables[i].Number - first)] = Qcow2Layout.Copied | (ulong)_tables[i].Place;
    }

    private void FillRefcountTable(long first, Span<ulong> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (ulong)_refcounts.Places[(int)first + i];
    }
}
