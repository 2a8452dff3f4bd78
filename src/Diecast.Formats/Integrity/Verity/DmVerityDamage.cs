namespace Diecast.Formats.Integrity;

/// <summary>Neighbouring blocks that are not as they were when the tree was made, or of which nothing says how they were.</summary>
public sealed record DmVerityDamage
{
    /// <summary>The level of the tree that the blocks are in, 0 for the hashes of data; null for blocks of data.</summary>
    public int? Level { get; init; }

    /// <summary>What is wrong with them.</summary>
    public required DmVerityDamageKind Kind { get; init; }

    /// <summary>The first block's number: in the data, or in the hash device.</summary>
    public required long Block { get; init; }

    /// <summary>How many blocks.</summary>
    public required long Count { get; init; }

    /// <summary>Where the first begins, in bytes: in the data, or in the hash device.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes of all.</summary>
    public required long Length { get; init; }

    /// <summary>The same in words.</summary>
    public required string Message { get; init; }
}

/// <summary>What is wrong with a block.</summary>
public enum DmVerityDamageKind
{
    /// <summary>It does not have the hash that the tree has for it, or the root hash.</summary>
    Changed,

    /// <summary>The block that has its hash is changed itself, or not vouched for: nothing says what it should be.</summary>
    Unvouched,

    /// <summary>It has something where no hash stands, which kernels do not look at and veritysetup does.</summary>
    SpareUsed,
}
