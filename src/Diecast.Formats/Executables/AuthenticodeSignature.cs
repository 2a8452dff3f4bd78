using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Executables;

/// <summary>A signature that a PE file carries.</summary>
public sealed record AuthenticodeSignature
{
    /// <summary>The certificate of who signed; null when the signature does not hold it.</summary>
    public required X509Certificate2? Signer { get; init; }

    /// <summary>All certificates that it holds, in its order.</summary>
    public required IReadOnlyList<X509Certificate2> Certificates { get; init; }

    /// <summary>The digest of the file that was signed.</summary>
    public required ReadOnlyMemory<byte> Digest { get; init; }

    /// <summary>The time that it says it was made; null when it does not say.</summary>
    public required DateTimeOffset? SigningTime { get; init; }

    /// <summary>Whether the file is what was signed, and the signature is that of <see cref="Signer"/>'s key.</summary>
    public required bool IsIntact { get; init; }
}
