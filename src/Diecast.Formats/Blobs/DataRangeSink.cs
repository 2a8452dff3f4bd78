namespace Diecast.Formats.Blobs;

/// <summary>Collects where a blob has data, without reading any.</summary>
internal sealed class DataRangeSink : IBlobSink
{
    private readonly List<BlobRange> _ranges = [];
    private long _position;

    internal static IReadOnlyList<BlobRange> Collect(Blob blob)
    {
        if (!blob.MayHaveHoles)
            return blob.Length == 0 ? [] : [new BlobRange(0, blob.Length)];
        var sink = new DataRangeSink();
        blob.Emit(sink);
        return sink._ranges;
    }

    public void Hole(long length) => _position += length;

    public void Bytes(ReadOnlySpan<byte> bytes) => Data(bytes.Length);

    public void File(HostFile file, long offset, long length) => Data(length);

    public void Generated(Blob blob, long offset, long length) => Data(length);

    private void Data(long length)
    {
        if (_ranges.Count > 0 && _ranges[^1].End == _position)
            _ranges[^1] = _ranges[^1] with { Length = _ranges[^1].Length + length };
        else
            _ranges.Add(new BlobRange(_position, length));
        _position += length;
    }
}
