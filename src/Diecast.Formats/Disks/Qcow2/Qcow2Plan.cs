using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The places of everything in an uncompressed image, in clusters of the file.</summary>
/// <remarks>
/// The order is header, refcount table, refcount blocks, L1 table, L2 tables, then the clusters that hold data in the
/// order of the disk. Clusters of the disk that are all hole are not allocated. A unit is a cluster, or a subcluster
/// where L2 entries are extended.
/// </remarks>
internal sealed class Qcow2Plan
{
    private readonly Blob _disk;
    private readonly Qcow2Options _options;
    private readonly int _cluster;
    private readonly int _unit;
    private readonly long _entriesPerTable;
    private readonly ClusterRuns _dataUnits;
    private readonly ClusterRuns _zeroUnits;
    private readonly ClusterRuns _data;
    private readonly ClusterRuns _tables;
    private readonly long _virtualSize;
    private readonly long _l1Entries;
    private readonly long _refcountTable;
    private readonly long _refcountBlocks;
    private readonly long _l1;
    private readonly long _l2;
    private readonly long _first;
    private readonly long _total;

    internal Qcow2Plan(Blob disk, Qcow2Options options)
    {
        _disk = disk;
        _options = options;
        _cluster = options.ClusterSize;
        int unitsPerCluster = options.ExtendedL2 ? Qcow2Layout.Subclusters : 1;
        _unit = _cluster / unitsPerCluster;
        _entriesPerTable = _cluster / (options.ExtendedL2 ? Qcow2Layout.ExtendedEntryBytes : Qcow2Layout.TableEntryBytes);
        _virtualSize = Units.RoundUp(disk.Length, Qcow2Layout.VirtualSizeUnit);
        // Too large a disk is refused before its content is compared with a backing disk's.
        _l1Entries = Qcow2Sizes.L1Entries(_virtualSize, _cluster, _entriesPerTable);
        (_dataUnits, _zeroUnits) = FindUnits();
        _data = options.ExtendedL2 ? _dataUnits.Groups(unitsPerCluster) : _dataUnits;
        _tables = (_zeroUnits.Count == 0 ? _dataUnits : ClusterRuns.Union(_dataUnits, _zeroUnits)).Groups(_entriesPerTable * unitsPerCluster);
        long l1Clusters = Units.Divide(_l1Entries * Qcow2Layout.TableEntryBytes, _cluster);
        Qcow2Sizes.Refcounts refcounts = Qcow2Sizes.CountRefcounts(1 + l1Clusters + _tables.Count + _data.Count, _cluster, options.RefcountBits);
        _refcountTable = 1;
        _refcountBlocks = _refcountTable + refcounts.TableClusters;
        _l1 = _refcountBlocks + refcounts.Blocks;
        _l2 = _l1 + l1Clusters;
        _first = _l2 + _tables.Count;
        _total = _first + _data.Count;
    }

    internal Blob ToBlob()
    {
        var file = new BlobBuilder();
        file.Add(0, Qcow2Layout.Write(Qcow2Layout.HeaderOf(_options) with
        {
            VirtualSize = _virtualSize,
            L1Entries = (int)_l1Entries,
            L1Offset = _l1 * _cluster,
            RefcountTableOffset = _refcountTable * _cluster,
            RefcountTableClusters = (int)(_refcountBlocks - _refcountTable),
        }));
        file.Add(_refcountTable * _cluster, NumberTable.UInt64BigEndian(_l1 - _refcountBlocks, FillRefcountTable));
        file.Add(_refcountBlocks * _cluster, new GeneratedBlob(Units.Divide(_total * _options.RefcountBits, 8), FillRefcounts));
        if (_tables.Count > 0)
        {
            file.Add(_l1 * _cluster, NumberTable.UInt64BigEndian(_l1Entries, FillL1));
            file.Add(_l2 * _cluster, NumberTable.UInt64BigEndian(_tables.Count * _cluster / Qcow2Layout.TableEntryBytes, _options.ExtendedL2 ? FillExtendedL2 : FillL2));
        }

        foreach (ClusterRuns.Run run in _dataUnits.Runs)
            AddData(file, run.First * _unit, run.End * _unit);
        return file.ToBlob(_total * _cluster);
    }

    private (ClusterRuns Data, ClusterRuns Zero) FindUnits()
    {
        var zero = new ClusterRuns();
        if (_options.Backing is not null)
        {
            var overlay = new Qcow2Overlay(_disk, _options.Backing, _virtualSize, _unit, _options.Version == Qcow2Version.V3);
            return (overlay.Data, overlay.Zero);
        }

        if (_options.Preallocation == Qcow2Preallocation.Off)
            return (ClusterRuns.Of(_disk.DataRanges(), _unit), zero);
        var all = new ClusterRuns();
        if (_virtualSize > 0)
            all.Add(0, Units.Divide(_virtualSize, _cluster) * (_cluster / _unit));
        return (all, zero);
    }

