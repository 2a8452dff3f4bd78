using System.Security.Cryptography;

namespace Diecast.Formats.Integrity;

/// <summary>A hash as a TPM numbers and systemd names it.</summary>
internal sealed record TpmHash(ushort Number, string Name, HashAlgorithmName Algorithm, int Size)
{
    internal static TpmHash Sha256 { get; } = new(0x000B, "sha256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    private static readonly TpmHash[] All =
    [
        new(0x0004, "sha1", HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
        Sha256,
        new(0x000C, "sha384", HashAlgorithmName.SHA384, SHA384.HashSizeInBytes),
        new(0x000D, "sha512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
    ];

    internal static TpmHash? Find(string name) => Array.Find(All, hash => hash.Name == name);

    internal static TpmHash? Find(ushort number) => Array.Find(All, hash => hash.Number == number);

    internal byte[] Of(params ReadOnlySpan<byte[]> parts)
    {
        using var hash = IncrementalHash.CreateHash(Algorithm);
        foreach (byte[] part in parts)
            hash.AppendData(part);
        return hash.GetHashAndReset();
    }
}
