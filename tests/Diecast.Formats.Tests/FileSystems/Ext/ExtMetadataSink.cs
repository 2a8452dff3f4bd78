using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Writes all but the content, which stands for itself as a hole.</summary>
internal sealed class ExtMetadataSink(FileStream file, ExtPlan plan) : IBlobSink
{
    private long _position;

    public void Hole(long length) => _position += length;

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        file.Position = _position;
        file.Write(bytes);
        _position += bytes.Length;
    }

    public void File(HostFile source, long offset, long length) => throw new NotSupportedException();

    public void Generated(Blob blob, long offset, long length)
    {
        if (blob.Length > plan.Length / 2)
        {
            _position += length;
            return;
        }

        byte[] bytes = new byte[length];
        blob.Read(offset, bytes);
        Bytes(bytes);
    }
}
