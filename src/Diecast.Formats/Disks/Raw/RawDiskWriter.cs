using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The disk's bytes as they are; holes stay holes where the output has them.</summary>
internal sealed class RawDiskWriter(DiskOutput output) : DiskWriter
{
    public override void Hole(long length) => output.Hole(length);

    public override void Bytes(ReadOnlySpan<byte> bytes) => output.Bytes(bytes);

    public override void File(HostFile file, long offset, long length) => output.File(file, offset, length);

    public override void Generated(Blob blob, long offset, long length) => output.Generated(blob, offset, length);

    public override void Complete() => output.Complete();
}
