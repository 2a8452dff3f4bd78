using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Where each part of the virtual disk is (QEMU, docs/interop/qcow2.txt, "Cluster mapping").</summary>
internal sealed class Qcow2Map
{
    private readonly Qcow2Header _header;
    private readonly Qcow2Tables _tables;
    private readonly long _fileLength;
    private readonly long _span;
    private readonly int _clusterBits;

    internal Qcow2Map(Qcow2Header header, Blob file)
    {
        _header = header;
        _tables = new Qcow2Tables(file);
        _fileLength = file.Length;
        _span = header.L2Span;
        _clusterBits = header.ClusterBits;
        CheckCount();
    }

    /// <summary>The extent from an offset to its end or the limit, whichever is nearer. The limit is within the disk.</summary>
    internal Qcow2Extent Find(long offset, long limit)
    {
        Qcow2Extent extent = FindUnit(offset, limit);
        while (offset + extent.Length < limit)
        {
            Qcow2Extent next = FindUnit(offset + extent.Length, limit);
            if (!extent.GoesOnWith(next))
                break;
            extent = extent with { Length = extent.Length + next.Length };
        }

        return extent;
    }

    /// <summary>The L2 entry of a compressed cluster.</summary>
    internal ulong CompressedEntry(long guestCluster)
    {
        long guest = guestCluster << _clusterBits;
        return _tables[FindTable(guest) + (guest % _span >> _clusterBits) * _header.L2EntryBytes];
    }

    /// <summary>
    /// Within one layer no two L1 entries share a table, so there cannot be more tables than clusters. Thus the work on
    /// an image is bounded by the file's length, however large the disk claims to be.
    /// </summary>
    private void CheckCount()
    {
        long clusters = _fileLength >> _clusterBits;
        long tables = 0;
        for (int i = 0; i < _header.L1Entries; i++)
        {
            if ((L1Entry(i) & Qcow2Layout.OffsetMask) != 0 && ++tables > clusters)
                throw Qcow2Faults.Invalid($"the L1 table has more L2 tables than the file has clusters, {clusters}");
        }
    }

    private ulong L1Entry(long index) => _tables[_header.L1Offset + (index * Qcow2Layout.TableEntryBytes)];

    /// <summary>Where the L2 table for an offset of the disk is, or 0.</summary>
    private long FindTable(long offset)
    {
        long table = (long)(L1Entry(offset / _span) & Qcow2Layout.OffsetMask);
        if (table == 0)
            return 0;
        if ((table & (_header.ClusterSize - 1)) != 0)
            throw Qcow2Faults.Invalid($"the L2 table at {table}, for byte {offset} of the disk, does not start with a cluster");
        if (table > _fileLength - _header.ClusterSize)
            throw Qcow2Faults.Invalid($"the L2 table at {table}, for byte {offset} of the disk, ends past the file's end, {_fileLength}");
        return table;
    }

    /// <summary>As <see cref="Find"/>, within one table, cluster or subcluster.</summary>
    private Qcow2Extent FindUnit(long offset, long limit)
    {
        long table = FindTable(offset);
        long within = offset % _span;
        if (table == 0)
            return new Qcow2Extent(Qcow2Kind.Unallocated, 0, Math.Min(_span - within, limit - offset));
        long at = table + ((within >> _clusterBits) * _header.L2EntryBytes);
        ulong entry = _tables[at];
        int inCluster = (int)(within & (_header.ClusterSize - 1));
        long left = Math.Min(_header.ClusterSize - inCluster, limit - offset);
        if ((entry & Qcow2Layout.Compressed) != 0)
        {
            if (_header.HasDataFile)
                throw Qcow2Faults.Invalid($"byte {offset} of the disk is in a compressed cluster, which an image with a data file cannot have");
            return new Qcow2Extent(Qcow2Kind.Compressed, 0, left);
        }

        long place = (long)(entry & Qcow2Layout.OffsetMask);
        if ((place & (_header.ClusterSize - 1)) != 0)
            throw Qcow2Faults.Invalid($"the cluster at {place}, for byte {offset} of the disk, is not where clusters are");
        // Offset 0 is the header's, but an external data file may have its first cluster there.
        bool allocated = place != 0 || (_header.HasDataFile && (entry & Qcow2Layout.Copied) != 0);
        if (allocated && _header.HasRawDataFile && place != offset - inCluster)
            throw Qcow2Faults.Invalid($"the cluster at {place} of a raw data file is byte {offset - inCluster} of the disk");
        if (_header.IsExtended)
            return FindSubcluster(_tables[at + Qcow2Layout.TableEntryBytes], allocated, place, offset, inCluster, left);
        if ((entry & Qcow2Layout.Zero) == 0)
            return allocated ? new Qcow2Extent(Qcow2Kind.Plain, place + inCluster, left) : new Qcow2Extent(Qcow2Kind.Unallocated, 0, left);
        if (_header.Version != Qcow2Version.V3)
            throw Qcow2Faults.Invalid($"byte {offset} of the disk is in a zero cluster, which version 2 does not have");
        return new Qcow2Extent(Qcow2Kind.Zero, 0, left);
    }

    private Qcow2Extent FindSubcluster(ulong bitmap, bool allocated, long place, long offset, int inCluster, long left)
    {
        uint data = (uint)(bitmap & uint.MaxValue);
        uint zero = (uint)(bitmap >> 32);
        if ((data & zero) != 0 || (!allocated && data != 0))
            throw Qcow2Faults.Invalid($"the subclusters 0x{bitmap:x16} at byte {offset} of the disk contradict each other or have no cluster");
        int size = _header.ClusterSize / Qcow2Layout.Subclusters;
        int index = inCluster / size;
        left = Math.Min(left, size - (inCluster % size));
        uint bit = 1u << index;
        if ((data & bit) != 0)
            return new Qcow2Extent(Qcow2Kind.Plain, place + inCluster, left);
        return new Qcow2Extent((zero & bit) != 0 ? Qcow2Kind.Zero : Qcow2Kind.Unallocated, 0, left);
    }
}
