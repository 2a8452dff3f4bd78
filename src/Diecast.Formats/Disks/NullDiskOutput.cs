using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>An output that keeps nothing.</summary>
internal sealed class NullDiskOutput(string displayPath) : DiskOutput
{
    private long _position;

    public override string DisplayPath => displayPath;

    public override bool CanSeek => true;

    public override long Position => _position;

    public override void Hole(long length) => Seek(_position + length);

    public override void Bytes(ReadOnlySpan<byte> bytes) => Seek(_position + bytes.Length);

    public override void File(HostFile file, long offset, long length) => Seek(_position + length);

    public override void Generated(Blob blob, long offset, long length) => Seek(_position + length);

    public override void Seek(long position)
    {
        _position = position;
        Length = Math.Max(Length, position);
    }

    public override void Complete()
    {
    }
}
