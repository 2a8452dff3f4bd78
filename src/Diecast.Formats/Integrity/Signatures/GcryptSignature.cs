using System.Numerics;
using System.Security.Cryptography;

namespace Diecast.Formats.Integrity.Signatures;

/// <summary>
/// A signature as Guix writes it, an S-expression of libgcrypt: <c>(signature (data (flags rfc6979) (hash sha256 #…#)) (sig-val (ecdsa
/// (r #…#) (s #…#))) (public-key (ecc (curve Ed25519) (q #…#))))</c>. In spite of the curve it is no EdDSA but ECDSA over the
/// curve's Edwards form, which OpenSSL does not have. Older keys are RSA.
/// </summary>
internal static class GcryptSignature
{
    private const int SmallestModulus = 1024 / 8;

    /// <summary>Whether a signature is of a digest and of a key that is trusted.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="sha256">What must have been signed.</param>
    /// <param name="isTrusted">Told the canonical form of the public key.</param>
    internal static bool Verify(SExpression signature, ReadOnlySpan<byte> sha256, Func<ReadOnlyMemory<byte>, bool> isTrusted)
    {
        if (signature.Name != "signature" || signature.Find("public-key") is not { Items: [_, { } key] } publicKey
            || signature.Find("sig-val") is not { Items: [_, { } value] }
            || signature.Find("data") is not { } data || data.Find("hash") is not { Items: [_, { } algorithm, { } hash] })
        {
            return false;
        }

        return algorithm.Text == "sha256" && hash.Bytes.SequenceEqual(sha256) && isTrusted(publicKey.ToCanonical()) && (key.Name, value.Name) switch
        {
            ("ecc" or "ecdsa", "ecdsa") => VerifyCurve(key, value, sha256),
            ("rsa", "rsa") => VerifyRsa(key, value, sha256),
            _ => false,
        };
    }

    /// <summary>ECDSA (FIPS 186-5, 6.4.2) over Ed25519's curve, as libgcrypt does it: the public key is encoded as EdDSA's are.</summary>
    private static bool VerifyCurve(SExpression key, SExpression value, ReadOnlySpan<byte> digest)
    {
        if (key.Find("curve") is not { Items: [_, { Text: "Ed25519" }] } || Number(value, "r") is not { } r || Number(value, "s") is not { } s
            || key.Find("q") is not { Items: [_, { } point] } || EdwardsPoint.Decode(point.Bytes) is not { } q)
        {
            return false;
        }

        BigInteger order = EdwardsPoint.Order;
        if (r.Sign <= 0 || r >= order || s.Sign <= 0 || s >= order)
            return false;
        // The leftmost bits, as many as the order has.
        BigInteger e = new BigInteger(digest, isUnsigned: true, isBigEndian: true) >> (int)((digest.Length * 8) - order.GetBitLength());
        BigInteger inverse = BigInteger.ModPow(s, order - 2, order);
        EdwardsPoint sum = EdwardsPoint.Combine(e * inverse % order, EdwardsPoint.Base, r * inverse % order, q);
        return sum.X % order == r;
    }

    private static bool VerifyRsa(SExpression key, SExpression value, ReadOnlySpan<byte> digest)
    {
        if (Bytes(key, "n") is not { Length: >= SmallestModulus } modulus || Bytes(key, "e") is not { } exponent || Bytes(value, "s") is not { } signature || signature.Length > modulus.Length)
            return false;
        try
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
            byte[] padded = new byte[modulus.Length];
            signature.CopyTo(padded.AsSpan(padded.Length - signature.Length));
            return rsa.VerifyHash(digest, padded, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static BigInteger? Number(SExpression list, string name) =>
        Bytes(list, name) is { } bytes ? new BigInteger(bytes, isUnsigned: true, isBigEndian: true) : null;

    /// <summary>A number's bytes; libgcrypt puts a zero before those that would look negative.</summary>
    private static byte[]? Bytes(SExpression list, string name) =>
        list.Find(name) is { Items: [_, { IsList: false } value] } ? value.Bytes.TrimStart((byte)0).ToArray() : null;
}
