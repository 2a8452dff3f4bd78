using System.Numerics;

namespace Diecast.Formats.FileSystems;

/// <summary>How files are protected by fs-verity: the parameters of their hash trees.</summary>
public sealed record VerityOptions
{
    /// <summary>Levels that the kernel follows (FS_VERITY_MAX_LEVELS).</summary>
    internal const int MaximumLevels = 8;

    /// <summary>A descriptor with its signature is up to 16 KiB (FS_VERITY_MAX_DESCRIPTOR_SIZE).</summary>
    internal const int MaximumSignatureSize = 16384 - VerityDescriptor.Size;

    internal const int UsualBlockSize = 4096;

    internal const int MaximumSaltSize = 32;

    private const int LeastBlockSize = 1024;
    private const int MaximumBlockSize = 65536;

    /// <summary>The hash. Default: SHA-256.</summary>
    public VerityAlgorithm Algorithm { get; init; } = VerityAlgorithm.Sha256;

    /// <summary>
    /// Bytes of a block of content or tree: a power of two from 1024 on, no more than the file system's blocks and the
    /// kernel's pages have. Default: null, 4096, or the file system's where those are smaller. Kernels before 6.3 take
    /// 4096 alone, for files and for the file system.
    /// </summary>
    public int? BlockSize { get; init; }

    /// <summary>Bytes that go into every hash before the block: up to 32. Default: none.</summary>
    public ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>
    /// The built-in signature of the file at a path: PKCS #7 in DER, without content, of the
    /// <see cref="VerityDigest.SignedBytes"/> of its digest, which <see cref="FsVerity.Digest"/> tells beforehand; up
    /// to 16128 bytes; empty for none. Asked while planning, once for each file, by the first of its names. Default:
    /// null, no file has one.
    /// </summary>
    public Func<string, ReadOnlyMemory<byte>>? Signature { get; init; }

    /// <summary>The size of a block, in a file system with blocks of a size.</summary>
    internal int BlockSizeIn(int fileSystemBlockSize) => BlockSize ?? Math.Min(UsualBlockSize, fileSystemBlockSize);

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Fault(int fileSystemBlockSize)
    {
        int blockSize = BlockSizeIn(fileSystemBlockSize);
        if (!Enum.IsDefined(Algorithm))
            return $"the hash {Algorithm} of fs-verity";
        if (!BitOperations.IsPow2(blockSize) || blockSize < LeastBlockSize || blockSize > Math.Min(MaximumBlockSize, fileSystemBlockSize))
            return $"hashes of {blockSize} bytes by fs-verity; powers of two from {LeastBlockSize} to the file system's block are possible";
        return Salt.Length > MaximumSaltSize ? $"a salt of {Salt.Length} bytes; fs-verity has up to {MaximumSaltSize}" : null;
    }
}
