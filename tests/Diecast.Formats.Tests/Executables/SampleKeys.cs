using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Tests.Executables;

/// <summary>A root that issues a certificate to sign with, and one that is nobody's; made once.</summary>
internal static class SampleKeys
{
    private static readonly DateTimeOffset From = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2045, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static SampleKeys()
    {
        using var rootKey = RSA.Create(2048);
        Root = Request("CN=Sample Root", rootKey, isAuthority: true).CreateSelfSigned(From, To);
        SignerKey = RSA.Create(2048);
        Signer = Request("CN=Sample Signer, O=Samples", SignerKey, isAuthority: false).Create(Root, From, To, [0x80, 2, 3]);
        OtherKey = RSA.Create(4096);
        Other = Request("CN=Other", OtherKey, isAuthority: true).CreateSelfSigned(From, To);
    }

    internal static X509Certificate2 Root { get; }

    internal static X509Certificate2 Signer { get; }

    internal static RSA SignerKey { get; }

    internal static X509Certificate2 Other { get; }

    internal static RSA OtherKey { get; }

    private static CertificateRequest Request(string name, RSA key, bool isAuthority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        if (!isAuthority)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.3")], critical: false));
        return request;
    }
}
