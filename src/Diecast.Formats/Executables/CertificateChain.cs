using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Executables;

/// <summary>Follows issuers, as firmware does: signatures alone, neither times nor what a certificate is for.</summary>
internal static class CertificateChain
{
    private const int MaximumDepth = 16;

    internal static bool LeadsTo(X509Certificate2 signer, IReadOnlyList<X509Certificate2> between, X509Certificate2[] ends)
    {
        X509Certificate2 at = signer;
        for (int depth = 0; depth < MaximumDepth; depth++)
        {
            if (ends.Any(end => end.RawDataMemory.Span.SequenceEqual(at.RawDataMemory.Span) || IsIssuer(end, at)))
                return true;
            X509Certificate2? next = between.FirstOrDefault(other => !other.Equals(at) && IsIssuer(other, at));
            if (next is null)
                return false;
            at = next;
        }

        return false;
    }

    private static bool IsIssuer(X509Certificate2 issuer, X509Certificate2 subject)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(subject.IssuerName.RawData))
            return false;
        try
        {
            return SignedCertificate.IsSignedBy(subject, issuer);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