    /// <summary>Lays a part of the disk, which is consecutive in the file too.</summary>
    private void AddData(BlobBuilder file, long start, long end)
    {
        long cluster = start / _cluster;
        ClusterRuns.Run run = _data.Runs[_data.IndexOf(cluster)];
        long place = ((_first + run.Before + (cluster - run.First)) * _cluster) + (start % _cluster);
        long stored = Math.Clamp(_disk.Length - start, 0, end - start);
        Blob part = _disk.Slice(Math.Min(start, _disk.Length), stored);
        if (_options.Preallocation is not (Qcow2Preallocation.Falloc or Qcow2Preallocation.Full))
        {
            file.Add(place, part);
            return;
        }

        long position = 0;
        foreach (BlobRange range in part.DataRanges())
        {
            file.Add(place + position, Written(range.Offset - position));
            file.Add(place + range.Offset, part.Slice(range.Offset, range.Length));
            position = range.End;
        }

        file.Add(place + position, Written(end - start - position));
    }

    /// <summary>Zeros that are no hole.</summary>
    private static GeneratedBlob Written(long length) => new(length, static (_, destination) => destination.Clear());

    private void FillRefcountTable(long first, Span<ulong> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (ulong)((_refcountBlocks + first + i) * _cluster);
    }

    /// <summary>Every cluster of the file is used once. Refcounts of less than a byte start with its low bits.</summary>
    private void FillRefcounts(long offset, Span<byte> destination)
    {
        int bits = _options.RefcountBits;
        if (bits >= 8)
        {
            int bytes = bits / 8;
            for (int i = 0; i < destination.Length; i++)
                destination[i] = (byte)((offset + i) % bytes == bytes - 1 ? 1 : 0);
            return;
        }

        destination.Fill((byte)(255 / ((1 << bits) - 1)));
        int left = (int)(_total * bits % 8);
        if (left > 0 && offset + destination.Length == Units.Divide(_total * bits, 8))
            destination[^1] &= (byte)((1 << left) - 1);
    }

    private void FillL1(long first, Span<ulong> values)
    {
        int run = _tables.IndexOf(first);
        for (int i = 0; i < values.Length; i++)
            values[i] = Place(_tables, ref run, first + i, _l2);
    }

    private void FillL2(long first, Span<ulong> values)
    {
        // A table may be followed by one that stands for another part of the disk.
        while (values.Length > 0)
        {
            long index = first % _entriesPerTable;
            int count = (int)Math.Min(values.Length, _entriesPerTable - index);
            long guest = (_tables.UnitAt(first / _entriesPerTable) * _entriesPerTable) + index;
            int run = _data.IndexOf(guest);
            int zeroRun = _zeroUnits.IndexOf(guest);
            for (int i = 0; i < count; i++)
                values[i] = Place(_data, ref run, guest + i, _first) | (_zeroUnits.Mask(ref zeroRun, guest + i, 1) * Qcow2Layout.Zero);
            values = values[count..];
            first += count;
        }
    }

    /// <summary>Words in turn: a cluster's place, and which of its subclusters are there (low half) or zero (high half).</summary>
    private void FillExtendedL2(long first, Span<ulong> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            long entry = (first + i) / 2;
            long guest = (_tables.UnitAt(entry / _entriesPerTable) * _entriesPerTable) + (entry % _entriesPerTable);
            if ((first + i) % 2 == 0)
            {
                int run = _data.IndexOf(guest);
                values[i] = Place(_data, ref run, guest, _first);
                continue;
            }

            long unit = guest * Qcow2Layout.Subclusters;
            int dataRun = _dataUnits.IndexOf(unit);
            int zeroRun = _zeroUnits.IndexOf(unit);
            values[i] = _dataUnits.Mask(ref dataRun, unit, Qcow2Layout.Subclusters)
                | (_zeroUnits.Mask(ref zeroRun, unit, Qcow2Layout.Subclusters) << Qcow2Layout.Subclusters);
        }
    }

    /// <summary>The table entry for a unit: where it is in the file, or 0 when it is not there.</summary>
    private ulong Place(ClusterRuns runs, ref int run, long unit, long firstCluster)
    {
        while (run < runs.Runs.Count && runs.Runs[run].End <= unit)
            run++;
        if (run == runs.Runs.Count || runs.Runs[run].First > unit)
            return 0;
        ClusterRuns.Run at = runs.Runs[run];
        return Qcow2Layout.Copied | (ulong)((firstCluster + at.Before + (unit - at.First)) * _cluster);
    }
}
