using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Diecast.Formats.Integrity;

/// <summary>A TPM's public key as a TPM has it (TPMT_PUBLIC).</summary>
internal sealed class TpmPublicKey
{
    private const string Format = "TPM2B_PUBLIC";
    private const uint UsualExponent = 65537;

    private TpmPublicKey(byte[] area, TpmHash nameHash)
    {
        Area = area;
        NameHash = nameHash;
        Name = new TpmWriter().Number16(nameHash.Number).Raw(nameHash.Of(area)).ToArray();
    }

    /// <summary>The structure.</summary>
    internal byte[] Area { get; }

    internal TpmHash NameHash { get; }

    /// <summary>What tells it from all others: the hash of the structure, with the hash's number.</summary>
    internal byte[] Name { get; }

    /// <summary>The curve of an elliptic key; null of RSA.</summary>
    internal ECCurve? Curve { get; private init; }

    /// <summary>Of an elliptic key the point, of RSA the modulus and nothing.</summary>
    internal (byte[] X, byte[] Y) Unique { get; private init; } = ([], []);

    /// <summary>Of RSA.</summary>
    internal uint Exponent { get; private init; }

    /// <summary>Bits of the AES key that what is below a storage key is encrypted with.</summary>
    internal int SymmetricBits { get; private init; }

    /// <summary>Reads a storage key, as <c>tpm2_readpublic -f tss</c> and <c>systemd-analyze srk</c> write it.</summary>
    /// <exception cref="InvalidImageException">It is none, or not of RSA or a NIST curve with AES in CFB.</exception>
    internal static TpmPublicKey ReadStorageKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < sizeof(ushort) || BinaryPrimitives.ReadUInt16BigEndian(bytes) != bytes.Length - sizeof(ushort))
            throw new InvalidImageException(Format, "the file is no public key in the form TPM2B_PUBLIC");
        byte[] area = bytes[sizeof(ushort)..].ToArray();
        var reader = new Reader(area);
        int type = reader.Number16();
        TpmHash hash = TpmHash.Find((ushort)reader.Number16()) ?? throw new InvalidImageException(Format, "its name is of an unknown hash");
        _ = reader.Number32();
        _ = reader.Sized();
        if (reader.Number16() != TpmLayout.Aes)
            throw new InvalidImageException(Format, "the key is no storage key: what lies below it is not encrypted by AES");
        int bits = reader.Number16();
        if (reader.Number16() != TpmLayout.Cfb || bits is not (128 or 192 or 256))
            throw new InvalidImageException(Format, "the key encrypts by another mode than AES in CFB");
        if (reader.Number16() != TpmLayout.Null)
            throw new InvalidImageException(Format, "the key has a scheme, and a storage key has none");
        return type switch
        {
            TpmLayout.Rsa => ReadRsa(area, hash, bits, reader),
            TpmLayout.Ecc => ReadEcc(area, hash, bits, reader),
            _ => throw new InvalidImageException(Format, FormattableString.Invariant($"a key of type {type:x4}; RSA and elliptic curves are known")),
        };
    }

    /// <summary>The key that signs policies, from PEM, as systemd makes a TPM's of it.</summary>
    /// <exception cref="CryptographicException">It is no key of RSA or a NIST curve.</exception>
    internal static TpmPublicKey FromPem(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            RSAParameters key = rsa.ExportParameters(includePrivateParameters: false);
            uint exponent = key.Exponent!.Aggregate(0u, (number, part) => (number << 8) | part);
            return new TpmPublicKey(
                Head(TpmLayout.Rsa).Number16(TpmLayout.Null).Number16(key.Modulus!.Length * 8)
                    .Number32(exponent).Sized(key.Modulus).ToArray(),
                TpmHash.Sha256);
        }
        catch (CryptographicException)
        {
            using var curve = ECDsa.Create();
            curve.ImportFromPem(pem);
            ECParameters key = curve.ExportParameters(includePrivateParameters: false);
            int number = key.Q.X!.Length switch
            {
                32 => TpmLayout.NistP256,
                48 => TpmLayout.NistP384,
                _ => throw new CryptographicException("the public key is on a curve that TPMs do not have"),
            };
            return new TpmPublicKey(
                Head(TpmLayout.Ecc).Number16(TpmLayout.Null).Number16(number).Number16(TpmLayout.Null).Sized(key.Q.X).Sized(key.Q.Y).ToArray(),
                TpmHash.Sha256);
        }
    }

    private static TpmWriter Head(int type) => new TpmWriter().Number16(type).Number16(TpmHash.Sha256.Number)
        .Number32(TpmLayout.UserWithAuth | TpmLayout.Decrypt | TpmLayout.SignEncrypt).Number16(0).Number16(TpmLayout.Null);

    private static TpmPublicKey ReadRsa(byte[] area, TpmHash hash, int bits, Reader reader)
    {
        int keyBits = reader.Number16();
        uint exponent = reader.Number32();
        byte[] modulus = reader.Sized();
        if (!reader.IsAtEnd || modulus.Length * 8 != keyBits)
            throw new InvalidImageException(Format, "the key is damaged");
        return new TpmPublicKey(area, hash) { SymmetricBits = bits, Exponent = exponent == 0 ? UsualExponent : exponent, Unique = (modulus, []) };
    }

    private static TpmPublicKey ReadEcc(byte[] area, TpmHash hash, int bits, Reader reader)
    {
        (ECCurve curve, int size) = reader.Number16() switch
        {
            TpmLayout.NistP256 => (ECCurve.NamedCurves.nistP256, 32),
            TpmLayout.NistP384 => (ECCurve.NamedCurves.nistP384, 48),
            var other => throw new InvalidImageException(Format, FormattableString.Invariant($"a key on curve {other:x4}; NIST P-256 and P-384 are known")),
        };
        if (reader.Number16() != TpmLayout.Null)
            throw new InvalidImageException(Format, "the key has a derivation, and a storage key has none");
        byte[] x = reader.Sized();
        byte[] y = reader.Sized();
        if (!reader.IsAtEnd || x.Length != size || y.Length != size)
            throw new InvalidImageException(Format, "the key is damaged");
        return new TpmPublicKey(area, hash) { SymmetricBits = bits, Curve = curve, Unique = (x, y) };
    }

    private sealed class Reader(byte[] bytes)
    {
        private int _at;

        internal bool IsAtEnd => _at == bytes.Length;

        internal int Number16() => BinaryPrimitives.ReadUInt16BigEndian(Take(sizeof(ushort)));

        internal uint Number32() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

        internal byte[] Sized() => Take(Number16()).ToArray();

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > bytes.Length - _at)
                throw new InvalidImageException(Format, "the key ends early");
            _at += count;
            return bytes.AsSpan(_at - count, count);
        }
    }
}
