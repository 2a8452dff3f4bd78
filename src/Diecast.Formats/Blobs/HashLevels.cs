namespace Diecast.Formats.Blobs;

/// <summary>
/// Where the levels of a hash tree are: level 0 holds the hashes of data and stands last, the highest level is one block and
/// stands first. Data of a single block has no tree.
/// </summary>
internal sealed class HashLevels
{
    private readonly long[] _starts;

    /// <param name="dataBlocks">Blocks of data.</param>
    /// <param name="hashesPerBlock">Hashes in a block of the tree.</param>
    internal HashLevels(long dataBlocks, int hashesPerBlock)
    {
        var counts = new List<long>();
        for (long blocks = dataBlocks; blocks > 1;)
        {
            blocks = Units.Divide(blocks, hashesPerBlock);
            counts.Add(blocks);
        }

        _starts = new long[counts.Count];
        for (int level = counts.Count - 1; level >= 0; level--)
        {
            _starts[level] = Blocks;
            Blocks += counts[level];
        }
    }

    /// <summary>How many there are.</summary>
    internal int Count => _starts.Length;

    /// <summary>Blocks of all levels.</summary>
    internal long Blocks { get; }

    /// <summary>The first block of a level.</summary>
    internal long Start(int level) => _starts[level];

    /// <summary>Blocks of a level.</summary>
    internal long BlocksOf(int level) => (level > 0 ? _starts[level - 1] : Blocks) - _starts[level];
}
