using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Blobs;

/// <summary>
/// The single pass that moves data: writes a blob to a file in offset order, skips holes, has the target share blocks
/// with host files where its file system can, and gathers everything else into calls of 128 KiB.
/// </summary>
public static class BlobWriter
{
    /// <summary>Writes <paramref name="blob"/> over an empty, writable, seekable file and sets its length.</summary>
    /// <param name="blob">What to write.</param>
    /// <param name="file">The target; it must be empty, because holes are not written.</param>
    /// <param name="displayPath">The target's path, for messages.</param>
    /// <param name="options">Progress and digest.</param>
    /// <param name="cancellation">Ends the write between two calls to the kernel.</param>
    /// <exception cref="IOException">A source cannot be read or the target cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The write was cancelled; the target is incomplete.</exception>
    public static void Write(
        Blob blob, SafeFileHandle file, string displayPath, BlobWriteOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new BlobWriteOptions();
        bool added = false;
        file.DangerousAddRef(ref added);
        try
        {
            int descriptor = (int)file.DangerousGetHandle();
            FileDescriptor.SetLength(descriptor, blob.Length, displayPath);
            using var line = new SinkLine(descriptor, displayPath, options.Digest, blob.Length);
            using var sink = new FileSink(line, options.Progress, cancellation);
            blob.Emit(sink);
            sink.Complete(blob.Length);
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    /// <summary>Feeds every byte of a blob to a digest, holes included.</summary>
    public static void Digest(Blob blob, System.Security.Cryptography.IncrementalHash digest, CancellationToken cancellation = default)
    {
        using var line = new SinkLine(null, "", digest, blob.Length);
        using var sink = new FileSink(line, null, cancellation);
        blob.Emit(sink);
        sink.Complete(blob.Length);
    }
}
