using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Reads content of no more than a block into one buffer.</summary>
internal sealed class SquashfsSmallFile(int blockSize, HostDirectoryCursor cursor) : IBlobSink
{
    private readonly byte[] _buffer = new byte[blockSize];
    private int _filled;

    /// <summary>The content, until the next call.</summary>
    internal ReadOnlySpan<byte> Read(Blob content)
    {
        _filled = 0;
        content.Emit(this);
        return _buffer.AsSpan(0, _filled);
    }

    public void Hole(long length) => Take(length).Clear();

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    public void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(cursor);
        file.ReadExactly(lease.Descriptor, offset, Take(length));
    }

    public void Generated(Blob blob, long offset, long length) => blob.Read(offset, Take(length));

    private Span<byte> Take(long length)
    {
        Span<byte> taken = _buffer.AsSpan(_filled, (int)length);
        _filled += (int)length;
        return taken;
    }
}
