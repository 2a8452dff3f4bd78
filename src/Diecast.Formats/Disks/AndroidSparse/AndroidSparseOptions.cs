namespace Diecast.Formats.Disks;

/// <summary>What a hole of the disk becomes in a sparse image.</summary>
public enum AndroidSparseHoles
{
    /// <summary>Nothing is written there: the medium keeps what it has, which must be zeros or of no account.</summary>
    DontCare,

    /// <summary>Zeros are written, at 16 bytes for each GiB of the image; needed where the content is verified (dm-verity).</summary>
    Fill,
}

/// <summary>What checksum of the disk a sparse image ends with.</summary>
public enum AndroidSparseChecksum
{
    /// <summary>None: many loaders refuse one.</summary>
    None,

    /// <summary>CRC-32 of the disk, in which holes are zeros.</summary>
    Crc32,
}

/// <summary>How an Android sparse image is written.</summary>
public sealed record AndroidSparseOptions
{
    /// <summary>The options of a plain image.</summary>
    public static AndroidSparseOptions Default { get; } = new();

    /// <summary>Bytes in a block, a power of two from 512 to 1 MiB. Default: 4096, the only size that every loader takes.</summary>
    public int BlockSize { get; init; } = 4096;

    /// <summary>What becomes of holes. Default: <see cref="AndroidSparseHoles.DontCare"/>.</summary>
    public AndroidSparseHoles Holes { get; init; } = AndroidSparseHoles.DontCare;

    /// <summary>The checksum at its end, which only a writer can know. Default: none.</summary>
    public AndroidSparseChecksum Checksum { get; init; } = AndroidSparseChecksum.None;

    /// <summary>
    /// The most bytes in one file of an image in parts, at least 64 KiB and four blocks. Default: 4 GiB less one, the most that a
    /// device can say it takes at once.
    /// </summary>
    public long LargestPart { get; init; } = uint.MaxValue;
}
