namespace Diecast.Formats.Blobs;

/// <summary>Where a blob has data: sorted ranges that do not touch. What they leave out is zero.</summary>
/// <param name="data">The ranges.</param>
internal sealed class BlobMap(IReadOnlyList<BlobRange> data)
{
    /// <summary>Emits a part of the blob: the map's gaps as holes, and its data as the caller does.</summary>
    /// <param name="offset">First byte of the part.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="sink">What is told of holes.</param>
    /// <param name="emitData">Emits data from an offset, so many bytes.</param>
    internal void Emit(long offset, long length, IBlobSink sink, Action<long, long> emitData)
    {
        long end = offset + length;
        for (int i = FirstEndingAfter(offset); offset < end; i++)
        {
            long start = i < data.Count ? Math.Min(data[i].Offset, end) : end;
            if (offset < start)
            {
                sink.Hole(start - offset);
                offset = start;
            }

            if (offset < end)
            {
                long count = Math.Min(data[i].End, end) - offset;
                emitData(offset, count);
                offset += count;
            }
        }
    }

    /// <summary>Whether a part of the blob has data in it.</summary>
    /// <param name="offset">First byte of the part.</param>
    /// <param name="length">Bytes.</param>
    internal bool HasData(long offset, long length)
    {
        int first = FirstEndingAfter(offset);
        return first < data.Count && data[first].Offset < offset + length;
    }

    private int FirstEndingAfter(long offset)
    {
        int low = 0;
        int high = data.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (data[middle].End <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
