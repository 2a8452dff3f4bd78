namespace Diecast.Formats.Blobs;

/// <summary>Reads a range of a <see cref="GeneratedBlob"/>; called from several threads, any range, any order.</summary>
public delegate void BlobReader(long offset, Span<byte> destination);

/// <summary>A blob whose bytes are made on demand, such as a block group's tables.</summary>
/// <param name="length">Bytes.</param>
/// <param name="reader">A pure function of the range.</param>
public sealed class GeneratedBlob(long length, BlobReader reader) : Blob(length)
{
    /// <inheritdoc/>
    protected override void ReadCore(long offset, Span<byte> destination) => reader(offset, destination);
}
