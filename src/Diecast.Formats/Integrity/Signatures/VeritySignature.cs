using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>
/// The partition that holds the signature of a dm-verity root hash (Discoverable Partitions Specification, "Verity
/// signature"), as systemd-repart makes it: JSON, filled with zeros to 16 KiB.
/// </summary>
public static class VeritySignature
{
    /// <summary>Bytes of the partition.</summary>
    public const int Length = 16 * 1024;

    internal const string Format = "verity signature";

    /// <summary>Signs a root hash.</summary>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="key">Its private key, of RSA or an elliptic curve.</param>
    /// <returns>The partition.</returns>
    /// <exception cref="CryptographicException">The key is not the certificate's.</exception>
    /// <exception cref="DoesNotFitException">The certificate is too long for the partition.</exception>
    public static Blob Create(ReadOnlyMemory<byte> rootHash, X509Certificate2 certificate, AsymmetricAlgorithm key) =>
        Create(rootHash, VeritySigner.FromKey(certificate, key));

    /// <summary>Signs a root hash.</summary>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="signer">Who signs.</param>
    /// <returns>The partition.</returns>
    /// <exception cref="CryptographicException">The signer has not signed it, or the key is not the certificate's.</exception>
    /// <exception cref="DoesNotFitException">The certificate is too long for the partition.</exception>
    public static Blob Create(ReadOnlyMemory<byte> rootHash, VeritySigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return Lay(rootHash.Span, signer.Certificate, Pkcs7(rootHash, signer));
    }

    /// <summary>The partition with a signature that was made elsewhere (systemd-repart's <c>--join-signature</c>).</summary>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="pkcs7">PKCS #7 in DER, without content, of <see cref="SignedBytes"/>.</param>
    /// <returns>The partition.</returns>
    /// <exception cref="CryptographicException">It is no signature of this root hash by this certificate's key.</exception>
    /// <exception cref="DoesNotFitException">The signature is too long for the partition.</exception>
    public static Blob Join(ReadOnlyMemory<byte> rootHash, X509Certificate2 certificate, ReadOnlyMemory<byte> pkcs7)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (DetachedPkcs7.FaultOf(pkcs7, SignedBytes(rootHash.Span), certificate) is { } fault)
            throw new CryptographicException($"the signature of the root hash {Convert.ToHexStringLower(rootHash.Span)}: {fault}");
        return Lay(rootHash.Span, certificate, pkcs7.Span);
    }

    /// <summary>What is signed of a root hash: its small hexadecimal digits.</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> rootHash) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(rootHash));

    /// <summary>
    /// The signature alone, PKCS #7 in DER without content and attributes, with the certificate: what systemd has in files
    /// named <c>.roothash.p7s</c>, and the kernel takes with a device (<c>root_hash_sig_key_desc</c>).
    /// </summary>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="signer">Who signs.</param>
    /// <exception cref="CryptographicException">The signer has not signed it, or the key is not the certificate's.</exception>
    public static byte[] Pkcs7(ReadOnlyMemory<byte> rootHash, VeritySigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return DetachedPkcs7.Create(SignedBytes(rootHash.Span), signer, withCertificate: true);
    }

    /// <summary>Reads a partition; its signature is not verified.</summary>
    /// <param name="partition">The partition.</param>
    /// <exception cref="InvalidImageException">It holds something else, or is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static VeritySignatureInfo Read(Blob partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return VeritySignatureJson.Read(partition);
    }

    /// <summary>Why a partition does not vouch for a root hash; null when it does.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="certificate">The certificate that is trusted; its dates are not looked at, as the kernel does.</param>
    /// <exception cref="InvalidImageException">The partition holds something else, or is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Verify(Blob partition, ReadOnlyMemory<byte> rootHash, X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        VeritySignatureInfo info = Read(partition);
        if (!info.RootHash.Span.SequenceEqual(rootHash.Span))
            return $"it is of the root hash {Convert.ToHexStringLower(info.RootHash.Span)}";
        if (!info.CertificateFingerprint.Span.SequenceEqual(certificate.GetCertHash(HashAlgorithmName.SHA256)))
            return $"it is by the certificate {Convert.ToHexStringLower(info.CertificateFingerprint.Span)}";
        return DetachedPkcs7.FaultOf(info.Pkcs7, SignedBytes(rootHash.Span), certificate);
    }

    private static Blob Lay(ReadOnlySpan<byte> rootHash, X509Certificate2 certificate, ReadOnlySpan<byte> pkcs7)
    {
        byte[] text = VeritySignatureJson.Make(rootHash, certificate.GetCertHash(HashAlgorithmName.SHA256), pkcs7);
        if (text.Length > Length)
        {
            throw new DoesNotFitException(
                Format, text.Length, Length, FormattableString.Invariant($"root hash, fingerprint and signature take {text.Length} bytes; the partition has {Length}"));
        }

        byte[] partition = new byte[Length];
        text.CopyTo(partition, 0);
        return Blob.FromMemory(partition);
    }
}
