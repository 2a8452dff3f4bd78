using System.Numerics;

namespace Diecast.Formats.Integrity;

/// <summary>The parameters of a dm-verity device.</summary>
public sealed record DmVerityOptions
{
    internal const string Format = "dm-verity";
    internal const int SectorSize = 512;
    internal const int MaximumSaltSize = 256;

    private const int UsualBlockSize = 4096;

    /// <summary>As far as veritysetup goes (VERITY_BLOCK_SIZE_OK).</summary>
    private const int MaximumBlockSize = 512 * 1024;

    /// <summary>
    /// Bytes of a data block: a power of two from 512 to 524288. Kernels take none that is larger than their pages, and
    /// systemd none larger than 4096. Default: 4096.
    /// </summary>
    public int DataBlockSize { get; init; } = UsualBlockSize;

    /// <summary>Bytes of a block of the tree, within the same limits. Default: 4096.</summary>
    public int HashBlockSize { get; init; } = UsualBlockSize;

    /// <summary>Bytes that go into every hash beside the block: up to 256. Default: none.</summary>
    public ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>UUID of the hash device, which the superblock has. Default: zeros.</summary>
    public Guid Uuid { get; init; }

    /// <summary>The hash. Default: SHA-256.</summary>
    public DmVerityAlgorithm Algorithm { get; init; } = DmVerityAlgorithm.Sha256;

    /// <summary>The form of the tree. Default: <see cref="DmVerityHashType.Normal"/>.</summary>
    public DmVerityHashType HashType { get; init; } = DmVerityHashType.Normal;

    /// <summary>
    /// Whether a superblock of 512 bytes, from which everything but the root hash can be read, stands before the tree.
    /// Default: yes.
    /// </summary>
    public bool Superblock { get; init; } = true;

    /// <summary>
    /// Where on its device the hash area begins, in bytes (veritysetup's <c>--hash-offset</c>): a multiple of 512, and
    /// without a superblock of <see cref="HashBlockSize"/>. The tree lies at multiples of <see cref="HashBlockSize"/>
    /// on the device. Default: 0, a device of its own.
    /// </summary>
    public long HashOffset { get; init; }

    /// <summary>Where on the device the tree begins.</summary>
    internal long TreeOffset => Superblock ? Units.RoundUp(HashOffset + SectorSize, HashBlockSize) : HashOffset;

    internal SaltedHash CreateHash() => new(Algorithm, Salt.Span, HashType);

    internal DmVerityShape ShapeOf(long dataBlocks) => new(dataBlocks, HashBlockSize, SaltedHash.SizeOf(Algorithm), HashType);

    /// <summary>Refuses what is out of range.</summary>
    /// <exception cref="UnrepresentableException">An option is out of range.</exception>
    internal void Check()
    {
        if (Fault() is { } fault)
            throw new UnrepresentableException(Format, null, fault);
    }

    /// <summary>The blocks of so many bytes of data.</summary>
    /// <exception cref="UnrepresentableException">They are none, or not whole.</exception>
    internal long BlocksOf(long dataLength)
    {
        if (dataLength <= 0 || dataLength % DataBlockSize != 0)
        {
            throw new UnrepresentableException(
                Format, null, FormattableString.Invariant($"data of {dataLength} bytes; they are a multiple of the data block, {DataBlockSize} bytes, and not none"));
        }

        return dataLength / DataBlockSize;
    }

    internal static bool IsBlockSize(long size) => size is >= SectorSize and <= MaximumBlockSize && BitOperations.IsPow2(size);

    private string? Fault()
    {
        if (!IsBlockSize(DataBlockSize))
            return FormattableString.Invariant($"data blocks of {DataBlockSize} bytes; powers of two from {SectorSize} to {MaximumBlockSize} are possible");
        if (!IsBlockSize(HashBlockSize))
            return FormattableString.Invariant($"hash blocks of {HashBlockSize} bytes; powers of two from {SectorSize} to {MaximumBlockSize} are possible");
        if (Salt.Length > MaximumSaltSize)
            return FormattableString.Invariant($"a salt of {Salt.Length} bytes; up to {MaximumSaltSize} are possible");
        if (!Enum.IsDefined(Algorithm))
            return $"the hash {Algorithm}";
        if (!Enum.IsDefined(HashType))
            return $"the hash type {HashType}";
        int unit = Superblock ? SectorSize : HashBlockSize;
        return HashOffset < 0 || HashOffset % unit != 0 || HashOffset > long.MaxValue - (2L * MaximumBlockSize)
            ? FormattableString.Invariant($"a hash area at {HashOffset}; it begins at a multiple of {unit} bytes")
            : null;
    }
}
