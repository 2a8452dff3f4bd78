using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Integrity;

/// <summary>
/// PKCS #7 signatures without the content that they sign (RFC 2315, 9): written without attributes, with one signer, in the
/// bytes that OpenSSL's <c>PKCS7_sign</c> makes with PKCS7_DETACHED, PKCS7_NOATTR and PKCS7_BINARY; .NET's SignedCms
/// adds attributes.
/// </summary>
internal static class DetachedPkcs7
{
    internal const string RsaEncryption = "1.2.840.113549.1.1.1";

    private const string Data = "1.2.840.113549.1.7.1";
    private const string SignedData = "1.2.840.113549.1.7.2";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string Sha384 = "2.16.840.1.101.3.4.2.2";
    private const string Sha512 = "2.16.840.1.101.3.4.2.3";
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";
    private const string MessageDigest = "1.2.840.113549.1.9.4";

    private static readonly Asn1Tag Zero = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Signs a content.</summary>
    /// <param name="content">The content.</param>
    /// <param name="signer">Who signs.</param>
    /// <param name="withCertificate">Whether the certificate is within.</param>
    /// <exception cref="CryptographicException">The signer has not signed it.</exception>
    internal static byte[] Create(ReadOnlySpan<byte> content, VeritySigner signer, bool withCertificate)
    {
        X509Certificate2 certificate = signer.Certificate;
        byte[] signature = signer.Sign(content);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(SignedData);
            using (writer.PushSequence(Zero))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                using (writer.PushSetOf())
                    WriteAlgorithm(writer, Sha256, hasNull: true);
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier(Data);
                if (withCertificate)
                {
                    using (writer.PushSetOf(Zero))
                        writer.WriteEncodedValue(certificate.RawData);
                }

                using (writer.PushSetOf())
                    WriteSigner(writer, certificate, signature);
            }
        }

        return writer.Encode();
    }

    /// <summary>Why a signature is none of a content by a certificate's key, or null.</summary>
    internal static string? FaultOf(ReadOnlyMemory<byte> pkcs7, ReadOnlySpan<byte> content, X509Certificate2 certificate)
    {
        try
        {
            return Check(pkcs7, content, certificate);
        }
        catch (Exception exception) when (exception is AsnContentException or CryptographicException)
        {
            return $"it cannot be read: {exception.Message}";
        }
    }

    private static void WriteSigner(AsnWriter writer, X509Certificate2 certificate, byte[] signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(certificate.IssuerName.RawData);
                writer.WriteInteger(certificate.SerialNumberBytes.Span);
            }

            WriteAlgorithm(writer, Sha256, hasNull: true);
            if (VeritySigner.HasRsaKey(certificate))
                WriteAlgorithm(writer, RsaEncryption, hasNull: true);
            else
                WriteAlgorithm(writer, EcdsaWithSha256, hasNull: false);
            writer.WriteOctetString(signature);
        }
    }

    private static void WriteAlgorithm(AsnWriter writer, string algorithm, bool hasNull)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(algorithm);
            if (hasNull)
                writer.WriteNull();
        }
    }

    private static string? Check(ReadOnlyMemory<byte> pkcs7, ReadOnlySpan<byte> content, X509Certificate2 certificate)
    {
        AsnReader outer = new AsnReader(pkcs7, AsnEncodingRules.BER).ReadSequence();
        if (outer.ReadObjectIdentifier() != SignedData)
            return "it is no PKCS #7 of signed data";
        AsnReader signed = outer.ReadSequence(Zero).ReadSequence();
        _ = signed.ReadInteger();
        _ = signed.ReadSetOf();
        AsnReader inner = signed.ReadSequence();
        _ = inner.ReadObjectIdentifier();
        if (inner.HasData)
            return "it has its content within";
        while (signed.PeekTag().TagClass == TagClass.ContextSpecific)
            _ = signed.ReadEncodedValue();
        AsnReader signers = signed.ReadSetOf();
        string? fault = "nobody has signed it";
        while (signers.HasData)
        {
            fault = CheckSigner(signers.ReadSequence(), content, certificate);
            if (fault is null)
                return null;
        }

        return fault;
    }

    private static string? CheckSigner(AsnReader signer, ReadOnlySpan<byte> content, X509Certificate2 certificate)
    {
        BigInteger version = signer.ReadInteger();
        if (version != 1)
            return "its signer is not named by issuer and number";
        AsnReader name = signer.ReadSequence();
        if (!name.ReadEncodedValue().Span.SequenceEqual(certificate.IssuerName.RawData)
            || !name.ReadIntegerBytes().Span.SequenceEqual(certificate.SerialNumberBytes.Span))
        {
            return "it is by another certificate";
        }

        string algorithm = signer.ReadSequence().ReadObjectIdentifier();
        if (HashOf(algorithm) is not { } hash)
            return $"it is by the hash {algorithm}, where SHA-256, SHA-384 and SHA-512 are known";
        byte[] digest = CryptographicOperations.HashData(hash, content);
        if (signer.PeekTag() == Zero)
        {
            byte[] attributes = signer.ReadEncodedValue().ToArray();
            if (!MessageDigestOf(attributes).Span.SequenceEqual(digest))
                return "it is of something else";
            // What is signed is the set by its own tag (RFC 2315, 9.3).
            attributes[0] = 0x31;
            digest = CryptographicOperations.HashData(hash, attributes);
        }

        _ = signer.ReadSequence();
        return VeritySigner.IsSignature(certificate, digest, hash, signer.ReadOctetString()) ? null : "it is of something else, or by another key";
    }

    private static HashAlgorithmName? HashOf(string algorithm) => algorithm switch
    {
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static ReadOnlyMemory<byte> MessageDigestOf(byte[] attributes)
    {
        AsnReader all = new AsnReader(attributes, AsnEncodingRules.BER).ReadSetOf(Zero);
        while (all.HasData)
        {
            AsnReader attribute = all.ReadSequence();
            if (attribute.ReadObjectIdentifier() == MessageDigest)
                return attribute.ReadSetOf().ReadOctetString();
        }

        return default;
    }
}
