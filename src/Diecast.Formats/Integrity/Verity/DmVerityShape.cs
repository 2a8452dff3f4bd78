using System.Numerics;

namespace Diecast.Formats.Integrity;

/// <summary>
/// The blocks of a tree (cryptsetup, lib/verity/verity_hash.c, hash_levels): level 0 holds the hashes of the data and
/// stands last, the highest level is one block and stands first. A single data block has no tree.
/// </summary>
internal sealed class DmVerityShape
{
    private readonly long[] _starts;

    internal DmVerityShape(long dataBlocks, int hashBlockSize, int digestSize, DmVerityHashType type)
    {
        DataBlocks = dataBlocks;
        BlockSize = hashBlockSize;
        DigestSize = digestSize;
        Stride = type == DmVerityHashType.Normal ? (int)BitOperations.RoundUpToPowerOf2((uint)digestSize) : digestSize;
        HashesPerBlock = 1 << BitOperations.Log2((uint)(hashBlockSize / digestSize));
        var counts = new List<long>();
        for (long blocks = dataBlocks; blocks > 1;)
        {
            blocks = Units.Divide(blocks, HashesPerBlock);
            counts.Add(blocks);
        }

        _starts = new long[counts.Count];
        for (int level = counts.Count - 1; level >= 0; level--)
        {
            _starts[level] = Blocks;
            Blocks += counts[level];
        }
    }

    internal long DataBlocks { get; }

    internal int BlockSize { get; }

    internal int DigestSize { get; }

    /// <summary>Bytes from one hash to the next.</summary>
    internal int Stride { get; }

    internal int HashesPerBlock { get; }

    internal int Levels => _starts.Length;

    /// <summary>Blocks of all levels.</summary>
    internal long Blocks { get; }

    internal long Length => Blocks * BlockSize;

    /// <summary>The first block of a level.</summary>
    internal long Start(int level) => _starts[level];

    internal long Count(int level) => (level > 0 ? _starts[level - 1] : Blocks) - _starts[level];
}
