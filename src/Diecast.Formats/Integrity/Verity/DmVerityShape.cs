using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>
/// The blocks of a tree (cryptsetup, lib/verity/verity_hash.c, hash_levels). A single data block has no tree.
/// </summary>
internal sealed class DmVerityShape
{
    private readonly HashLevels _levels;

    internal DmVerityShape(long dataBlocks, int hashBlockSize, int digestSize, DmVerityHashType type)
    {
        DataBlocks = dataBlocks;
        BlockSize = hashBlockSize;
        DigestSize = digestSize;
        Stride = type == DmVerityHashType.Normal ? (int)BitOperations.RoundUpToPowerOf2((uint)digestSize) : digestSize;
        HashesPerBlock = 1 << BitOperations.Log2((uint)(hashBlockSize / digestSize));
        _levels = new HashLevels(dataBlocks, HashesPerBlock);
    }

    internal long DataBlocks { get; }

    internal int BlockSize { get; }

    internal int DigestSize { get; }

    /// <summary>Bytes from one hash to the next.</summary>
    internal int Stride { get; }

    internal int HashesPerBlock { get; }

    internal int Levels => _levels.Count;

    /// <summary>Blocks of all levels.</summary>
    internal long Blocks => _levels.Blocks;

    internal long Length => Blocks * BlockSize;

    /// <summary>The first block of a level.</summary>
    internal long Start(int level) => _levels.Start(level);

    internal long Count(int level) => _levels.BlocksOf(level);
}
