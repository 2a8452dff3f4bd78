using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// Writes a planned format, which encodes a disk into one blob of metadata and slices of the disk, from the disk's bytes in
/// their own order, so that such a format takes part where several outputs are written from one reading.
/// </summary>
/// <remarks>
/// The layout is made over a stand-in with the disk's map, whose slices tell which part of the disk they are. Pieces of the
/// disk then go to their places as they come, and everything between is the format's own and taken from the layout. Where
/// the slices stand in the order of the disk, as in every format here, the file is written from its first byte to its last.
/// </remarks>
internal sealed class PlannedDiskWriter : DiskWriter
{
    private readonly DiskOutput _output;
    private readonly Blob _encoded;
    private readonly List<Extent> _extents;
    private readonly bool _inOrder;
    private long _position;
    private int _next;
    private long _done;

    /// <summary>Plans the file; nothing is written yet.</summary>
    /// <param name="disk">The disk whose pieces will come.</param>
    /// <param name="encode">The format.</param>
    /// <param name="output">Where the file goes. It must allow going back when the slices are out of the disk's order.</param>
    internal PlannedDiskWriter(Blob disk, Func<Blob, Blob> encode, DiskOutput output)
    {
        _output = output;
        var standIn = new StandIn(disk);
        _encoded = encode(standIn);
        var layout = new LayoutSink(standIn);
        _encoded.Emit(layout);
        _extents = layout.Extents;
        _inOrder = true;
        for (int i = 1; i < _extents.Count; i++)
            _inOrder &= _extents[i].Disk >= _extents[i - 1].DiskEnd;
        if (_inOrder)
            return;
        _extents.Sort(static (a, b) => a.Disk.CompareTo(b.Disk));
        for (int i = 1; i < _extents.Count; i++)
        {
            if (_extents[i].Disk < _extents[i - 1].DiskEnd)
                throw new InvalidOperationException($"the format stores the disk's byte {_extents[i].Disk} twice");
        }

        if (!output.CanSeek)
            throw new NotSupportedException($"{output.DisplayPath} takes bytes one after the other, and the format stores the disk in another order");
    }

    public override void Hole(long length) => Pass(length, static (output, _, _, count, _) => output.Hole(count), (object?)null, 0);

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        long end = _position + bytes.Length;
        while (Next(end) is { } part)
        {
            Place(part);
            _output.Bytes(bytes.Slice((int)(part.Disk - _position), (int)part.Length));
            Step(part);
        }

        _position = end;
    }

    public override void File(HostFile file, long offset, long length) =>
        Pass(length, static (output, file, from, count, start) => output.File(file, start + from, count), file, offset);

    public override void Generated(Blob blob, long offset, long length) =>
        Pass(length, static (output, blob, from, count, start) => output.Generated(blob, start + from, count), blob, offset);

    public override void Complete()
    {
        if (_inOrder)
        {
            FillTo(_encoded.Length);
        }
        else
        {
            _extents.Sort(static (a, b) => a.File.CompareTo(b.File));
            long at = 0;
            foreach (Extent extent in _extents)
            {
                Metadata(at, extent.File);
                at = extent.File + extent.Length;
            }

            Metadata(at, _encoded.Length);
        }

        _output.Complete();
    }

    private void Pass<T>(long length, Action<DiskOutput, T, long, long, long> write, T source, long start)
    {
        long end = _position + length;
        while (Next(end) is { } part)
        {
            Place(part);
            write(_output, source, part.Disk - _position, part.Length, start);
            Step(part);
        }

        _position = end;
    }

    /// <summary>The part of the next extent that lies before a disk offset, or null.</summary>
    private Extent? Next(long end)
    {
        if (_next == _extents.Count)
            return null;
        Extent extent = _extents[_next];
        if (extent.Disk + _done >= end)
            return null;
        return new Extent(extent.File + _done, extent.Disk + _done, Math.Min(extent.DiskEnd, end) - extent.Disk - _done);
    }

    /// <summary>The part is written: what is left of its extent comes next.</summary>
    private void Step(Extent part)
    {
        _done += part.Length;
        if (_done < _extents[_next].Length)
            return;
        _next++;
        _done = 0;
    }

    private void Place(Extent part)
    {
        if (_inOrder)
            FillTo(part.File);
        else
            _output.Seek(part.File);
    }

    private void FillTo(long end)
    {
        long at = _output.Position;
        if (at < end)
            _encoded.Emit(at, end - at, _output);
    }

    private void Metadata(long start, long end)
    {
        _output.Seek(start);
        FillTo(end);
    }

    /// <summary>A part of the disk and where it stands in the file.</summary>
    private readonly record struct Extent(long File, long Disk, long Length)
    {
        internal long DiskEnd => Disk + Length;
    }

    /// <summary>Has the disk's length and map; its pieces say that they are its own.</summary>
    private sealed class StandIn(Blob disk) : Blob(disk.Length)
    {
        private readonly BlobMap _map = new(disk.DataRanges());

        public override bool MayHaveHoles => disk.MayHaveHoles;

        protected override void ReadCore(long offset, Span<byte> destination) => disk.Read(offset, destination);

        protected override void EmitCore(long offset, long length, IBlobSink sink) =>
            _map.Emit(offset, length, sink, (start, count) => sink.Generated(this, start, count));
    }

    /// <summary>Collects where the disk's parts stand.</summary>
    private sealed class LayoutSink(StandIn standIn) : IBlobSink
    {
        private long _position;

        internal List<Extent> Extents { get; } = [];

        public void Hole(long length) => _position += length;

        public void Bytes(ReadOnlySpan<byte> bytes) => _position += bytes.Length;

        public void File(HostFile file, long offset, long length) => _position += length;

        public void Generated(Blob blob, long offset, long length)
        {
            if (blob == standIn)
            {
                if (Extents.Count > 0 && Extents[^1].DiskEnd == offset && Extents[^1].File + Extents[^1].Length == _position)
                    Extents[^1] = Extents[^1] with { Length = Extents[^1].Length + length };
                else
                    Extents.Add(new Extent(_position, offset, length));
            }

            _position += length;
        }
    }
}
