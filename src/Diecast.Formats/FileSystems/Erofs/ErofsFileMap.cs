namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Where the extents of a compressed file are.</summary>
internal abstract class ErofsFileMap(ErofsVolume volume, in ErofsNodeHeader header)
{
    protected ErofsVolume Volume => volume;

    protected ulong Nid { get; } = header.Nid;

    protected long FileSize { get; } = header.FileSize;

    /// <summary>The extent that a byte is in.</summary>
    internal abstract ErofsExtent Find(long offset);

    internal static ErofsFileMap Open(ErofsVolume volume, in ErofsNodeHeader header)
    {
        // Before there were settings, the full index had no header (z_erofs_fill_inode).
        const uint withHeader = ErofsFormat.IncompatConfigurations | ErofsFormat.IncompatTailPacking | ErofsFormat.IncompatFragments;
        bool isFull = header.Layout == ErofsDataLayout.CompressedFull;
        Span<byte> bytes = stackalloc byte[ErofsMapHeaderLayout.Size];
        long position = Units.RoundUp(header.End, ErofsMapHeaderLayout.Size);
        if (!isFull || volume.Superblock.Features.Has(withHeader))
            volume.Read(position, bytes, $"the map of inode {header.Nid}");
        ulong word = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        if ((word & ErofsFormat.WholeFragment) != 0)
            return new WholeFragment(volume, header, word & ~ErofsFormat.WholeFragment);
        int advise = (int)ErofsMapHeaderLayout.Advise.Get(bytes);
        return isFull && (advise & ErofsFormat.AdviseExtents) != 0
            ? new ErofsExtentMap(volume, header, position + ErofsMapHeaderLayout.Size, bytes)
            : new ErofsClusterMap(volume, header, position + ErofsMapHeaderLayout.Size, bytes);
    }

    protected InvalidImageException Invalid(string what) => ErofsFormat.Invalid($"the map of inode {Nid}: {what}");

    /// <summary>The algorithm of a number.</summary>
    protected ErofsEncoding Algorithm(int number) => number <= ErofsFormat.AlgorithmZstd
        ? (ErofsEncoding)number
        : throw Invalid($"the compression algorithm {number} is not known");

    private sealed class WholeFragment(ErofsVolume volume, in ErofsNodeHeader header, ulong offset) : ErofsFileMap(volume, header)
    {
        internal override ErofsExtent Find(long at) => new(0, FileSize, (long)offset, 0, ErofsEncoding.Fragment, false);
    }
}
