using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Diecast.Formats.Executables;

/// <summary>Writes signatures: PKCS #7 SignedData of version 1 in DER.</summary>
internal static class AuthenticodeWriter
{
    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Tag2 = new(TagClass.ContextSpecific, 2, isConstructed: true);

    /// <summary>The attributes as they are signed: a SET, in the order of DER.</summary>
    internal static byte[] SignedAttributes(ReadOnlySpan<byte> digest, DateTimeOffset? time)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        WriteAttributes(writer, digest, time, Asn1Tag.SetOf);
        return writer.Encode();
    }

    /// <summary>The whole signature, DER.</summary>
    internal static byte[] Write(ReadOnlySpan<byte> digest, AuthenticodeSigner signer, ReadOnlySpan<byte> signature)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(AuthenticodeLayout.SignedData);
            using (writer.PushSequence(Tag0))
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                using (writer.PushSetOf())
                    WriteAlgorithm(writer, AuthenticodeLayout.Sha256);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(AuthenticodeLayout.IndirectData);
                    using (writer.PushSequence(Tag0))
                        writer.WriteEncodedValue(IndirectData(digest));
                }

                using (writer.PushSetOf(Tag0))
                {
                    foreach (X509Certificate2 certificate in signer.Chain.Prepend(signer.Certificate))
                        writer.WriteEncodedValue(certificate.RawDataMemory.Span);
                }

                using (writer.PushSetOf())
                    WriteSigner(writer, digest, signer, signature);
            }
        }

        return writer.Encode();
    }

    private static void WriteSigner(AsnWriter writer, ReadOnlySpan<byte> digest, AuthenticodeSigner signer, ReadOnlySpan<byte> signature)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                writer.WriteEncodedValue(signer.Certificate.IssuerName.RawData);
                writer.WriteInteger(signer.Certificate.SerialNumberBytes.Span);
            }

            WriteAlgorithm(writer, AuthenticodeLayout.Sha256);
            WriteAttributes(writer, digest, signer.SigningTime, Tag0);
            WriteAlgorithm(writer, AuthenticodeLayout.Rsa);
            writer.WriteOctetString(signature);
        }
    }

    private static void WriteAttributes(AsnWriter writer, ReadOnlySpan<byte> digest, DateTimeOffset? time, Asn1Tag tag)
    {
        using (writer.PushSetOf(tag))
        {
            using (PushAttribute(writer, AuthenticodeLayout.ContentType))
            using (writer.PushSetOf())
                writer.WriteObjectIdentifier(AuthenticodeLayout.IndirectData);
            if (time is { } at)
            {
                using (PushAttribute(writer, AuthenticodeLayout.SigningTime))
                using (writer.PushSetOf())
                    WriteTime(writer, at);
            }

            using (PushAttribute(writer, AuthenticodeLayout.MessageDigest))
            using (writer.PushSetOf())
                writer.WriteOctetString(SHA256.HashData(ContentOf(IndirectData(digest))));
        }
    }

    private static AsnWriter.Scope PushAttribute(AsnWriter writer, string type)
    {
        AsnWriter.Scope scope = writer.PushSequence();
        writer.WriteObjectIdentifier(type);
        return scope;
    }

    /// <summary>RFC 5652 section 11.3: UTCTime from 1950 through 2049, else GeneralizedTime.</summary>
    private static void WriteTime(AsnWriter writer, DateTimeOffset time)
    {
        if (time.UtcDateTime.Year is >= 1950 and < 2050)
            writer.WriteUtcTime(time);
        else
            writer.WriteGeneralizedTime(time, omitFractionalSeconds: true);
    }

    private static byte[] IndirectData(ReadOnlySpan<byte> digest)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(AuthenticodeLayout.PeImageData);
                using (writer.PushSequence())
                {
                    writer.WriteBitString([]);
                    using (writer.PushSequence(Tag0))
                    using (writer.PushSequence(Tag2))
                        writer.WriteOctetString(Encoding.BigEndianUnicode.GetBytes(AuthenticodeLayout.Obsolete), new Asn1Tag(TagClass.ContextSpecific, 0));
                }
            }

            using (writer.PushSequence())
            {
                WriteAlgorithm(writer, AuthenticodeLayout.Sha256);
                writer.WriteOctetString(digest);
            }
        }

        return writer.Encode();
    }

    /// <summary>What is in a SEQUENCE: PKCS #7 digests the content without its tag and length (RFC 2315 section 9.3).</summary>
    internal static ReadOnlySpan<byte> ContentOf(ReadOnlySpan<byte> encoded)
    {
        AsnDecoder.ReadSequence(encoded, AsnEncodingRules.DER, out int offset, out int length, out _);
        return encoded.Slice(offset, length);
    }

    private static void WriteAlgorithm(AsnWriter writer, string algorithm)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(algorithm);
            writer.WriteNull();
        }
    }
}
