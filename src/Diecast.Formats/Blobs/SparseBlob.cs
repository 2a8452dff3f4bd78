namespace Diecast.Formats.Blobs;

/// <summary>A blob with a map of its own: what the map leaves out is known to be zero, and emitted as holes.</summary>
internal sealed class SparseBlob : Blob
{
    private readonly Blob _source;
    private readonly IReadOnlyList<BlobRange> _data;

    private SparseBlob(Blob source, IReadOnlyList<BlobRange> data)
        : base(source.Length)
    {
        _source = source;
        _data = data;
    }

    public override bool MayHaveHoles => true;

    /// <summary>Reads what a blob stores, on all cores, and makes holes of its blocks of zeros.</summary>
    /// <remarks>
    /// What is read stays where it is; only the map is in memory, of no more than <see cref="ZeroSearch.MostRanges"/> ranges:
    /// beyond that the smallest gaps are given up.
    /// </remarks>
    /// <param name="source">The blob.</param>
    /// <param name="grain">Bytes in a block, which are zero all or none; blocks lie at multiples of it.</param>
    /// <param name="progress">Told how far it is, holes included; may be null.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="IOException">The blob cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    internal static Blob Find(Blob source, int grain, IProgress<long>? progress = null, CancellationToken cancellation = default) =>
        new SparseBlob(source, ZeroSearch.DataOf(source, grain, ZeroSearch.MostRanges, progress, cancellation));

    protected override void ReadCore(long offset, Span<byte> destination) => _source.Read(offset, destination);

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        long end = offset + length;
        for (int i = FirstEndingAfter(offset); offset < end; i++)
        {
            long start = i < _data.Count ? Math.Min(_data[i].Offset, end) : end;
            if (offset < start)
            {
                sink.Hole(start - offset);
                offset = start;
            }

            if (offset < end)
            {
                long count = Math.Min(_data[i].End, end) - offset;
                _source.Emit(offset, count, sink);
                offset += count;
            }
        }
    }

    private int FirstEndingAfter(long offset)
    {
        int low = 0;
        int high = _data.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_data[middle].End <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
