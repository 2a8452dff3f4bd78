namespace Diecast.Formats.Blobs;

/// <summary>Receives the pieces of a <see cref="Blob"/> in offset order, without gaps.</summary>
public interface IBlobSink
{
    /// <summary>The next <paramref name="length"/> bytes are zero and need not be stored.</summary>
    void Hole(long length);

    /// <summary>The next bytes, valid only during the call.</summary>
    void Bytes(ReadOnlySpan<byte> bytes);

    /// <summary>The next <paramref name="length"/> bytes are those of a host file from <paramref name="offset"/>.</summary>
    void File(HostFile file, long offset, long length);

    /// <summary>The next <paramref name="length"/> bytes are to be had by reading <paramref name="blob"/>.</summary>
    void Generated(Blob blob, long offset, long length);
}
