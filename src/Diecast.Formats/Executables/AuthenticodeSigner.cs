using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Executables;

/// <summary>Who signs, and when.</summary>
public sealed record AuthenticodeSigner
{
    /// <summary>The certificate of the key that signs: RSA.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>More certificates that go into the signature, from the signer's issuer upwards; none of a root that signs itself.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; init; } = [];

    /// <summary>The time in the signature, to the second; null writes none. Firmware does not look at it.</summary>
    public DateTimeOffset? SigningTime { get; init; }

    /// <summary>Reads a certificate, and those that follow it as its chain, from PEM text.</summary>
    /// <exception cref="CryptographicException">There is none, or it is damaged.</exception>
    public static AuthenticodeSigner FromPem(string certificates)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(certificates);
        if (found.Count == 0)
            throw new CryptographicException("there is no certificate in the PEM text");
        return new AuthenticodeSigner { Certificate = found[0], Chain = [.. found.Skip(1)] };
    }
}
