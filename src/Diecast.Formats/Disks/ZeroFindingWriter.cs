using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Passes a disk on to a writer and makes holes of blocks of zeros on the way, so that no pass is needed to find them.</summary>
/// <remarks>
/// Ranges of host files are looked at and passed on as such, so that an output can share their blocks; where it cannot, they
/// are read again while they are in the core's cache.
/// </remarks>
internal sealed class ZeroFindingWriter(DiskWriter writer, int grain) : DiskWriter
{
    private const int BufferSize = 512 * 1024;

    private readonly byte[] _buffer = new byte[Math.Max(grain, BufferSize / grain * grain)];
    private readonly HostDirectoryCursor _cursor = new();
    private long _position;

    public override string? Codec => writer.Codec;

    public override void Hole(long length)
    {
        writer.Hole(length);
        _position += length;
    }

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int run = ZeroSearch.NextRun(bytes, _position, grain, out bool isZero);
            if (isZero)
                writer.Hole(run);
            else
                writer.Bytes(bytes[..run]);
            _position += run;
            bytes = bytes[run..];
        }
    }

    public override void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(_cursor);
        while (length > 0)
        {
            int count = Room(length);
            ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, count);
            file.ReadExactly(lease.Descriptor, offset, _buffer.AsSpan(0, count));
            length -= count;
            while (bytes.Length > 0)
            {
                int run = ZeroSearch.NextRun(bytes, _position, grain, out bool isZero);
                if (isZero)
                    writer.Hole(run);
                else
                    writer.File(file, offset, run);
                _position += run;
                offset += run;
                bytes = bytes[run..];
            }
        }
    }

    public override void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = Room(length);
            blob.Read(offset, _buffer.AsSpan(0, count));
            Bytes(_buffer.AsSpan(0, count));
            offset += count;
            length -= count;
        }
    }

    public override void Complete() => writer.Complete();

    protected override void Dispose(bool disposing)
    {
        _cursor.Dispose();
        writer.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>What is read at once ends where a buffer does that begins at the disk's first byte, so that no block is cut.</summary>
    private int Room(long length) => (int)Math.Min(length, _buffer.Length - (_position % _buffer.Length));
}
