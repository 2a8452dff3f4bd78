using Diecast.Formats.Blobs;
using Diecast.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Repart.Output;

/// <summary>Writes blobs into a file that has other things in it. What holds nothing becomes a hole, or zeros where that cannot be.</summary>
internal sealed class RangeWriter(SafeFileHandle file, CancellationToken cancellation)
{
    private const int BufferSize = 256 * 1024;

    private readonly byte[] _buffer = new byte[BufferSize];

    /// <summary>Makes a range zeros.</summary>
    internal void Clear(long offset, long length)
    {
        if (length <= 0 || FileRanges.TryPunch(file, offset, length))
            return;
        Array.Clear(_buffer);
        for (long done = 0; done < length; done += BufferSize)
        {
            cancellation.ThrowIfCancellationRequested();
            RandomAccess.Write(file, _buffer.AsSpan(0, (int)Math.Min(BufferSize, length - done)), offset + done);
        }
    }

    /// <summary>Writes a blob; its holes are left as the file has them.</summary>
    internal void Write(Blob blob, long offset) => blob.Emit(new Sink(this, offset));

    private sealed class Sink(RangeWriter writer, long position) : IBlobSink
    {
        private long _position = position;

        public void Hole(long length) => _position += length;

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            writer.Write(bytes, _position);
            _position += bytes.Length;
        }

        public void File(HostFile file, long offset, long length) => Generated(Blob.FromFile(file, offset, length), 0, length);

        public void Generated(Blob blob, long offset, long length)
        {
            for (long done = 0; done < length;)
            {
                Span<byte> part = writer._buffer.AsSpan(0, (int)Math.Min(BufferSize, length - done));
                blob.Read(offset + done, part);
                writer.Write(part, _position);
                done += part.Length;
                _position += part.Length;
            }
        }
    }

    private void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        cancellation.ThrowIfCancellationRequested();
        RandomAccess.Write(file, bytes, offset);
    }
}
