using System.Security.Cryptography;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>An output that takes bytes one after the other; holes are written as zeros.</summary>
internal sealed class StreamDiskOutput(Stream stream, string displayPath, IncrementalHash? digest, CancellationToken cancellation) : DiskOutput
{
    private static readonly byte[] ZeroBytes = new byte[FileSink.StagingSize];

    private readonly byte[] _staging = new byte[FileSink.StagingSize];
    private readonly HostDirectoryCursor _cursor = new();
    private int _staged;

    public override string DisplayPath => displayPath;

    public override bool CanSeek => false;

    public override long Position => Length;

    public override void Hole(long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, ZeroBytes.Length);
            Bytes(ZeroBytes.AsSpan(0, count));
            length -= count;
        }
    }

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, _staging.Length - _staged);
            bytes[..count].CopyTo(_staging.AsSpan(_staged));
            Staged(count);
            bytes = bytes[count..];
        }
    }

    public override void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(_cursor);
        while (length > 0)
        {
            int count = (int)Math.Min(length, _staging.Length - _staged);
            file.ReadExactly(lease.Descriptor, offset, _staging.AsSpan(_staged, count));
            Staged(count);
            offset += count;
            length -= count;
        }
    }

    public override void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, _staging.Length - _staged);
            blob.Read(offset, _staging.AsSpan(_staged, count));
            Staged(count);
            offset += count;
            length -= count;
        }
    }

    public override void Seek(long position)
    {
        if (position != Position)
            throw new NotSupportedException($"{DisplayPath} takes bytes one after the other");
    }

    public override void Complete()
    {
        Flush();
        stream.Flush();
    }

    private protected override void Dispose(bool disposing)
    {
        _cursor.Dispose();
        base.Dispose(disposing);
    }

    private void Staged(int count)
    {
        _staged += count;
        Length += count;
        if (_staged == _staging.Length)
            Flush();
    }

    private void Flush()
    {
        cancellation.ThrowIfCancellationRequested();
        digest?.AppendData(_staging, 0, _staged);
        stream.Write(_staging.AsSpan(0, _staged));
        _staged = 0;
    }
}
