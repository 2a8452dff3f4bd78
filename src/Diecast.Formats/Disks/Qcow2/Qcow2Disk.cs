using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The virtual disk of an image.</summary>
internal sealed class Qcow2Disk : Blob
{
    private readonly Qcow2Header _header;
    private readonly Qcow2Map _map;
    private readonly Qcow2Inflater _inflater;
    private readonly Blob _data;
    private readonly Blob _backing;

    /// <param name="header">The image's header.</param>
    /// <param name="file">The image.</param>
    /// <param name="data">Where plain clusters are: the image or its data file.</param>
    /// <param name="backing">What shows where nothing is allocated; it may be shorter than the disk.</param>
    internal Qcow2Disk(Qcow2Header header, Blob file, Blob data, Blob backing)
        : base(header.VirtualSize)
    {
        _header = header;
        _map = new Qcow2Map(header, file);
        _inflater = new Qcow2Inflater(header, file, _map);
        _data = data;
        _backing = backing;
    }

    public override bool MayHaveHoles => true;

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            Qcow2Extent extent = _map.Find(offset, offset + destination.Length);
            Span<byte> part = destination[..(int)extent.Length];
            switch (extent.Kind)
            {
                case Qcow2Kind.Plain:
                    ReadPart(_data, extent.Place, part[..(int)Stored(extent, offset)]);
                    part[(int)Stored(extent, offset)..].Clear();
                    break;
                case Qcow2Kind.Compressed:
                    _inflater.Read(offset, part);
                    break;
                case Qcow2Kind.Unallocated when offset < _backing.Length:
                    int shown = (int)Math.Min(part.Length, _backing.Length - offset);
                    ReadPart(_backing, offset, part[..shown]);
                    part[shown..].Clear();
                    break;
                default:
                    part.Clear();
                    break;
            }

            offset += part.Length;
            destination = destination[part.Length..];
        }
    }

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        for (long end = offset + length; offset < end;)
        {
            Qcow2Extent extent = _map.Find(offset, end);
            switch (extent.Kind)
            {
                case Qcow2Kind.Plain:
                    EmitPart(_data, extent.Place, Stored(extent, offset), extent.Length, sink);
                    break;
                case Qcow2Kind.Compressed:
                    sink.Generated(this, offset, extent.Length);
                    break;
                case Qcow2Kind.Unallocated:
                    long shown = Math.Clamp(_backing.Length - offset, 0, extent.Length);
                    EmitPart(_backing, Math.Min(offset, _backing.Length), shown, extent.Length, sink);
                    break;
                default:
                    sink.Hole(extent.Length);
                    break;
            }

            offset += extent.Length;
        }
    }

    private static void ReadPart(Blob blob, long offset, Span<byte> destination) => blob.Read(offset, destination);

    private static void EmitPart(Blob blob, long offset, long shown, long length, IBlobSink sink)
    {
        blob.Emit(offset, shown, sink);
        if (shown < length)
            sink.Hole(length - shown);
    }

    /// <summary>
    /// How much of a plain extent is in the file. QEMU lets a file end within its last cluster, the rest being zeros; an
    /// extent that reaches further is of a file that was cut short.
    /// </summary>
    private long Stored(Qcow2Extent extent, long offset)
    {
        long stored = Math.Min(extent.Length, _data.Length - extent.Place);
        if (stored == extent.Length)
            return stored;
        long mask = _header.ClusterSize - 1;
        long lastCluster = (extent.Place + extent.Length - 1) & ~mask;
        if (lastCluster >= _data.Length)
            throw Qcow2Faults.Invalid($"the cluster at {lastCluster}, for byte {offset + (lastCluster - extent.Place)} of the disk, is past the file's end, {_data.Length}");
        return Math.Max(0, stored);
    }
}
