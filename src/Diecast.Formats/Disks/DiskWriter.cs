using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// Takes the bytes of one disk, from the first to the last, and writes one output of them: an image in some format, or
/// what describes it, such as its block map.
/// </summary>
/// <remarks>
/// A writer is used by one thread at a time. The order is: the pieces of the disk, <see cref="Complete"/>, <see cref="Dispose()"/>;
/// without <see cref="Complete"/> the output is incomplete. <see cref="DiskTee"/> feeds several from one reading.
/// </remarks>
public abstract class DiskWriter : IBlobSink, IDisposable
{
    /// <summary>
    /// Name, version and level of the compressor, when the output's bytes depend on one; null when they follow from the disk
    /// alone. Equal identities give equal bytes.
    /// </summary>
    public virtual string? Codec => null;

    /// <inheritdoc/>
    public abstract void Hole(long length);

    /// <inheritdoc/>
    public abstract void Bytes(ReadOnlySpan<byte> bytes);

    /// <inheritdoc/>
    public abstract void File(HostFile file, long offset, long length);

    /// <inheritdoc/>
    public abstract void Generated(Blob blob, long offset, long length);

    /// <summary>All of the disk is there: writes what is still to be written.</summary>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public abstract void Complete();

    /// <summary>Releases what the writer holds; the files and streams that it was given stay open.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the writer holds.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
