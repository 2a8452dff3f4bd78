namespace Diecast.Formats.Integrity;

/// <summary>What came of checking all of a dm-verity device.</summary>
public sealed record DmVerityReport
{
    /// <summary>How many ranges <see cref="Damage"/> has at the most.</summary>
    public const int MaximumRanges = 10_000;

    /// <summary>The root hash that it was checked against.</summary>
    public required ReadOnlyMemory<byte> RootHash { get; init; }

    /// <summary>Blocks of data that were checked.</summary>
    public required long DataBlocks { get; init; }

    /// <summary>Blocks of the tree that were checked.</summary>
    public required long HashBlocks { get; init; }

    /// <summary>Blocks of data that are changed or not vouched for, also those that <see cref="Damage"/> has no room for.</summary>
    public required long BadDataBlocks { get; init; }

    /// <summary>Blocks of the tree that are not as they were, or not vouched for.</summary>
    public required long BadHashBlocks { get; init; }

    /// <summary>
    /// What is not as it was: the tree from the top, then the data, each in the order of its blocks. The first
    /// <see cref="MaximumRanges"/> ranges.
    /// </summary>
    public required IReadOnlyList<DmVerityDamage> Damage { get; init; }

    /// <summary>Whether all is as it was.</summary>
    public bool IsGood => BadDataBlocks + BadHashBlocks == 0;
}
