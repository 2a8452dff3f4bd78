using Diecast.Formats.Blobs;

namespace Diecast.Genimage;

/// <summary>Writes zeros where a blob has holes, for media that are not erased before.</summary>
internal static class ExplicitZeros
{
    /// <summary>A blob with all its bytes as data.</summary>
    /// <param name="content">The blob.</param>
    /// <param name="length">Bytes that it is to have, at least its own.</param>
    internal static Blob In(Blob content, long length)
    {
        var filled = new BlobBuilder();
        long at = 0;
        foreach (BlobRange range in content.DataRanges())
        {
            Add(filled, at, range.Offset);
            filled.Add(range.Offset, content.Slice(range.Offset, range.Length));
            at = range.Offset + range.Length;
        }

        Add(filled, at, length);
        return filled.ToBlob(length);
    }

    private static void Add(BlobBuilder filled, long from, long to)
    {
        if (from < to)
            filled.Add(from, new GeneratedBlob(to - from, static (_, bytes) => bytes.Clear()));
    }
}
