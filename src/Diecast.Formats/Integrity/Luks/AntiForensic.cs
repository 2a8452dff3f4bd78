using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Diecast.Formats.Integrity;

/// <summary>
/// The splitter that spreads a key over many stripes, all of which are needed to have it back (LUKS1 On-Disk Format
/// Specification, 2.4).
/// </summary>
internal static class AntiForensic
{
    /// <summary>Stripes that everyone has.</summary>
    internal const int Stripes = 4000;

    /// <summary>Splits a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="stripes">Random bytes for all stripes but the last, which is filled in.</param>
    /// <param name="hash">What mixes the stripes.</param>
    internal static void Split(ReadOnlySpan<byte> key, Span<byte> stripes, HashAlgorithmName hash)
    {
        byte[] mixed = Mix(stripes[..^key.Length], key.Length, hash);
        Xor(key, mixed, stripes[^key.Length..]);
        CryptographicOperations.ZeroMemory(mixed);
    }

    /// <summary>Joins a key again.</summary>
    internal static byte[] Merge(ReadOnlySpan<byte> stripes, int keySize, HashAlgorithmName hash)
    {
        byte[] key = Mix(stripes[..^keySize], keySize, hash);
        Xor(key, stripes[^keySize..], key);
        return key;
    }

    /// <summary>Bytes of the stripes of a key.</summary>
    internal static long Length(long keySize, int stripes) => keySize * stripes;

    private static byte[] Mix(ReadOnlySpan<byte> stripes, int size, HashAlgorithmName hash)
    {
        byte[] mixed = new byte[size];
        byte[] work = new byte[size];
        for (; stripes.Length > 0; stripes = stripes[size..])
        {
            Xor(mixed, stripes[..size], work);
            Diffuse(work, mixed, hash);
        }

        CryptographicOperations.ZeroMemory(work);
        return mixed;
    }

    /// <summary>Replaces each piece of the hash's size by the hash of its number and itself.</summary>
    private static void Diffuse(ReadOnlySpan<byte> source, Span<byte> target, HashAlgorithmName hash)
    {
        Span<byte> numbered = stackalloc byte[sizeof(uint) + 64];
        Span<byte> digest = stackalloc byte[64];
        for (int number = 0; source.Length > 0; number++)
        {
            int size = Math.Min(SizeOf(hash), source.Length);
            BinaryPrimitives.WriteInt32BigEndian(numbered, number);
            source[..size].CopyTo(numbered[sizeof(uint)..]);
            _ = CryptographicOperations.HashData(hash, numbered[..(sizeof(uint) + size)], digest);
            digest[..size].CopyTo(target);
            source = source[size..];
            target = target[size..];
        }
    }

    private static int SizeOf(HashAlgorithmName hash) =>
        hash == HashAlgorithmName.SHA1 ? SHA1.HashSizeInBytes
        : hash == HashAlgorithmName.SHA256 ? SHA256.HashSizeInBytes
        : hash == HashAlgorithmName.SHA384 ? SHA384.HashSizeInBytes
        : SHA512.HashSizeInBytes;

    private static void Xor(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, Span<byte> target)
    {
        for (int i = 0; i < one.Length; i++)
            target[i] = (byte)(one[i] ^ other[i]);
    }
}
