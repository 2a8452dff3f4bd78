namespace Diecast.Formats.Blobs;

internal sealed class FileBlob(HostFile file, long start, long length) : Blob(length)
{
    protected override void ReadCore(long offset, Span<byte> destination) => file.Read(start + offset, destination);

    protected override void EmitCore(long offset, long length, IBlobSink sink) => sink.File(file, start + offset, length);

    protected override Blob SliceCore(long offset, long length) => new FileBlob(file, start + offset, length);
}
