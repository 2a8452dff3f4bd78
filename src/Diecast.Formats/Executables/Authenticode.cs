using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>Makes a signature, RSA with SHA-256 and the padding of PKCS #1 version 1.5, of bytes.</summary>
/// <param name="data">The bytes that are signed, not their digest.</param>
/// <returns>The signature, as long as the key's modulus.</returns>
public delegate byte[] SignatureMaker(ReadOnlyMemory<byte> data);

/// <summary>Signatures of PE files, by which UEFI Secure Boot knows what it may start.</summary>
/// <remarks>The same file, key, certificates and time give the same bytes. Signatures are RSA with SHA-256, which all firmware verifies.</remarks>
public static class Authenticode
{
    private const string Format = "authenticode";

    /// <summary>The SHA-256 digest that a signature is of, that firmware looks for in <c>db</c> and <c>dbx</c>, and that it extends PCR 4 with.</summary>
    /// <exception cref="InvalidImageException">It is no PE file, or one whose headers are damaged.</exception>
    public static byte[] Digest(Blob file) => AuthenticodeDigest.Compute(PeFile.Read(file), HashAlgorithmName.SHA256);

    /// <summary>Adds a signature by a key to those that a file has.</summary>
    /// <exception cref="InvalidImageException">It is no PE file, or one whose headers are damaged.</exception>
    /// <exception cref="UnrepresentableException">The key is not the certificate's, or the file's headers have no place for signatures.</exception>
    public static Blob Sign(Blob file, AuthenticodeSigner signer, RSA key) =>
        Sign(file, signer, data => key.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>Adds a signature that something else makes: a token, a service.</summary>
    /// <inheritdoc cref="Sign(Blob, AuthenticodeSigner, RSA)"/>
    public static Blob Sign(Blob file, AuthenticodeSigner signer, SignatureMaker maker)
    {
        ArgumentNullException.ThrowIfNull(maker);
        return Attach(file, signer, maker(SignedAttributes(file, signer)));
    }

    /// <summary>The file with zeros for a signature: as long as it is when it is signed.</summary>
    /// <inheritdoc cref="Sign(Blob, AuthenticodeSigner, RSA)"/>
    internal static Blob MakeRoom(Blob file, AuthenticodeSigner signer)
    {
        using RSA key = KeyOf(signer);
        return CertificateTable.Append(PeFile.Read(file), AuthenticodeWriter.Write(new byte[SHA256.HashSizeInBytes], signer, new byte[Units.Divide(key.KeySize, 8)]));
    }

    /// <summary>What is to be signed, for signing elsewhere: the signature of these bytes goes to <see cref="Attach"/>.</summary>
    /// <inheritdoc cref="Sign(Blob, AuthenticodeSigner, RSA)"/>
    public static byte[] SignedAttributes(Blob file, AuthenticodeSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return AuthenticodeWriter.SignedAttributes(Digest(file), signer.SigningTime);
    }

    /// <summary>Adds a signature that was made elsewhere of what <see cref="SignedAttributes"/> gave for the same file and signer.</summary>
    /// <exception cref="InvalidImageException">It is no PE file, or one whose headers are damaged.</exception>
    /// <exception cref="UnrepresentableException">The signature is not one of the certificate's key, or the file's headers have no place for it.</exception>
    public static Blob Attach(Blob file, AuthenticodeSigner signer, ReadOnlyMemory<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(signer);
        PeFile pe = PeFile.Read(file);
        byte[] digest = AuthenticodeDigest.Compute(pe, HashAlgorithmName.SHA256);
        using RSA key = KeyOf(signer);
        if (!key.VerifyData(AuthenticodeWriter.SignedAttributes(digest, signer.SigningTime), signature.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            throw new UnrepresentableException(Format, null, $"the signature is not that of the key of the certificate '{signer.Certificate.Subject}'");
        return CertificateTable.Append(pe, AuthenticodeWriter.Write(digest, signer, signature.Span));
    }

    /// <summary>The signatures of a file, in its order; those of other kinds than RSA, and other entries of the table, are left out.</summary>
    /// <exception cref="InvalidImageException">It is no PE file, or a signature is damaged.</exception>
    public static IReadOnlyList<AuthenticodeSignature> Read(Blob file)
    {
        PeFile pe = PeFile.Read(file);
        return
        [
            .. pe.Certificates.Where(certificate => certificate.Type == PeLayout.PkcsSignedData)
                .Select(certificate => AuthenticodeReader.Read(pe, certificate.Content)),
        ];
    }

    /// <summary>Whether one of a file's signatures is intact and leads to a certificate that is trusted, as firmware asks it of <c>db</c>.</summary>
    /// <remarks>As firmware does, it takes any certificate that is trusted for the end of a chain, and looks at no times.</remarks>
    /// <exception cref="InvalidImageException">It is no PE file, or a signature is damaged.</exception>
    public static bool Verify(Blob file, IEnumerable<X509Certificate2> trusted)
    {
        X509Certificate2[] ends = [.. trusted];
        return Read(file).Any(signature => signature.IsIntact && CertificateChain.LeadsTo(signature.Signer!, signature.Certificates, ends));
    }

    /// <summary>The file without its signatures.</summary>
    /// <exception cref="InvalidImageException">It is no PE file, or its certificate table is not last.</exception>
    public static Blob Remove(Blob file) => CertificateTable.Replace(PeFile.Read(file), []);

    /// <summary>The file without one of the entries of its certificate table.</summary>
    /// <param name="file">The file.</param>
    /// <param name="index">Which of <see cref="PeFile.Certificates"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    /// <exception cref="InvalidImageException">It is no PE file, or its certificate table is not last.</exception>
    public static Blob Remove(Blob file, int index)
    {
        PeFile pe = PeFile.Read(file);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, pe.Certificates.Count);
        return CertificateTable.Replace(pe, pe.Certificates.Where((_, i) => i != index));
    }

    private static RSA KeyOf(AuthenticodeSigner signer) => signer.Certificate.GetRSAPublicKey()
        ?? throw new UnrepresentableException(Format, null, "the certificate's key is not RSA, and firmware verifies no other");
}
