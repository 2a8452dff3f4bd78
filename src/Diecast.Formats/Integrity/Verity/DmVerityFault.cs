namespace Diecast.Formats.Integrity;

/// <summary>A block that is not as it was when the tree was made.</summary>
public sealed record DmVerityFault
{
    /// <summary>The level of the tree that the block is in, 0 for the hashes of data; null for a block of data.</summary>
    public int? Level { get; init; }

    /// <summary>The block's number: in the data, or in the hash device.</summary>
    public required long Block { get; init; }

    /// <summary>Where it begins, in bytes: in the data, or in the hash device.</summary>
    public required long Offset { get; init; }

    /// <summary>What is wrong with it.</summary>
    public required string Message { get; init; }
}
