using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Disks;

/// <summary>
/// Where a <see cref="DiskWriter"/> writes: a file, which it may also go back in, or a stream such as a pipe, which takes
/// bytes one after the other. Small writes are gathered into large ones.
/// </summary>
/// <remarks>
/// What arrives as a piece (<see cref="IBlobSink"/>) goes to <see cref="Position"/>. Holes of a file are not written, so
/// the file must be empty at first; a stream gets zeros. Not safe for use by two threads at once.
/// </remarks>
public abstract class DiskOutput : IBlobSink, IDisposable
{
    /// <summary>The output's path or name, for messages.</summary>
    public abstract string DisplayPath { get; }

    /// <summary>Whether <see cref="Seek"/> works.</summary>
    public abstract bool CanSeek { get; }

    /// <summary>Where the next byte goes.</summary>
    public abstract long Position { get; }

    /// <summary>The end of what has been written so far, holes included.</summary>
    public long Length { get; private protected set; }

    /// <summary>An output to an empty, writable file.</summary>
    /// <param name="file">The file; it stays open.</param>
    /// <param name="displayPath">The file's path, for messages.</param>
    /// <param name="digest">
    /// Fed with every byte of the output, holes included, by the end of <see cref="Complete"/>; null for none. Where the
    /// writer goes back in the file it is read again for that, so the handle must allow reading then.
    /// </param>
    /// <param name="cancellation">Ends the write between two calls to the kernel.</param>
    public static DiskOutput ToFile(
        SafeFileHandle file, string displayPath, IncrementalHash? digest = null, CancellationToken cancellation = default) =>
        new FileDiskOutput(file, displayPath, digest, cancellation);

    /// <summary>An output to a stream that takes bytes one after the other.</summary>
    /// <param name="stream">The stream; it stays open and is flushed at the end.</param>
    /// <param name="displayPath">The stream's name, for messages.</param>
    /// <param name="digest">Fed with every byte of the output; null for none.</param>
    /// <param name="cancellation">Ends the write between two writes to the stream.</param>
    public static DiskOutput ToStream(
        Stream stream, string displayPath, IncrementalHash? digest = null, CancellationToken cancellation = default) =>
        new StreamDiskOutput(stream, displayPath, digest, cancellation);

    /// <inheritdoc/>
    public abstract void Hole(long length);

    /// <inheritdoc/>
    public abstract void Bytes(ReadOnlySpan<byte> bytes);

    /// <inheritdoc/>
    public abstract void File(HostFile file, long offset, long length);

    /// <inheritdoc/>
    public abstract void Generated(Blob blob, long offset, long length);

    /// <summary>
    /// Has blocks of so many bytes not written where they are zero, in an output that is a file and where nobody goes back;
    /// false when that cannot be.
    /// </summary>
    internal virtual bool TryLeaveOutZeros(int grain) => false;

    /// <summary>Goes on at another place of the file: back to what was written, to write over it, or on past the end.</summary>
    /// <exception cref="NotSupportedException">The output is a stream.</exception>
    public abstract void Seek(long position);

    /// <summary>Writes everything that is still gathered, sets the file's length to <see cref="Length"/> and ends the digest.</summary>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public abstract void Complete();

    /// <summary>Releases the buffers; the file or stream stays open.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the output holds.</summary>
    private protected virtual void Dispose(bool disposing)
    {
    }
}
