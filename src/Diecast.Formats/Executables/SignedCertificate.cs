using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Executables;

/// <summary>Verifies the signature of a certificate (RFC 5280 section 4.1).</summary>
internal static class SignedCertificate
{
    private const string Sha384WithRsa = "1.2.840.113549.1.1.12";
    private const string Sha512WithRsa = "1.2.840.113549.1.1.13";
    private const string Sha1WithRsa = "1.2.840.113549.1.1.5";

    /// <summary>Whether a certificate's signature, RSA with PKCS #1 padding, is by the key of another.</summary>
    internal static bool IsSignedBy(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        using RSA? key = issuer.GetRSAPublicKey();
        if (key is null)
            return false;
        try
        {
            AsnReader sequence = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
            ReadOnlyMemory<byte> signed = sequence.ReadEncodedValue();
            HashAlgorithmName? hash = sequence.ReadSequence().ReadObjectIdentifier() switch
            {
                AuthenticodeLayout.Sha256WithRsa => HashAlgorithmName.SHA256,
                Sha384WithRsa => HashAlgorithmName.SHA384,
                Sha512WithRsa => HashAlgorithmName.SHA512,
                Sha1WithRsa => HashAlgorithmName.SHA1,
                _ => null,
            };
            byte[] signature = sequence.ReadBitString(out _);
            return hash is { } name && key.VerifyData(signed.Span, signature, name, RSASignaturePadding.Pkcs1);
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
