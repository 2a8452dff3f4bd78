namespace Diecast.Formats.Blobs;

internal sealed class MemoryBlob(ReadOnlyMemory<byte> bytes) : Blob(bytes.Length)
{
    protected override void ReadCore(long offset, Span<byte> destination) =>
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);

    protected override void EmitCore(long offset, long length, IBlobSink sink) =>
        sink.Bytes(bytes.Span.Slice((int)offset, (int)length));

    protected override Blob SliceCore(long offset, long length) =>
        new MemoryBlob(bytes.Slice((int)offset, (int)length));
}
