namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Where an extent of a compressed file is.</summary>
/// <param name="Length">Bytes of the file.</param>
/// <param name="Blocks">Blocks that it takes; zero for one that the file ends with and that has none.</param>
/// <param name="IsRaw">Whether it is stored as it is.</param>
/// <param name="Owner">The place of the inode among whose blocks it is, or -1 for the file itself.</param>
/// <param name="Offset">The first of its blocks, from the first of that inode on.</param>
internal readonly record struct ErofsStoredExtent(int Length, int Blocks, bool IsRaw, int Owner, uint Offset);

/// <summary>How the end of a compressed file is stored.</summary>
internal enum ErofsEnd
{
    /// <summary>In blocks, as the rest.</summary>
    Blocks,

    /// <summary>Behind the inode.</summary>
    Inline,

    /// <summary>In the packed inode.</summary>
    Fragment,
}

/// <summary>A compressed file.</summary>
internal sealed class ErofsStored
{
    /// <summary>The extents, in the order of the file; none when all of it is a fragment.</summary>
    internal required ErofsStoredExtent[] Extents { get; init; }

    /// <summary>The place of the inode that has the blocks.</summary>
    internal required int Owner { get; init; }

    /// <summary>Where its blocks are in the spool.</summary>
    internal required long SpoolOffset { get; init; }

    /// <summary>Blocks of its own.</summary>
    internal required long Blocks { get; init; }

    internal required ErofsIndexes Indexes { get; init; }

    internal ErofsEnd End { get; init; }

    /// <summary>Where the end is: in the spool, or in the packed inode.</summary>
    internal long EndOffset { get; init; }

    /// <summary>Bytes of an inline end.</summary>
    internal int EndSize { get; init; }

    /// <summary>The same file, once the place of its end is known.</summary>
    internal ErofsStored WithEnd(long offset, ErofsIndexes indexes) => new()
    {
        Extents = Extents,
        Owner = Owner,
        SpoolOffset = SpoolOffset,
        Blocks = Blocks,
        Indexes = indexes,
        End = End,
        EndOffset = offset,
        EndSize = EndSize,
    };

    /// <summary>Whether an extent has more than one block.</summary>
    internal bool IsBig => Array.Exists(Extents, static e => e.Blocks > 1);

    internal bool IsWholeFragment => End == ErofsEnd.Fragment && Extents.Length == 0;

    /// <summary>Bytes of the map behind an inode and its attributes, with what aligns it.</summary>
    /// <param name="headSize">Bytes of the inode and its attributes.</param>
    /// <param name="clusters">Blocks of the file's content.</param>
    /// <param name="blockBits">Bits of a block's size.</param>
    internal int MapSize(int headSize, long clusters, int blockBits)
    {
        long start = Units.RoundUp(headSize, ErofsMapHeaderLayout.Size) + ErofsMapHeaderLayout.Size;
        if (IsWholeFragment)
            return (int)(start - headSize);
        long end = Indexes == ErofsIndexes.Full
            ? start + ErofsClusterIndexLayout.Size + (clusters * ErofsClusterIndexLayout.Size)
            : ErofsCompactIndex.End(start, clusters, blockBits);
        return checked((int)(end - headSize));
    }
}
