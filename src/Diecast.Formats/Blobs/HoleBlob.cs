namespace Diecast.Formats.Blobs;

internal sealed class HoleBlob(long length) : Blob(length)
{
    public override bool MayHaveHoles => Length > 0;

    protected override void ReadCore(long offset, Span<byte> destination) => destination.Clear();

    protected override void EmitCore(long offset, long length, IBlobSink sink) => sink.Hole(length);

    protected override Blob SliceCore(long offset, long length) => new HoleBlob(length);
}
