namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Makes the entries of a file's index from its extents.</summary>
internal static class ErofsIndexBuilder
{
    /// <summary>An entry for each block of the file's content.</summary>
    /// <param name="stored">The file.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="blockBits">Bits of a block's size.</param>
    /// <param name="blockOf">The first block of an extent.</param>
    internal static ErofsIndexEntry[] Build(ErofsStored stored, long size, int blockBits, Func<ErofsStoredExtent, long> blockOf)
    {
        var entries = new ErofsIndexEntry[((size - 1) >> blockBits) + 1];
        int mask = (1 << blockBits) - 1;
        bool isBig = stored.IsBig;
        long logical = 0;
        foreach (ErofsStoredExtent extent in stored.Extents)
        {
            long block = blockOf(extent);
            long head = logical >> blockBits;
            long end = logical + extent.Length;
            // The cluster that the end is in belongs to what follows, except at the end of a file that fills it.
            long next = end >> blockBits;
            entries[head] = new ErofsIndexEntry(
                extent.IsRaw ? ErofsFormat.ClusterPlain : ErofsFormat.ClusterHead, (int)(logical & mask), 0, 0, block);
            for (long at = head + 1; at < next; at++)
            {
                int back = at == head + 1 && isBig
                    ? Math.Max(1, extent.Blocks) | ErofsFormat.BlockCount
                    : (int)Math.Min(at - head, ErofsFormat.BlockCount - 1);
                entries[at] = new ErofsIndexEntry(
                    ErofsFormat.ClusterInside, 0, back, (int)Math.Min(next - at, ErofsFormat.BlockCount - 1), block);
            }

            logical = end;
        }

        // Where the last extent ends in a cluster in which it does not begin, there is an entry for its end.
        if ((size & mask) != 0 && entries[^1] == default)
            entries[^1] = new ErofsIndexEntry(ErofsFormat.ClusterPlain, (int)(size & mask), 0, 0, EndBlock(stored, blockOf));
        return entries;
    }

    /// <summary>The block after the last extent, so that packs count on evenly.</summary>
    private static long EndBlock(ErofsStored stored, Func<ErofsStoredExtent, long> blockOf)
    {
        ErofsStoredExtent last = stored.Extents[^1];
        return blockOf(last) + Math.Max(1, last.Blocks);
    }
}
