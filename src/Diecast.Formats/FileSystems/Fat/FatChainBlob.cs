using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>A file in several runs of clusters, at eight bytes a run.</summary>
/// <param name="volume">The file system.</param>
/// <param name="starts">Where in the file each run starts, in clusters.</param>
/// <param name="clusters">The first cluster of each run.</param>
/// <param name="length">Bytes of the file.</param>
internal sealed class FatChainBlob(FatVolume volume, uint[] starts, uint[] clusters, long length) : Blob(length)
{
    public override bool MayHaveHoles => volume.Image.MayHaveHoles;

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        for (int run = RunAt(offset); destination.Length > 0; run++)
        {
            (long place, long left) = Locate(run, offset);
            int count = (int)Math.Min(left, destination.Length);
            volume.Image.Read(place, destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        long end = offset + length;
        for (int run = RunAt(offset); offset < end; run++)
        {
            (long place, long left) = Locate(run, offset);
            long count = Math.Min(left, end - offset);
            volume.Image.Emit(place, count, sink);
            offset += count;
        }
    }

    /// <summary>Where in the image a byte of a run is, and how many follow it there.</summary>
    private (long Place, long Left) Locate(int run, long offset)
    {
        long start = (long)starts[run] * volume.ClusterSize;
        long end = run + 1 < starts.Length ? (long)starts[run + 1] * volume.ClusterSize : Length;
        return (volume.ClusterOffset(clusters[run]) + offset - start, end - offset);
    }

    private int RunAt(long offset)
    {
        int found = Array.BinarySearch(starts, (uint)(offset / volume.ClusterSize));
        return found >= 0 ? found : ~found - 1;
    }
}
