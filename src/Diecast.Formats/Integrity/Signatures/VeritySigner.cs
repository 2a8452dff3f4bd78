using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Integrity;

/// <summary>Signs root hashes: a certificate, and something that has its private key.</summary>
/// <remarks>
/// RSA keys sign by PKCS #1 v1.5, and give the same bytes each time. Signatures by elliptic curves have a random part, so
/// that no two images with one are alike.
/// </remarks>
public sealed class VeritySigner
{
    private readonly Func<ReadOnlyMemory<byte>, byte[]> _sign;

    private VeritySigner(X509Certificate2 certificate, Func<ReadOnlyMemory<byte>, byte[]> sign)
    {
        Certificate = certificate;
        _sign = sign;
    }

    /// <summary>The certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>A signer with a certificate and a key in PEM.</summary>
    /// <param name="certificate">The certificate, the text of a file.</param>
    /// <param name="key">The private key, of RSA or an elliptic curve, the text of a file.</param>
    /// <param name="password">What an encrypted key is encrypted with; null for one that is not.</param>
    /// <exception cref="CryptographicException">A text cannot be read, or the key is not the certificate's.</exception>
    public static VeritySigner FromPem(string certificate, string key, string? password = null)
    {
        X509Certificate2 parsed = X509Certificate2.CreateFromPem(certificate);
        AsymmetricAlgorithm algorithm = HasRsaKey(parsed) ? RSA.Create() : ECDsa.Create();
        try
        {
            if (password is null)
                algorithm.ImportFromPem(key);
            else
                algorithm.ImportFromEncryptedPem(key, password);
        }
        catch (ArgumentException exception)
        {
            throw new CryptographicException("the PEM has no private key for the certificate, or needs a password", exception);
        }

        return FromKey(parsed, algorithm);
    }

    /// <summary>A signer with a certificate and its key.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="key">The private key, <see cref="RSA"/> or <see cref="ECDsa"/>; it must outlive the signer.</param>
    /// <exception cref="CryptographicException">It is of another kind.</exception>
    public static VeritySigner FromKey(X509Certificate2 certificate, AsymmetricAlgorithm key) => key switch
    {
        RSA rsa => new VeritySigner(certificate, digest => rsa.SignHash(digest.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
        ECDsa curve => new VeritySigner(certificate, digest => curve.SignHash(digest.Span, DSASignatureFormat.Rfc3279DerSequence)),
        _ => throw new CryptographicException("the key is of RSA or of an elliptic curve"),
    };

    /// <summary>A signer whose key is elsewhere: a token, a service, a command.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="sign">
    /// Gets a SHA-256 digest and returns its signature: by PKCS #1 v1.5 for RSA, in DER for elliptic curves, as
    /// <c>openssl pkeyutl -sign -pkeyopt digest:sha256</c> does.
    /// </param>
    public static VeritySigner External(X509Certificate2 certificate, Func<ReadOnlyMemory<byte>, byte[]> sign) => new(certificate, sign);

    /// <summary>Signs a content's SHA-256.</summary>
    /// <exception cref="CryptographicException">What came is no signature by the certificate's key.</exception>
    internal byte[] Sign(ReadOnlySpan<byte> content)
    {
        byte[] digest = SHA256.HashData(content);
        byte[] signature = _sign(digest);
        if (!IsSignature(Certificate, digest, HashAlgorithmName.SHA256, signature))
            throw new CryptographicException($"the signature is not by the key of the certificate {Certificate.Subject}");
        return signature;
    }

    internal static bool HasRsaKey(X509Certificate2 certificate) => certificate.PublicKey.Oid.Value == DetachedPkcs7.RsaEncryption;

    /// <summary>Whether a certificate's key has signed a digest.</summary>
    internal static bool IsSignature(X509Certificate2 certificate, ReadOnlySpan<byte> digest, HashAlgorithmName hash, ReadOnlySpan<byte> signature)
    {
        using RSA? rsa = certificate.GetRSAPublicKey();
        if (rsa is not null)
            return rsa.VerifyHash(digest, signature, hash, RSASignaturePadding.Pkcs1);
        using ECDsa? curve = certificate.GetECDsaPublicKey();
        return curve?.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence)
            ?? throw new CryptographicException($"the certificate {certificate.Subject} has a key that is neither of RSA nor of an elliptic curve");
    }
}
