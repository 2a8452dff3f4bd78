using System.Numerics;
using System.Security.Cryptography;

namespace Diecast.Formats.Integrity;

/// <summary>
/// Seals a secret to a TPM that is elsewhere, by the public half of its storage key: an object for the TPM to import (Part 1:
/// Architecture, 23.3, outer duplication wrapper), which only it can decrypt and only under the policy gives out.
/// </summary>
internal static class TpmSealing
{
    /// <summary>Where TPMs keep the storage root key (TCG TPM v2.0 Provisioning Guidance, 7.8).</summary>
    internal const uint StorageRootKey = 0x8100_0001;

    /// <summary>What tss calls the kind of a key in what it stores of one.</summary>
    private const uint KeyResource = 1;

    /// <summary>Seals; the object as systemd stores it: the encrypted part, the public part, and what the TPM has its key from.</summary>
    /// <param name="parent">The storage key.</param>
    /// <param name="secret">The secret, at most 128 bytes.</param>
    /// <param name="policy">The digest of the policy under which it is given out.</param>
    internal static byte[] Seal(TpmPublicKey parent, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> policy)
    {
        TpmHash hash = parent.NameHash;
        (byte[] seed, byte[] encryptedSeed) = parent.Curve is null ? SeedByRsa(parent) : SeedByCurve(parent);
        byte[] ownSeed = RandomNumberGenerator.GetBytes(hash.Size);
        byte[] area = new TpmWriter().Number16(TpmLayout.KeyedHash).Number16(hash.Number).Number32(0).Sized(policy)
            .Number16(TpmLayout.Null).Sized(hash.Of(ownSeed, secret.ToArray())).ToArray();
        byte[] name = new TpmWriter().Number16(hash.Number).Raw(hash.Of(area)).ToArray();
        byte[] sensitive = new TpmWriter().Sized(new TpmWriter().Number16(TpmLayout.KeyedHash).Sized([]).Sized(ownSeed).Sized(secret).ToArray()).ToArray();
        byte[] encrypted = Encrypt(sensitive, Derive(hash, seed, "STORAGE", name, parent.SymmetricBits / 8));
        using var integrity = IncrementalHash.CreateHMAC(hash.Algorithm, Derive(hash, seed, "INTEGRITY", [], hash.Size));
        integrity.AppendData(encrypted);
        integrity.AppendData(name);
        byte[] wrapped = new TpmWriter().Sized(integrity.GetHashAndReset()).Raw(encrypted).ToArray();
        return new TpmWriter().Sized(wrapped).Sized(area).Sized(encryptedSeed).ToArray();
    }

    /// <summary>The storage key as tss stores a key that a TPM keeps, by which systemd knows it again.</summary>
    internal static byte[] Describe(TpmPublicKey parent, uint handle) =>
        new TpmWriter().Number32(handle).Sized(parent.Name).Number32(KeyResource).Sized(parent.Area).ToArray();

    /// <summary>A seed by one-pass Diffie-Hellman: the TPM makes it of the point and its own key (Part 1, C.6.1).</summary>
    private static (byte[] Seed, byte[] Encrypted) SeedByCurve(TpmPublicKey parent)
    {
        using var own = ECDiffieHellman.Create(parent.Curve!.Value);
        using var theirs = ECDiffieHellman.Create(new ECParameters { Curve = parent.Curve.Value, Q = new ECPoint { X = parent.Unique.X, Y = parent.Unique.Y } });
        using ECDiffieHellmanPublicKey key = theirs.PublicKey;
        byte[] shared = own.DeriveRawSecretAgreement(key);
        ECPoint point = own.ExportParameters(includePrivateParameters: false).Q;
        // KDFe: one block, as a seed is as long as the hash.
        byte[] seed = parent.NameHash.Of([0, 0, 0, 1], shared, "DUPLICATE\0"u8.ToArray(), point.X!, parent.Unique.X);
        return (seed, new TpmWriter().Sized(point.X).Sized(point.Y).ToArray());
    }

    /// <summary>A random seed, encrypted by OAEP with a label, which the platform's own has not (RFC 8017, 7.1.1).</summary>
    private static (byte[] Seed, byte[] Encrypted) SeedByRsa(TpmPublicKey parent)
    {
        TpmHash hash = parent.NameHash;
        byte[] modulus = parent.Unique.X;
        byte[] seed = RandomNumberGenerator.GetBytes(hash.Size);
        byte[] block = new byte[modulus.Length - hash.Size - 1];
        hash.Of("DUPLICATE\0"u8.ToArray()).CopyTo(block, 0);
        block[^(seed.Length + 1)] = 1;
        seed.CopyTo(block, block.Length - seed.Length);
        byte[] salt = RandomNumberGenerator.GetBytes(hash.Size);
        Mask(hash, salt, block);
        Mask(hash, block, salt);
        byte[] message = [0, .. salt, .. block];
        byte[] encrypted = BigInteger.ModPow(Number(message), parent.Exponent, Number(modulus)).ToByteArray(isUnsigned: true, isBigEndian: true);
        return (seed, [.. new byte[modulus.Length - encrypted.Length], .. encrypted]);
    }

    private static BigInteger Number(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    /// <summary>MGF1 of one part, laid over another (RFC 8017, B.2.1).</summary>
    private static void Mask(TpmHash hash, byte[] source, byte[] target)
    {
        for (int at = 0; at < target.Length; at += hash.Size)
        {
            byte[] mask = hash.Of(source, new TpmWriter().Number32((uint)(at / hash.Size)).ToArray());
            for (int i = 0; i < mask.Length && at + i < target.Length; i++)
                target[at + i] ^= mask[i];
        }
    }

    /// <summary>KDFa (Part 1, 11.4.10.2).</summary>
    private static byte[] Derive(TpmHash hash, byte[] key, string label, byte[] context, int length) =>
        SP800108HmacCounterKdf.DeriveBytes(key, hash.Algorithm, System.Text.Encoding.ASCII.GetBytes(label), context, length);

    private static byte[] Encrypt(byte[] bytes, byte[] key)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        // CFB of whole blocks; the rest of the last one is cut off.
        return aes.EncryptCfb(bytes, new byte[16], PaddingMode.Zeros, feedbackSizeInBits: 128)[..bytes.Length];
    }
}
