namespace Diecast.Formats.Integrity;

/// <summary>What a verity signature partition says.</summary>
public sealed record VeritySignatureInfo
{
    /// <summary>The root hash that is signed.</summary>
    public required ReadOnlyMemory<byte> RootHash { get; init; }

    /// <summary>SHA-256 of the certificate in DER, by which whoever trusts several finds it; empty where it is not given.</summary>
    public required ReadOnlyMemory<byte> CertificateFingerprint { get; init; }

    /// <summary>The signature, PKCS #7 in DER without content.</summary>
    public required ReadOnlyMemory<byte> Pkcs7 { get; init; }
}
