using System.Security.Cryptography;

namespace Diecast.Formats.FileSystems;

/// <summary>The hash of a block: of the salt, filled up to a block of the hash function, and the block.</summary>
internal sealed class VerityHash
{
    private readonly byte[] _salt;
    private readonly Lazy<byte[]> _ofZeros;

    internal VerityHash(VerityOptions options, int blockSize)
    {
        Algorithm = options.Algorithm;
        BlockSize = blockSize;
        Salt = options.Salt;
        int unit = Algorithm == VerityAlgorithm.Sha256 ? 64 : 128;
        _salt = new byte[Salt.IsEmpty ? 0 : unit];
        Salt.Span.CopyTo(_salt);
        _ofZeros = new Lazy<byte[]>(() =>
        {
            byte[] hash = new byte[Size];
            Block(new byte[BlockSize], hash, new byte[BufferSize]);
            return hash;
        });
    }

    internal VerityAlgorithm Algorithm { get; }

    internal int BlockSize { get; }

    internal ReadOnlyMemory<byte> Salt { get; }

    internal int Size => SizeOf(Algorithm);

    /// <summary>Bytes that <see cref="Block"/> works in.</summary>
    internal int BufferSize => _salt.Length + BlockSize;

    /// <summary>The hash of a block of a hole.</summary>
    internal ReadOnlySpan<byte> OfZeros => _ofZeros.Value;

    /// <summary>The number that the kernel has for a hash (FS_VERITY_HASH_ALG).</summary>
    internal static byte NumberOf(VerityAlgorithm algorithm) => algorithm == VerityAlgorithm.Sha256 ? (byte)1 : (byte)2;

    internal static int SizeOf(VerityAlgorithm algorithm) =>
        algorithm == VerityAlgorithm.Sha256 ? SHA256.HashSizeInBytes : SHA512.HashSizeInBytes;

    /// <summary>Hashes a block, whose end may be missing and counts as zeros.</summary>
    internal void Block(ReadOnlySpan<byte> block, Span<byte> hash, Span<byte> buffer)
    {
        if (_salt.Length == 0 && block.Length == BlockSize)
        {
            Plain(block, hash);
            return;
        }

        _salt.CopyTo(buffer);
        block.CopyTo(buffer[_salt.Length..]);
        buffer[(_salt.Length + block.Length)..BufferSize].Clear();
        Plain(buffer[..BufferSize], hash);
    }

    /// <summary>Hashes without salt.</summary>
    internal void Plain(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        if (Algorithm == VerityAlgorithm.Sha256)
            SHA256.HashData(bytes, hash);
        else
            SHA512.HashData(bytes, hash);
    }
}
