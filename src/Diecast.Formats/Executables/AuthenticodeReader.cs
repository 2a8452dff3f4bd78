using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Executables;

/// <summary>Reads signatures, which may come from anyone.</summary>
internal static class AuthenticodeReader
{
    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Tag1 = new(TagClass.ContextSpecific, 1, isConstructed: true);

    internal static AuthenticodeSignature Read(PeFile file, ReadOnlyMemory<byte> signature)
    {
        try
        {
            return ReadSignedData(file, signature);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            throw new InvalidImageException("authenticode", "a signature is damaged", e);
        }
    }

    private static AuthenticodeSignature ReadSignedData(PeFile file, ReadOnlyMemory<byte> signature)
    {
        // BER: signing tools write DER, and what verifies takes more.
        AsnReader info = new AsnReader(signature, AsnEncodingRules.BER).ReadSequence();
        Expect(info.ReadObjectIdentifier(), AuthenticodeLayout.SignedData);
        AsnReader data = info.ReadSequence(Tag0).ReadSequence();
        data.ReadInteger();
        data.ReadSetOf();
        AsnReader content = data.ReadSequence();
        Expect(content.ReadObjectIdentifier(), AuthenticodeLayout.IndirectData);
        ReadOnlyMemory<byte> signed = content.ReadSequence(Tag0).ReadEncodedValue();
        (HashAlgorithmName hash, ReadOnlyMemory<byte> digest) = ReadDigest(signed);
        var certificates = new List<X509Certificate2>();
        if (data.HasData && data.PeekTag().HasSameClassAndValue(Tag0))
        {
            AsnReader set = data.ReadSetOf(Tag0);
            while (set.HasData)
                certificates.Add(X509CertificateLoader.LoadCertificate(set.ReadEncodedValue().Span));
        }

        if (data.HasData && data.PeekTag().HasSameClassAndValue(Tag1))
            data.ReadEncodedValue();
        AsnReader signer = data.ReadSetOf().ReadSequence();
        signer.ReadInteger();
        AsnReader issuerAndSerial = signer.ReadSequence();
        ReadOnlyMemory<byte> issuer = issuerAndSerial.ReadEncodedValue();
        ReadOnlyMemory<byte> serial = issuerAndSerial.ReadIntegerBytes();
        X509Certificate2? by = certificates.Find(c => c.IssuerName.RawData.AsSpan().SequenceEqual(issuer.Span) && c.SerialNumberBytes.Span.SequenceEqual(serial.Span));
        HashAlgorithmName signerHash = Hash(signer.ReadSequence().ReadObjectIdentifier());
        Attributes attributes = ReadAttributes(signer.ReadEncodedValue());
        string algorithm = signer.ReadSequence().ReadObjectIdentifier();
        byte[] value = signer.ReadOctetString();
        bool intact = by is not null
            && attributes.ContentType == AuthenticodeLayout.IndirectData
            && algorithm is AuthenticodeLayout.Rsa or AuthenticodeLayout.Sha256WithRsa
            && attributes.MessageDigest.Span.SequenceEqual(CryptographicOperations.HashData(signerHash, Content(signed.Span)))
            && AuthenticodeDigest.Compute(file, hash).AsSpan().SequenceEqual(digest.Span)
            && VerifiesBy(by, attributes.Encoded, value, signerHash);
        return new AuthenticodeSignature { Signer = by, Certificates = certificates, Digest = digest, SigningTime = attributes.Time, IsIntact = intact };
    }

    private static bool VerifiesBy(X509Certificate2 certificate, byte[] attributes, byte[] signature, HashAlgorithmName hash)
    {
        using RSA? key = certificate.GetRSAPublicKey();
        return key is not null && key.VerifyData(attributes, signature, hash, RSASignaturePadding.Pkcs1);
    }

    private static (HashAlgorithmName Hash, ReadOnlyMemory<byte> Digest) ReadDigest(ReadOnlyMemory<byte> content)
    {
        AsnReader indirect = new AsnReader(content, AsnEncodingRules.BER).ReadSequence();
        Expect(indirect.ReadSequence().ReadObjectIdentifier(), AuthenticodeLayout.PeImageData);
        AsnReader digest = indirect.ReadSequence();
        return (Hash(digest.ReadSequence().ReadObjectIdentifier()), digest.ReadOctetString());
    }

    private static Attributes ReadAttributes(ReadOnlyMemory<byte> encoded)
    {
        var attributes = new Attributes();
        AsnReader set = new AsnReader(encoded, AsnEncodingRules.BER, new AsnReaderOptions { SkipSetSortOrderVerification = true }).ReadSetOf(Tag0);
        while (set.HasData)
        {
            AsnReader attribute = set.ReadSequence();
            string type = attribute.ReadObjectIdentifier();
            AsnReader values = attribute.ReadSetOf();
            switch (type)
            {
                case AuthenticodeLayout.ContentType:
                    attributes = attributes with { ContentType = values.ReadObjectIdentifier() };
                    break;
                case AuthenticodeLayout.MessageDigest:
                    attributes = attributes with { MessageDigest = values.ReadOctetString() };
                    break;
                case AuthenticodeLayout.SigningTime:
                    attributes = attributes with { Time = values.PeekTag() == Asn1Tag.UtcTime ? values.ReadUtcTime() : values.ReadGeneralizedTime() };
                    break;
                default:
                    break;
            }
        }

        // They are signed as the SET that they are, not under the tag that stands for it.
        byte[] asSet = encoded.ToArray();
        asSet[0] = 0x31;
        return attributes with { Encoded = asSet };
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> encoded)
    {
        AsnDecoder.ReadSequence(encoded, AsnEncodingRules.BER, out int offset, out int length, out _);
        return encoded.Slice(offset, length);
    }

    private static HashAlgorithmName Hash(string algorithm) => algorithm switch
    {
        AuthenticodeLayout.Sha256 => HashAlgorithmName.SHA256,
        AuthenticodeLayout.Sha384 => HashAlgorithmName.SHA384,
        AuthenticodeLayout.Sha512 => HashAlgorithmName.SHA512,
        _ => throw new CryptographicException($"the digest algorithm {algorithm} is not supported"),
    };

    private static void Expect(string found, string expected)
    {
        if (found != expected)
            throw new CryptographicException($"{found} stands where {expected} is expected");
    }

    private readonly record struct Attributes(string? ContentType, ReadOnlyMemory<byte> MessageDigest, DateTimeOffset? Time, byte[] Encoded);
}
