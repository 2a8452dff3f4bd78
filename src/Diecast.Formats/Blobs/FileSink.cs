using System.Diagnostics;
using Diecast.Formats.Native;

namespace Diecast.Formats.Blobs;

/// <summary>
/// Gathers what arrives into staging buffers and writes each with one call.
/// </summary>
/// <remarks>
/// Calls of 128 to 256 KiB are the fastest everywhere; from 512 KiB on the kernel takes large folios, which a virtual
/// machine that hands free memory back to its host pays for with a fault each, up to six times the time. So the
/// staging buffer is 256 KiB and the kernel is asked to copy from 128 KiB on.
/// </remarks>
internal sealed class FileSink(
    int target, string displayPath, BlobDigester? digester, IProgress<long>? progress, CancellationToken cancellation) : IBlobSink
{
    internal const int StagingSize = 256 * 1024;
    private const long KernelCopyThreshold = 128 * 1024;
    private const long KernelCopyStep = 64L * 1024 * 1024;

    /// <summary>
    /// Less than this a host file system cannot leave out, so it is gathered with its neighbours: the ends of small
    /// files up to the next block would otherwise cost a call each.
    /// </summary>
    private const long SmallestHole = 4096;

    private byte[] _staging = new byte[StagingSize];
    private int _staged;
    private long _position;
    private bool _kernelCopies = true;

    public void Hole(long length)
    {
        if (length < SmallestHole && _staged > 0)
        {
            Zeros((int)length);
            return;
        }

        Flush();
        digester?.Zeros(length, cancellation);
        _position += length;
        Report();
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, StagingSize - _staged);
            bytes[..count].CopyTo(_staging.AsSpan(_staged));
            Staged(count);
            bytes = bytes[count..];
        }
    }

    public void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow();
        if (digester is null && _kernelCopies && length >= KernelCopyThreshold)
        {
            Flush();
            long copied = KernelCopy(lease.Descriptor, offset, length);
            offset += copied;
            length -= copied;
        }

        while (length > 0)
        {
            int count = (int)Math.Min(length, StagingSize - _staged);
            file.ReadExactly(lease.Descriptor, offset, _staging.AsSpan(_staged, count));
            Staged(count);
            offset += count;
            length -= count;
        }
    }

    public void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, StagingSize - _staged);
            blob.Read(offset, _staging.AsSpan(_staged, count));
            Staged(count);
            offset += count;
            length -= count;
        }
    }

    /// <summary>Writes what is staged and checks that the walk ended where the blob does.</summary>
    internal void Complete(long length)
    {
        Flush();
        if (_position != length)
            throw new UnreachableException($"the pieces of a blob of {length} bytes end at {_position}");
        digester?.Complete();
    }

    private long KernelCopy(int source, long offset, long length)
    {
        long done = 0;
        while (done < length)
        {
            cancellation.ThrowIfCancellationRequested();
            long step = Math.Min(KernelCopyStep, length - done);
            long copied = FileDescriptor.CopyRange(source, offset + done, target, _position, step, displayPath);
            done += copied;
            _position += copied;
            Report();
            if (copied < step)
            {
                // Another file system, an old kernel, or a source that ends: the plain path finds out which.
                _kernelCopies = copied > 0;
                break;
            }
        }

        return done;
    }

    private void Zeros(int length)
    {
        while (length > 0)
        {
            int count = Math.Min(length, StagingSize - _staged);
            _staging.AsSpan(_staged, count).Clear();
            Staged(count);
            length -= count;
        }
    }

    private void Staged(int count)
    {
        _staged += count;
        if (_staged == StagingSize)
            Flush();
    }

    private void Flush()
    {
        if (_staged == 0)
            return;
        cancellation.ThrowIfCancellationRequested();
        if (target >= 0)
            FileDescriptor.Write(target, _position, _staging.AsSpan(0, _staged), displayPath);
        _position += _staged;
        if (digester is not null)
            _staging = digester.Exchange(_staging, _staged, cancellation);
        _staged = 0;
        Report();
    }

    private void Report() => progress?.Report(_position);
}
