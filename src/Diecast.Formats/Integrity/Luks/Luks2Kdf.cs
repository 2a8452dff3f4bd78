using System.Security.Cryptography;
using Diecast.Formats.Native;

namespace Diecast.Formats.Integrity;

/// <summary>How a passphrase becomes the key that a slot is encrypted with.</summary>
/// <remarks>
/// cryptsetup measures the machine that it runs on; an image must not depend on that, so costs are given here, and the
/// defaults are constants.
/// </remarks>
public sealed record Luks2Kdf
{
    /// <summary>Argon2id by the second recommendation of RFC 9106, with one pass more: 4 passes, 64 MiB, 4 lanes.</summary>
    public static Luks2Kdf Default { get; } = Argon2id();

    /// <summary>
    /// The least that cryptsetup takes: PBKDF2 with 1000 iterations. For keys from a random source, which gain nothing by
    /// more, and never for passphrases.
    /// </summary>
    public static Luks2Kdf Minimal { get; } = Pbkdf2(LeastIterations);

    internal const int LeastIterations = 1000;
    internal const int LeastPasses = 4;
    internal const int LeastMemoryKib = 32;
    internal const int MostMemoryKib = 4 << 20;
    internal const int MostLanes = 4;

    private Luks2Kdf()
    {
    }

    /// <summary>Which function it is.</summary>
    public required Luks2KdfType Type { get; init; }

    /// <summary>The hash of PBKDF2, <c>sha256</c> or <c>sha512</c>; empty for Argon2.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Iterations of PBKDF2, or passes of Argon2.</summary>
    public required int Iterations { get; init; }

    /// <summary>Memory of Argon2 in KiB; 0 for PBKDF2.</summary>
    public int MemoryKib { get; init; }

    /// <summary>Lanes of Argon2, which may be computed at once; 0 for PBKDF2.</summary>
    public int Lanes { get; init; }

    /// <summary>PBKDF2, which every reader has; GRUB before 2.14 has no other.</summary>
    /// <param name="iterations">Iterations, at least 1000. Default: 600000.</param>
    /// <param name="hash"><c>sha256</c> or <c>sha512</c>. Default: <c>sha256</c>.</param>
    public static Luks2Kdf Pbkdf2(int iterations = 600_000, string hash = "sha256") =>
        new() { Type = Luks2KdfType.Pbkdf2, Iterations = iterations, Hash = hash };

    /// <summary>Argon2id, which makes guessing cost memory too. It needs libargon2, or OpenSSL 3.2.</summary>
    /// <param name="passes">Passes over the memory, at least 4. Default: 4.</param>
    /// <param name="memoryKib">KiB, from 32 to 4194304; whoever opens the device needs as much. Default: 65536.</param>
    /// <param name="lanes">Lanes, 1 to 4. Default: 4.</param>
    public static Luks2Kdf Argon2id(int passes = LeastPasses, int memoryKib = 64 * 1024, int lanes = MostLanes) =>
        new() { Type = Luks2KdfType.Argon2id, Iterations = passes, MemoryKib = memoryKib, Lanes = lanes };

    /// <summary>Argon2i, which older versions of cryptsetup prefer. It needs libargon2, or OpenSSL 3.2.</summary>
    /// <param name="passes">Passes over the memory, at least 4. Default: 4.</param>
    /// <param name="memoryKib">KiB, from 32 to 4194304; whoever opens the device needs as much. Default: 65536.</param>
    /// <param name="lanes">Lanes, 1 to 4. Default: 4.</param>
    public static Luks2Kdf Argon2i(int passes = LeastPasses, int memoryKib = 64 * 1024, int lanes = MostLanes) =>
        new() { Type = Luks2KdfType.Argon2i, Iterations = passes, MemoryKib = memoryKib, Lanes = lanes };

    /// <summary>The name in the header.</summary>
    internal string Name => Type.ToString().ToLowerInvariant();

    /// <summary>What is out of the range that cryptsetup takes, or null.</summary>
    internal string? Fault() => Type switch
    {
        Luks2KdfType.Pbkdf2 when Hash is not ("sha256" or "sha512") => $"PBKDF2 by {Hash}; sha256 and sha512 are possible",
        Luks2KdfType.Pbkdf2 when Iterations < LeastIterations => FormattableString.Invariant($"{Iterations} iterations; {LeastIterations} is the least"),
        Luks2KdfType.Pbkdf2 => null,
        _ when Iterations < LeastPasses => FormattableString.Invariant($"{Iterations} passes of Argon2; {LeastPasses} is the least"),
        _ when MemoryKib is < LeastMemoryKib or > MostMemoryKib => FormattableString.Invariant($"{MemoryKib} KiB for Argon2; {LeastMemoryKib} to {MostMemoryKib} are possible"),
        _ when Lanes is < 1 or > MostLanes => FormattableString.Invariant($"{Lanes} lanes of Argon2; 1 to {MostLanes} are possible"),
        _ => null,
    };

    /// <summary>One that was read, whose limits are the reader's.</summary>
    internal static Luks2Kdf Read(Luks2KdfType type, string hash, int iterations, int memoryKib, int lanes) =>
        new() { Type = type, Hash = hash, Iterations = iterations, MemoryKib = memoryKib, Lanes = lanes };

    internal byte[] Derive(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int length)
    {
        if (Type == Luks2KdfType.Pbkdf2)
        {
            HashAlgorithmName hash = Luks2Layout.HashOf(Hash) ?? throw new InvalidImageException(Luks2Layout.Format, $"PBKDF2 by {Hash}");
            return Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, Iterations, hash, length);
        }

        byte[] key = new byte[length];
        Argon2Variant variant = Type == Luks2KdfType.Argon2id ? Argon2Variant.Argon2id : Argon2Variant.Argon2i;
        Argon2.Derive(variant, passphrase, salt, new Argon2Costs(Iterations, MemoryKib, Lanes), key);
        return key;
    }
}
