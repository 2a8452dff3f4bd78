namespace Diecast.Formats.FileSystems;

/// <summary>
/// The blocks of a hash tree, by the content's size alone (fsverity_init_merkle_tree_params): level 0 holds the hashes
/// of content and stands last, the highest level is one block and stands first. Content of up to one block has no tree.
/// </summary>
internal sealed class VerityShape
{
    private readonly long[] _starts;

    internal VerityShape(long size, int blockSize, int digestSize)
    {
        BlockSize = blockSize;
        HashesPerBlock = blockSize / digestSize;
        ContentBlocks = Units.Divide(size, blockSize);
        var counts = new List<long>();
        for (long blocks = ContentBlocks; blocks > 1;)
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

    internal int BlockSize { get; }

    internal int HashesPerBlock { get; }

    internal long ContentBlocks { get; }

    internal int Levels => _starts.Length;

    /// <summary>Blocks of all levels.</summary>
    internal long Blocks { get; }

    internal long Length => Blocks * BlockSize;

    /// <summary>The blocks above level 0, which come before it.</summary>
    internal long UpperBlocks => Levels > 0 ? _starts[0] : 0;

    internal long LeafBlocks => Blocks - UpperBlocks;

    /// <summary>Why no such tree is made, or null: the kernel follows eight levels, and those above the lowest are held in memory.</summary>
    internal string? Fault => Levels > VerityOptions.MaximumLevels ? $"its tree has {Levels} levels; fs-verity has up to {VerityOptions.MaximumLevels}"
        : UpperBlocks * BlockSize > Array.MaxLength ? $"its tree of {Length} bytes is too large: larger blocks make it smaller"
        : null;

    /// <summary>The first block of a level.</summary>
    internal long Start(int level) => _starts[level];

    internal long Count(int level) => (level > 0 ? _starts[level - 1] : Blocks) - _starts[level];
}
