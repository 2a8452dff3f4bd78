using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// The single pass over a disk's content: feeds any number of writers from one reading, so that a second output costs its
/// own compression and writing, not a second reading.
/// </summary>
public static class DiskTee
{
    /// <summary>Walks over the disk once, feeds every writer and completes it.</summary>
    /// <remarks>
    /// One writer is fed directly: no thread, no copy, and ranges of host files reach it as such, so that it can share their
    /// blocks. Several run on a thread each, and what is read goes to all of them from at most 4 MiB of shared buffers, so
    /// that the slowest sets the pace. After an exception no writer's output is complete.
    /// </remarks>
    /// <param name="disk">The disk.</param>
    /// <param name="writers">At least one; they stay the caller's to dispose.</param>
    /// <param name="progress">Told the bytes of the disk that have been passed on, holes included; may be null.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <exception cref="IOException">A source cannot be read or an output cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The pass was cancelled.</exception>
    public static void Write(
        Blob disk, IReadOnlyList<DiskWriter> writers, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(writers.Count, nameof(writers));
        cancellation.ThrowIfCancellationRequested();
        if (writers.Count == 1)
        {
            disk.Emit(new PassingSink(writers[0], progress, cancellation));
            writers[0].Complete();
            return;
        }

        using var sink = new TeeSink(writers, progress, cancellation);
        disk.Emit(sink);
        sink.Complete();
    }

    /// <summary>Hands on what comes, in steps that keep progress and cancellation going.</summary>
    private sealed class PassingSink(DiskWriter writer, IProgress<long>? progress, CancellationToken cancellation) : IBlobSink
    {
        /// <summary>A whole number of blocks for every host file system, so that cutting costs no sharing.</summary>
        private const long Step = 64L << 20;

        private long _position;

        public void Hole(long length)
        {
            writer.Hole(length);
            Passed(length);
        }

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            writer.Bytes(bytes);
            Passed(bytes.Length);
        }

        public void File(HostFile file, long offset, long length)
        {
            for (long done = 0; done < length;)
            {
                long count = Math.Min(Step, length - done);
                writer.File(file, offset + done, count);
                done += count;
                Passed(count);
            }
        }

        public void Generated(Blob blob, long offset, long length)
        {
            for (long done = 0; done < length;)
            {
                long count = Math.Min(Step, length - done);
                writer.Generated(blob, offset + done, count);
                done += count;
                Passed(count);
            }
        }

        private void Passed(long count)
        {
            cancellation.ThrowIfCancellationRequested();
            _position += count;
            progress?.Report(_position);
        }
    }
}
