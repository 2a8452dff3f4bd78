using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems;

/// <summary>
/// The blocks of a hash tree, by the content's size alone (fsverity_init_merkle_tree_params). Content of up to one block has no
/// tree.
/// </summary>
internal sealed class VerityShape
{
    private readonly HashLevels _levels;

    internal VerityShape(long size, int blockSize, int digestSize)
    {
        BlockSize = blockSize;
        HashesPerBlock = blockSize / digestSize;
        ContentBlocks = Units.Divide(size, blockSize);
        _levels = new HashLevels(ContentBlocks, HashesPerBlock);
    }

    internal int BlockSize { get; }

    internal int HashesPerBlock { get; }

    internal long ContentBlocks { get; }

    internal int Levels => _levels.Count;

    /// <summary>Blocks of all levels.</summary>
    internal long Blocks => _levels.Blocks;

    internal long Length => Blocks * BlockSize;

    /// <summary>The blocks above level 0, which come before it.</summary>
    internal long UpperBlocks => Levels > 0 ? _levels.Start(0) : 0;

    internal long LeafBlocks => Blocks - UpperBlocks;

    /// <summary>Why no such tree is made, or null: the kernel follows eight levels, and those above the lowest are held in memory.</summary>
    internal string? Fault => Levels > VerityOptions.MaximumLevels ? $"its tree has {Levels} levels; fs-verity has up to {VerityOptions.MaximumLevels}"
        : UpperBlocks * BlockSize > Array.MaxLength ? $"its tree of {Length} bytes is too large: larger blocks make it smaller"
        : null;

    /// <summary>The first block of a level.</summary>
    internal long Start(int level) => _levels.Start(level);

    internal long Count(int level) => _levels.BlocksOf(level);
}
