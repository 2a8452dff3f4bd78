using Diecast.Formats.Blobs;

namespace Diecast.Formats.Archives;

/// <summary>The regions of a sparse file that hold data; the archive stores them one after the other.</summary>
internal sealed class SparseMap
{
    private readonly List<BlobRange> _regions = [];
    private long _pendingOffset = -1;
    private long _end;

    /// <summary>Bytes of data that the archive stores.</summary>
    internal long StoredLength { get; private set; }

    internal void AddOffset(long offset, long at)
    {
        if (_pendingOffset >= 0)
            throw Invalid(at, "has an offset without a length");
        _pendingOffset = offset;
    }

    internal void AddLength(long length, long at)
    {
        if (_pendingOffset < 0)
            throw Invalid(at, "has a length without an offset");
        Add(_pendingOffset, length, at);
        _pendingOffset = -1;
    }

    /// <summary>Adds a region, which must lie after those before it. An empty one only marks the end of the file.</summary>
    internal void Add(long offset, long length, long at)
    {
        if (offset < 0 || length < 0 || offset > long.MaxValue - length)
            throw Invalid(at, $"has a region of {length} bytes at {offset}");
        if (offset < _end)
            throw Invalid(at, $"goes backwards: a region at {offset} after one that ends at {_end}");
        _end = offset + length;
        if (length == 0)
            return;
        StoredLength += length;
        _regions.Add(new BlobRange(offset, length));
    }

    /// <summary>Spreads the stored bytes over a file of its real size.</summary>
    internal Blob Expand(Blob stored, long size, long at)
    {
        if (_pendingOffset >= 0)
            throw Invalid(at, "has an offset without a length");
        if (_end > size)
            throw Invalid(at, $"ends at {_end}, past the file's size {size}");
        if (StoredLength != stored.Length)
            throw Invalid(at, $"names {StoredLength} bytes, the archive stores {stored.Length}");
        var builder = new BlobBuilder();
        long position = 0;
        foreach (BlobRange region in _regions)
        {
            builder.Add(region.Offset, stored.Slice(position, region.Length));
            position += region.Length;
        }

        return builder.ToBlob(size);
    }

    private static InvalidImageException Invalid(long offset, string what) =>
        new("tar", $"at offset {offset}: the map of a sparse file {what}");
}
