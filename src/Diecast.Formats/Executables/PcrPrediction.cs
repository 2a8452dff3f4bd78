using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>Values that a TPM's registers will have when a unified kernel image has been started.</summary>
/// <remarks>All are for the SHA-256 bank.</remarks>
public static class PcrPrediction
{
    /// <summary>The register that the stub measures an image's sections into, and the system its phases of booting.</summary>
    public const int SectionsRegister = 11;

    private const int DigestLength = SHA256.HashSizeInBytes;
    private const int ChunkLength = 1 << 18;

    /// <summary>The phases up to each at which something is unlocked (systemd-measure(1)).</summary>
    public static IReadOnlyList<string> DefaultPhases { get; } =
        ["enter-initrd", "enter-initrd:leave-initrd", "enter-initrd:leave-initrd:sysinit", "enter-initrd:leave-initrd:sysinit:ready"];

    /// <summary>PCR 11 when the stub has measured an image, and the system the phases of a path.</summary>
    /// <param name="image">The image.</param>
    /// <param name="phases">Words joined by colons, as in <see cref="DefaultPhases"/>; empty for none.</param>
    /// <param name="choice">Which of the image's profiles and device trees.</param>
    /// <exception cref="InvalidImageException">The image is no PE file or has no kernel, or no such profile or device tree.</exception>
    public static byte[] Sections(Blob image, string phases, UkiChoice choice = default)
    {
        ArgumentNullException.ThrowIfNull(phases);
        byte[] value = new byte[DigestLength];
        byte[] buffer = new byte[ChunkLength];
        foreach (PeSection section in UkiProfiles.Measured(PeFile.Read(image), choice))
        {
            Extend(value, SHA256.HashData(Encoding.ASCII.GetBytes(section.Name + "\0")));
            Extend(value, Digest(section, buffer));
        }

        return EnterPhases(value, phases);
    }

    /// <summary>The value after the phases of a path.</summary>
    internal static byte[] EnterPhases(ReadOnlySpan<byte> before, string phases)
    {
        byte[] value = before.ToArray();
        foreach (string phase in phases.Split(':', StringSplitOptions.RemoveEmptyEntries))
            Extend(value, SHA256.HashData(Encoding.UTF8.GetBytes(phase)));
        return value;
    }

    /// <summary>PCR 4 when firmware has started programs from a boot entry, each by the one before.</summary>
    /// <param name="programs">The programs in their order: a unified kernel image alone, or a boot menu and the image.</param>
    /// <remarks>
    /// What the TCG's PC Client Platform Firmware Profile (section 3.3.4.5) has before: that an entry is tried, and the separator. The
    /// stub of systemd 257 starts the kernel by itself; where one does it through the firmware, name the kernel behind the image.
    /// </remarks>
    /// <exception cref="InvalidImageException">A program is no PE file.</exception>
    public static byte[] Programs(IEnumerable<Blob> programs)
    {
        ArgumentNullException.ThrowIfNull(programs);
        byte[] value = new byte[DigestLength];
        Extend(value, SHA256.HashData("Calling EFI Application from Boot Option"u8));
        Extend(value, SHA256.HashData(new byte[sizeof(uint)]));
        foreach (Blob program in programs)
            Extend(value, Authenticode.Digest(program));
        return value;
    }

    /// <summary>The digest of the policy that a register of the SHA-256 bank has a value (TPM 2.0 Library part 3, TPM2_PolicyPCR).</summary>
    public static byte[] PolicyDigest(int register, ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(register);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(register, 23);
        const int Sha256Algorithm = 0x000b;
        const int PolicyPcrCommand = 0x0000017f;
        const int SelectionLength = 3;
        byte[] policy = new byte[DigestLength + 4 + 4 + 2 + 1 + SelectionLength + DigestLength];
        Span<byte> rest = policy.AsSpan(DigestLength);
        BinaryPrimitives.WriteInt32BigEndian(rest, PolicyPcrCommand);
        BinaryPrimitives.WriteInt32BigEndian(rest[4..], 1);
        BinaryPrimitives.WriteInt16BigEndian(rest[8..], Sha256Algorithm);
        rest[10] = SelectionLength;
        rest[11 + (register / 8)] = (byte)(1 << (register % 8));
        SHA256.HashData(value, rest[(11 + SelectionLength)..]);
        return SHA256.HashData(policy);
    }

    private static void Extend(Span<byte> value, ReadOnlySpan<byte> digest)
    {
        Span<byte> both = stackalloc byte[DigestLength * 2];
        value.CopyTo(both);
        digest.CopyTo(both[DigestLength..]);
        SHA256.HashData(both, value);
    }

    /// <summary>What the section is in memory: a longer one ends with zeros.</summary>
    private static byte[] Digest(PeSection section, byte[] buffer)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long at = 0; at < section.VirtualLength;)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(section.VirtualLength - at, buffer.Length));
            int stored = (int)Math.Clamp(section.Content.Length - at, 0, part.Length);
            if (stored > 0)
                section.Content.Read(at, part[..stored]);
            part[stored..].Clear();
            hash.AppendData(part);
            at += part.Length;
        }

        return hash.GetHashAndReset();
    }
}
