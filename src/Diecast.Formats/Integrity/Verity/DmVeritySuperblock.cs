namespace Diecast.Formats.Integrity;

/// <summary>What the superblock of a dm-verity device says: everything but the root hash.</summary>
public sealed record DmVeritySuperblock
{
    /// <summary>UUID of the hash device.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>The form of the tree.</summary>
    public required DmVerityHashType HashType { get; init; }

    /// <summary>The hash.</summary>
    public required DmVerityAlgorithm Algorithm { get; init; }

    /// <summary>Bytes of a data block.</summary>
    public required int DataBlockSize { get; init; }

    /// <summary>Bytes of a block of the tree.</summary>
    public required int HashBlockSize { get; init; }

    /// <summary>Data blocks that are protected.</summary>
    public required long DataBlocks { get; init; }

    /// <summary>What goes into every hash beside the block.</summary>
    public required ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>Bytes of data that are protected.</summary>
    public long DataLength => DataBlocks * DataBlockSize;

    /// <summary>Options that make such a device again.</summary>
    /// <param name="hashOffset">Where the superblock is.</param>
    internal DmVerityOptions ToOptions(long hashOffset) => new()
    {
        Uuid = Uuid,
        HashType = HashType,
        Algorithm = Algorithm,
        DataBlockSize = DataBlockSize,
        HashBlockSize = HashBlockSize,
        Salt = Salt,
        HashOffset = hashOffset,
    };
}
