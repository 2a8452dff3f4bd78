using System.Diagnostics;
using Diecast.Formats.Native;

namespace Diecast.Formats.Blobs;

/// <summary>
/// Gathers what arrives into staging buffers and writes each with one call. Where the target's file system can share
/// blocks with a source (XFS, btrfs), it is asked to, and only the ends of files are copied. Ranges of the target itself that
/// stay where they are were written before, and are at most read for the digest.
/// </summary>
/// <remarks>
/// copy_file_range without shared blocks goes page by page through a pipe, and a mapped source takes a fault for every few
/// pages: both cost more than reading and writing through a buffer that stays in the core's cache, by an eighth and by a
/// quarter.
/// </remarks>
internal sealed class FileSink(
    SinkLine line, IProgress<long>? progress, CancellationToken cancellation) : IBlobSink, IDisposable
{
    internal const int StagingSize = SinkLine.BufferSize;

    /// <summary>Offsets and lengths of shared blocks; a file system with larger ones refuses those that are not its own.</summary>
    private const long CloneGrain = 4096;

    private const long CloneStep = 1L << 30;

    /// <summary>Ranges of files from this length on are left to the writing thread; shorter ones are gathered with their neighbours.</summary>
    private const long LeastAtOnce = 2 * StagingSize;

    /// <summary>Bytes that are left to the writing thread at once: progress and cancellation know no smaller ones.</summary>
    private const long CopyStep = 1 << 20;

    /// <summary>
    /// Less than this a host file system cannot leave out, so it is gathered with its neighbours: the ends of small
    /// files up to the next block would otherwise cost a call each.
    /// </summary>
    private const long SmallestHole = 4096;

    private readonly HostDirectoryCursor _cursor = new();
    private byte[] _staging = line.Rent();
    private int _staged;
    private long _position;
    private bool _clones = line.Target is not null;

    /// <summary>Where the next byte goes.</summary>
    internal long Position => _position + _staged;

    /// <summary>What still goes into the buffer, which ends at a multiple of its size.</summary>
    private int Room => StagingSize - (int)(_position % StagingSize) - _staged;

    public void Hole(long length)
    {
        if (length < SmallestHole && _staged > 0)
        {
            Zeros((int)length);
            return;
        }

        Flush();
        line.Add(new SinkRun(null, _position, length, IsToWrite: false));
        _position += length;
        Report();
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, Room);
            bytes[..count].CopyTo(_staging.AsSpan(_staged));
            Staged(count);
            bytes = bytes[count..];
        }
    }

    public void File(HostFile file, long offset, long length)
    {
        HostFile.Lease lease = file.Borrow(_cursor);
        SinkSource? source = null;
        try
        {
            if (lease.Descriptor == line.Target && offset == Position)
            {
                Keep(file, lease.Descriptor, length);
                return;
            }

            long shared = Clone(file, lease.Descriptor, offset, length);
            offset += shared;
            length -= shared;
            if (length < LeastAtOnce || line.Target is null || line.IsDigested)
            {
                Gather(file, lease.Descriptor, offset, length);
                return;
            }

            source = new SinkSource(file, lease);
            Copy(source, offset, length);
        }
        finally
        {
            if (source is null)
                lease.Dispose();
            else
                line.Close(source);
        }
    }

    public void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, Room);
            blob.Read(offset, _staging.AsSpan(_staged, count));
            Staged(count);
            offset += count;
            length -= count;
        }
    }

    public void Dispose() => _cursor.Dispose();

    /// <summary>Writes what is staged and checks that the walk ended where the blob does.</summary>
    internal void Complete(long length)
    {
        Flush();
        if (_position != length)
            throw new UnreachableException($"the pieces of a blob of {length} bytes end at {_position}");
        line.Complete();
    }

    /// <summary>Goes on at another place, where the digest cannot follow. Holes are not written there either.</summary>
    internal void Seek(long position)
    {
        Flush();
        line.EndDigest();
        _position = position;
    }

    private void Gather(HostFile file, int source, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, Room);
            file.ReadExactly(source, offset, _staging.AsSpan(_staged, count));
            Staged(count);
            offset += count;
            length -= count;
        }
    }

    /// <summary>Leaves a range to the writing thread, which reads it too.</summary>
    private void Copy(SinkSource source, long offset, long length)
    {
        Flush();
        while (length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            long count = Math.Min(length, CopyStep - (_position % CopyStep));
            line.Add(new SinkRun(null, _position, count, IsToWrite: true, source, offset));
            _position += count;
            offset += count;
            length -= count;
            Report();
        }
    }

    /// <summary>Passes over what the target itself holds at this very place: it was written before.</summary>
    private void Keep(HostFile file, int target, long length)
    {
        Flush();
        while (length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            long count = line.IsDigested ? Math.Min(length, CopyStep) : length;
            Digest(file, target, _position, count);
            _position += count;
            length -= count;
            Report();
        }
    }

    /// <summary>Shares the blocks of a file as far as that goes and returns how many bytes that is.</summary>
    private long Clone(HostFile file, int source, long offset, long length)
    {
        long whole = length & ~(CloneGrain - 1);
        if (!_clones || whole == 0 || ((offset | (_position + _staged)) & (CloneGrain - 1)) != 0)
            return 0;
        Flush();
        long done = 0;
        while (done < whole)
        {
            cancellation.ThrowIfCancellationRequested();
            long step = Math.Min(CloneStep, whole - done);
            CloneOutcome outcome = FileDescriptor.TryClone(source, offset + done, line.Target!.Value, _position, step);
            _clones = outcome != CloneOutcome.Never;
            if (outcome != CloneOutcome.Shared)
                break;
            Digest(file, source, offset + done, step);
            done += step;
            _position += step;
            Report();
        }

        return done;
    }

    /// <summary>Has a range digested that need not be written.</summary>
    private void Digest(HostFile file, int source, long offset, long length)
    {
        if (!line.IsDigested)
            return;
        for (long done = 0; done < length;)
        {
            int count = (int)Math.Min(length - done, StagingSize);
            file.ReadExactly(source, offset + done, _staging.AsSpan(0, count));
            line.Add(new SinkRun(_staging, _position + done, count, IsToWrite: false));
            _staging = line.Rent();
            done += count;
        }
    }

    private void Zeros(int length)
    {
        while (length > 0)
        {
            int count = Math.Min(length, Room);
            _staging.AsSpan(_staged, count).Clear();
            Staged(count);
            length -= count;
        }
    }

    private void Staged(int count)
    {
        _staged += count;
        if (Room == 0)
            Flush();
    }

    /// <summary>Hands over what is gathered.</summary>
    internal void Flush()
    {
        if (_staged == 0)
            return;
        cancellation.ThrowIfCancellationRequested();
        line.Add(new SinkRun(_staging, _position, _staged, IsToWrite: true));
        _staging = line.Rent();
        _position += _staged;
        _staged = 0;
        Report();
    }

    private void Report() => progress?.Report(_position);
}
