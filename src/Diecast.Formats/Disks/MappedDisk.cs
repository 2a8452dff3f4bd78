using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A disk whose parts lie in a file where a table says, or nowhere.</summary>
/// <param name="file">The file.</param>
/// <param name="length">The disk's bytes.</param>
internal abstract class MappedDisk(Blob file, long length) : Blob(length)
{
    /// <inheritdoc/>
    public override bool MayHaveHoles => Length > 0;

    /// <summary>The file that the disk lies in.</summary>
    protected Blob File => file;

    /// <summary>
    /// Where the byte at an offset of the disk is, and how many that follow are of the same kind, one at least. Whatever
    /// of them is inside the disk must be inside the file.
    /// </summary>
    protected abstract Extent Find(long offset);

    /// <inheritdoc/>
    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            Extent extent = Find(offset);
            int count = (int)Math.Min(extent.Length, destination.Length);
            if (extent.IsHole)
                destination[..count].Clear();
            else
                file.Read(extent.Position, destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <inheritdoc/>
    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        long end = offset + length;
        var pending = Extent.Hole(0);
        while (offset < end)
        {
            Extent extent = Find(offset);
            extent = extent with { Length = Math.Min(extent.Length, end - offset) };
            offset += extent.Length;
            if (pending.IsFollowedBy(extent))
            {
                pending = pending with { Length = pending.Length + extent.Length };
                continue;
            }

            Flush(pending, sink);
            pending = extent;
        }

        Flush(pending, sink);
    }

    private void Flush(Extent extent, IBlobSink sink)
    {
        if (extent.Length == 0)
            return;
        if (extent.IsHole)
            sink.Hole(extent.Length);
        else
            file.Emit(extent.Position, extent.Length, sink);
    }

    /// <summary>Bytes of the disk that are zeros, or lie in the file from <paramref name="Position"/> on.</summary>
    protected readonly record struct Extent(long Position, long Length)
    {
        internal bool IsHole => Position < 0;

        internal static Extent Hole(long length) => new(-1, length);

        internal bool IsFollowedBy(Extent next) =>
            IsHole ? next.IsHole : next.Position == Position + Length;
    }
}
