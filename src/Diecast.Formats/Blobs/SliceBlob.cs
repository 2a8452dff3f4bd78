namespace Diecast.Formats.Blobs;

internal sealed class SliceBlob(Blob source, long start, long length) : Blob(length)
{
    public override bool MayHaveHoles => source.MayHaveHoles;

    protected override void ReadCore(long offset, Span<byte> destination) => source.Read(start + offset, destination);

    protected override void EmitCore(long offset, long length, IBlobSink sink) => source.Emit(start + offset, length, sink);

    protected override Blob SliceCore(long offset, long length) => new SliceBlob(source, start + offset, length);
}
