using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Writers whose files make one image together, each fed with all pieces.</summary>
internal sealed class CompositeDiskWriter(IReadOnlyList<DiskWriter> writers) : DiskWriter
{
    public override string? Codec => writers.Select(writer => writer.Codec).FirstOrDefault(codec => codec is not null);

    public override void Hole(long length)
    {
        foreach (DiskWriter writer in writers)
            writer.Hole(length);
    }

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        foreach (DiskWriter writer in writers)
            writer.Bytes(bytes);
    }

    public override void File(HostFile file, long offset, long length)
    {
        foreach (DiskWriter writer in writers)
            writer.File(file, offset, length);
    }

    public override void Generated(Blob blob, long offset, long length)
    {
        foreach (DiskWriter writer in writers)
            writer.Generated(blob, offset, length);
    }

    public override void Complete()
    {
        foreach (DiskWriter writer in writers)
            writer.Complete();
    }

    protected override void Dispose(bool disposing)
    {
        foreach (DiskWriter writer in writers)
            writer.Dispose();
        base.Dispose(disposing);
    }
}
