namespace Diecast.Formats.Blobs;

/// <summary>A blob with a map of its own: what the map leaves out is known to be zero, and emitted as holes.</summary>
internal sealed class SparseBlob : Blob
{
    private readonly Blob _source;
    private readonly BlobMap _map;

    private SparseBlob(Blob source, IReadOnlyList<BlobRange> data)
        : base(source.Length)
    {
        _source = source;
        _map = new BlobMap(data);
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

    protected override void EmitCore(long offset, long length, IBlobSink sink) =>
        _map.Emit(offset, length, sink, (start, count) => _source.Emit(start, count, sink));
}
