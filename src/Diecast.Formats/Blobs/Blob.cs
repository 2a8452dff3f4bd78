namespace Diecast.Formats.Blobs;

/// <summary>
/// An immutable, sparse, randomly readable sequence of bytes: a file's content, a partition, a whole disk.
/// </summary>
/// <remarks>
/// A blob refers to bytes and seldom holds them. It is safe to read from several threads at once.
/// A blob of a host file is as stable as that file: a file that shrinks while an image is made ends in an
/// <see cref="IOException"/>, never in a wrong image.
/// </remarks>
public abstract class Blob
{
    /// <summary>The blob of length zero.</summary>
    public static Blob Empty { get; } = new HoleBlob(0);

    /// <summary>Makes a blob of a fixed length.</summary>
    /// <param name="length">Bytes; zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    protected Blob(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
    }

    /// <summary>Length in bytes, holes included.</summary>
    public long Length { get; }

    /// <summary>Whether some range is known to be a hole, that is zeros that need not be stored.</summary>
    public virtual bool MayHaveHoles => false;

    /// <summary>A blob of zeros, stored nowhere.</summary>
    public static Blob Zeros(long length) => length == 0 ? Empty : new HoleBlob(length);

    /// <summary>A blob over memory. The memory must not change afterwards.</summary>
    public static Blob FromMemory(ReadOnlyMemory<byte> bytes) => bytes.Length == 0 ? Empty : new MemoryBlob(bytes);

    /// <summary>A blob of the UTF-8 bytes of a text.</summary>
    public static Blob FromText(string text) => FromMemory(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>A range of a host file.</summary>
    /// <param name="file">The file; it must outlive the blob.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Bytes.</param>
    public static Blob FromFile(HostFile file, long offset, long length) =>
        length == 0 ? Empty : new FileBlob(file, offset, length);

    /// <summary>The blobs one after the other.</summary>
    public static Blob Concat(params ReadOnlySpan<Blob> blobs)
    {
        var builder = new BlobBuilder();
        foreach (Blob blob in blobs)
            builder.Append(blob);
        return builder.ToBlob();
    }

    /// <summary>Reads exactly <paramref name="destination"/>'s length from <paramref name="offset"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the blob.</exception>
    /// <exception cref="IOException">A host file behind the blob cannot be read, or has shrunk.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        CheckRange(offset, destination.Length);
        if (destination.Length > 0)
            ReadCore(offset, destination);
    }

    /// <summary>Hands a range to <paramref name="sink"/>, piece by piece, in order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the blob.</exception>
    public void Emit(long offset, long length, IBlobSink sink)
    {
        CheckRange(offset, length);
        if (length > 0)
            EmitCore(offset, length, sink);
    }

    /// <summary>Hands all of the blob to <paramref name="sink"/>, piece by piece, in order.</summary>
    public void Emit(IBlobSink sink) => Emit(0, Length, sink);

    /// <summary>A part of the blob, without copying.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the blob.</exception>
    public Blob Slice(long offset, long length)
    {
        CheckRange(offset, length);
        if (length == 0)
            return Empty;
        return offset == 0 && length == Length ? this : SliceCore(offset, length);
    }

    /// <summary>The rest of the blob from <paramref name="offset"/>, without copying.</summary>
    public Blob Slice(long offset) => Slice(offset, Length - offset);

    /// <summary>All bytes in memory; for small blobs.</summary>
    /// <exception cref="IOException">The blob is larger than an array can be.</exception>
    public byte[] ToArray()
    {
        if (Length > Array.MaxLength)
            throw new IOException($"a blob of {Length} bytes does not fit in memory");
        byte[] bytes = new byte[Length];
        Read(0, bytes);
        return bytes;
    }

    /// <summary>A read-only, seekable stream over the blob.</summary>
    public Stream OpenRead() => new BlobStream(this);

    /// <summary>The ranges that are not holes, in order; neighbours are joined.</summary>
    public IReadOnlyList<BlobRange> DataRanges() => DataRangeSink.Collect(this);

    /// <summary>Reads a non-empty range that is known to be inside the blob.</summary>
    protected abstract void ReadCore(long offset, Span<byte> destination);

    /// <summary>Emits a non-empty range that is known to be inside the blob.</summary>
    protected virtual void EmitCore(long offset, long length, IBlobSink sink) => sink.Generated(this, offset, length);

    /// <summary>Slices a non-empty range that is known to be inside the blob.</summary>
    protected virtual Blob SliceCore(long offset, long length) => new SliceBlob(this, offset, length);

    private void CheckRange(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > Length - length)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes at {offset} are not inside a blob of {Length} bytes");
    }
}
