using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>An entry of an index before it is written in one of its forms.</summary>
/// <param name="Type">Whether an extent begins here, and what it is.</param>
/// <param name="Offset">Where in the cluster it begins.</param>
/// <param name="Back">Clusters back to the beginning; or the number of blocks, marked as such.</param>
/// <param name="Ahead">Clusters ahead to the next beginning.</param>
/// <param name="Block">The first block of the extent that begins here, or of the one that goes on here.</param>
internal readonly record struct ErofsIndexEntry(int Type, int Offset, int Back, int Ahead, long Block)
{
    internal bool IsHead => Type != ErofsFormat.ClusterInside;
}

/// <summary>
/// The index of two and four bytes an entry: packs of two entries of 16 bits up to a multiple of 32 bytes, packs of sixteen of 14
/// bits, and again packs of two; each pack with the number of a block.
/// </summary>
internal static class ErofsCompactIndex
{
    private const int SmallPack = 8;
    private const int LargePack = 32;

    /// <summary>The first byte after an index.</summary>
    /// <param name="start">Its first byte.</param>
    /// <param name="count">Its entries.</param>
    /// <param name="blockBits">Bits of a block's size.</param>
    internal static long End(long start, long count, int blockBits)
    {
        (_, long between) = Parts(start, count, blockBits);
        return start + (between * 2) + (Units.RoundUp(count - between, 2) * 4);
    }

    /// <summary>Writes an index.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="start">Its first byte, from a multiple of 32 bytes on.</param>
    /// <param name="index">Its bytes.</param>
    /// <param name="blockBits">Bits of a block's size.</param>
    /// <param name="isBig">Whether extents have the numbers of their blocks.</param>
    internal static void Write(ReadOnlySpan<ErofsIndexEntry> entries, long start, Span<byte> index, int blockBits, bool isBig)
    {
        (long before, long between) = Parts(start, entries.Length, blockBits);
        int done = 0;
        while (done < entries.Length)
        {
            bool isLarge = done >= before && done < before + between;
            int count = isLarge ? 16 : 2;
            int size = isLarge ? LargePack : SmallPack;
            ReadOnlySpan<ErofsIndexEntry> rest = entries[done..];
            WritePack(rest[..Math.Min(count, rest.Length)], count, index[..size], blockBits, isBig);
            index = index[size..];
            done += count;
        }
    }

    /// <summary>Whether entries of two bytes hold a place in a block.</summary>
    internal static bool HasLargePacks(int blockBits) => blockBits <= 12;

    private static (long Before, long Between) Parts(long start, long count, int blockBits)
    {
        if (!HasLargePacks(blockBits))
            return (count, 0);
        long before = (LargePack - (start % LargePack)) % LargePack / 4;
        return before < count ? (before, (count - before) / 16 * 16) : (count, 0);
    }

    private static void WritePack(ReadOnlySpan<ErofsIndexEntry> entries, int count, Span<byte> pack, int blockBits, bool isBig)
    {
        pack.Clear();
        int valueBits = Math.Max(blockBits, 12);
        int entryBits = count == 2 ? 16 : 14;
        for (int i = 0; i < entries.Length; i++)
        {
            ErofsIndexEntry entry = entries[i];
            bool isCount = (entry.Back & ErofsFormat.BlockCount) != 0;
            int value = entry.IsHead ? entry.Offset : i == count - 1 && !isCount ? entry.Ahead : entry.Back;
            uint word = checked((uint)((entry.Type << valueBits) | value)) << (i * entryBits % 8);
            int at = i * entryBits / 8;
            pack[at] |= (byte)(word & 0xff);
            pack[at + 1] |= (byte)(word >> 8 & 0xff);
            if (word >> 16 != 0)
                pack[at + 2] |= (byte)(word >> 16);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(pack[^sizeof(uint)..], checked((uint)BaseOf(entries, isBig)));
    }

    /// <summary>
    /// The number that a pack's blocks count from. Without numbers of blocks it is one less than the first that begins in the
    /// pack; with them it is that of the first, where an extent that goes on counts only if its number is in the pack.
    /// </summary>
    private static long BaseOf(ReadOnlySpan<ErofsIndexEntry> entries, bool isBig)
    {
        if (!isBig)
        {
            foreach (ErofsIndexEntry entry in entries)
            {
                if (entry.IsHead)
                    return Math.Max(0, entry.Block - 1);
            }

            return 0;
        }

        if (entries[0].IsHead || (entries[0].Back & ErofsFormat.BlockCount) != 0)
            return entries[0].Block;
        foreach (ErofsIndexEntry entry in entries)
        {
            if (entry.IsHead)
                return entry.Block;
        }

        return 0;
    }
}
