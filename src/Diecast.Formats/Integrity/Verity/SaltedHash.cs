using System.Buffers;
using System.Security.Cryptography;
using Diecast.Formats.Native;

namespace Diecast.Formats.Integrity;

/// <summary>The hash of a block and the salt. Safe to use from several threads at once.</summary>
internal sealed class SaltedHash
{
    private readonly DmVerityAlgorithm _algorithm;
    private readonly ShaFunction _function;
    private readonly byte[] _salt;
    private readonly bool _isSaltFirst;

    /// <summary>libcrypto's state at the beginning of a block; null where .NET hashes.</summary>
    private readonly ulong[]? _initial;

    internal SaltedHash(DmVerityAlgorithm algorithm, ReadOnlySpan<byte> salt, DmVerityHashType type, HashEngine engine = HashEngine.Fastest)
    {
        _algorithm = algorithm;
        _salt = salt.ToArray();
        _isSaltFirst = type == DmVerityHashType.Normal;
        _function = algorithm switch
        {
            DmVerityAlgorithm.Sha1 => ShaFunction.Sha1,
            DmVerityAlgorithm.Sha384 => ShaFunction.Sha384,
            DmVerityAlgorithm.Sha512 => ShaFunction.Sha512,
            _ => ShaFunction.Sha256,
        };
        if (engine == HashEngine.Managed || !LibCryptoSha.IsAvailable)
            return;
        _initial = new ulong[LibCryptoSha.StateWords];
        LibCryptoSha.Begin(_function, _initial);
        if (_isSaltFirst)
            LibCryptoSha.Add(_function, _initial, _salt);
    }

    internal int Size => SizeOf(_algorithm);

    internal static int SizeOf(DmVerityAlgorithm algorithm) => algorithm switch
    {
        DmVerityAlgorithm.Sha1 => SHA1.HashSizeInBytes,
        DmVerityAlgorithm.Sha384 => SHA384.HashSizeInBytes,
        DmVerityAlgorithm.Sha512 => SHA512.HashSizeInBytes,
        _ => SHA256.HashSizeInBytes,
    };

    /// <summary>Hashes a block.</summary>
    internal void Compute(ReadOnlySpan<byte> block, Span<byte> digest)
    {
        if (_initial is null)
        {
            ComputeManaged(block, digest);
            return;
        }

        Span<ulong> state = stackalloc ulong[LibCryptoSha.StateWords];
        _initial.CopyTo(state);
        LibCryptoSha.Add(_function, state, block);
        if (!_isSaltFirst)
            LibCryptoSha.Add(_function, state, _salt);
        LibCryptoSha.End(_function, state, digest);
    }

    private void ComputeManaged(ReadOnlySpan<byte> block, Span<byte> digest)
    {
        if (_salt.Length == 0)
        {
            Hash(block, digest);
            return;
        }

        int length = _salt.Length + block.Length;
        byte[] joined = ArrayPool<byte>.Shared.Rent(length);
        _salt.CopyTo(joined.AsSpan(_isSaltFirst ? 0 : block.Length));
        block.CopyTo(joined.AsSpan(_isSaltFirst ? _salt.Length : 0));
        Hash(joined.AsSpan(0, length), digest);
        ArrayPool<byte>.Shared.Return(joined);
    }

    private void Hash(ReadOnlySpan<byte> bytes, Span<byte> digest) => _ = _algorithm switch
    {
        DmVerityAlgorithm.Sha1 => HashSha1(bytes, digest),
        DmVerityAlgorithm.Sha384 => SHA384.HashData(bytes, digest),
        DmVerityAlgorithm.Sha512 => SHA512.HashData(bytes, digest),
        _ => SHA256.HashData(bytes, digest),
    };

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "old devices have it")]
    private static int HashSha1(ReadOnlySpan<byte> bytes, Span<byte> digest) => SHA1.HashData(bytes, digest);
}

/// <summary>Who hashes.</summary>
internal enum HashEngine
{
    /// <summary>libcrypto where it can be called, else .NET.</summary>
    Fastest,

    /// <summary>.NET, which gives the same.</summary>
    Managed,
}
