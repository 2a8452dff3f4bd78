using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>QEMU's copy-on-write format, uncompressed.</summary>
/// <remarks>
/// The order is header, refcount table, refcount blocks, L1 table, L2 tables, then the clusters that hold data in the
/// order of the disk. Clusters of the disk that are all hole are not allocated. As the places follow from the disk's map
/// alone, the image is one more blob, which can be written in a single pass.
/// </remarks>
public static class Qcow2
{
    private const string Format = "qcow2";
    private const int LeastClusterSize = 512;
    private const int LargestClusterSize = 2 * 1024 * 1024;

    /// <summary>The disk as a qcow2 image. Its virtual size is the disk's length, up to the next multiple of 512.</summary>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">Cluster size and version, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk needs larger tables than QEMU reads.</exception>
    public static Blob Encode(Blob disk, Qcow2Options? options = null)
    {
        options ??= Qcow2Options.Default;
        int cluster = options.ClusterSize;
        if (!BitOperations.IsPow2(cluster) || cluster < LeastClusterSize || cluster > LargestClusterSize)
            throw Refuse($"a cluster size of {cluster}; it must be a power of two from {LeastClusterSize} to {LargestClusterSize}");
        if (options.Version is not (Qcow2Version.V2 or Qcow2Version.V3))
            throw Refuse($"a version {(int)options.Version}; it must be 2 or 3");
        return new Image(disk, options).ToBlob();
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));

    /// <summary>The places of everything in one image, in clusters of the file.</summary>
    private sealed class Image
    {
        private readonly Blob _disk;
        private readonly Qcow2Options _options;
        private readonly int _cluster;
        private readonly long _entriesPerTable;
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

        internal Image(Blob disk, Qcow2Options options)
        {
            _disk = disk;
            _options = options;
            _cluster = options.ClusterSize;
            _entriesPerTable = _cluster / Qcow2Layout.TableEntryBytes;
            _virtualSize = RoundUp(disk.Length, Qcow2Layout.VirtualSizeUnit);
            _data = ClusterRuns.Of(disk.DataRanges(), _cluster);
            _tables = _data.Groups(_entriesPerTable);
            // A disk of no bytes has a table of one entry, as a table must be somewhere.
            _l1Entries = Math.Max(1, Divide(Divide(_virtualSize, _cluster), _entriesPerTable));
            if (_l1Entries * Qcow2Layout.TableEntryBytes > Qcow2Layout.MaximumL1Bytes)
                throw Refuse($"a disk of {_virtualSize} bytes needs {_l1Entries} L1 entries with clusters of {_cluster}; QEMU reads {Qcow2Layout.MaximumL1Bytes / Qcow2Layout.TableEntryBytes}, so use larger clusters");
            long l1Clusters = Divide(_l1Entries * Qcow2Layout.TableEntryBytes, _cluster);
            long others = 1 + l1Clusters + _tables.Count + _data.Count;
            // The refcounts count their own clusters too: the least fixed point from below.
            long blocks = 0;
            long table = 0;
            while (true)
            {
                long nextBlocks = Divide((others + blocks + table) * Qcow2Layout.RefcountBytes, _cluster);
                long nextTable = Divide(nextBlocks * Qcow2Layout.TableEntryBytes, _cluster);
                if (nextBlocks == blocks && nextTable == table)
                    break;
                (blocks, table) = (nextBlocks, nextTable);
            }

            if (table * _cluster > Qcow2Layout.MaximumRefcountTableBytes)
                throw Refuse($"{others} clusters of {_cluster} bytes need a refcount table of {table * _cluster} bytes; QEMU reads {Qcow2Layout.MaximumRefcountTableBytes}, so use larger clusters");
            _refcountTable = 1;
            _refcountBlocks = _refcountTable + table;
            _l1 = _refcountBlocks + blocks;
            _l2 = _l1 + l1Clusters;
            _first = _l2 + _tables.Count;
            _total = _first + _data.Count;
        }

        internal Blob ToBlob()
        {
            var file = new BlobBuilder();
            file.Add(0, Qcow2Layout.Write(new Qcow2Layout.Header(
                _options.Version,
                _cluster,
                _virtualSize,
                (int)_l1Entries,
                _l1 * _cluster,
                _refcountTable * _cluster,
                (int)(_refcountBlocks - _refcountTable))));
            file.Add(_refcountTable * _cluster, BigEndianTable.Make(_l1 - _refcountBlocks, FillRefcountTable));
            file.Add(_refcountBlocks * _cluster, new GeneratedBlob(_total * Qcow2Layout.RefcountBytes, FillRefcounts));
            if (_tables.Count > 0)
            {
                file.Add(_l1 * _cluster, BigEndianTable.Make(_l1Entries, FillL1));
                file.Add(_l2 * _cluster, BigEndianTable.Make(_tables.Count * _entriesPerTable, FillL2));
            }

            foreach (ClusterRuns.Run run in _data.Runs)
            {
                long offset = run.First * _cluster;
                long length = Math.Min(run.End * _cluster, _disk.Length) - offset;
                file.Add((_first + run.Before) * _cluster, _disk.Slice(offset, length));
            }

            return file.ToBlob(_total * _cluster);
        }

        private void FillRefcountTable(long first, Span<ulong> values)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = (ulong)((_refcountBlocks + first + i) * _cluster);
        }

        /// <summary>Every cluster of the file is used once.</summary>
        private static void FillRefcounts(long offset, Span<byte> destination)
        {
            for (int i = 0; i < destination.Length; i++)
                destination[i] = (byte)((offset + i) & 1);
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
                for (int i = 0; i < count; i++)
                    values[i] = Place(_data, ref run, guest + i, _first);
                values = values[count..];
                first += count;
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

        private static long Divide(long value, long by) => (value + by - 1) / by;

        private static long RoundUp(long value, long unit) => Divide(value, unit) * unit;
    }
}
