using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Diecast.Formats.Integrity;

/// <summary>The binary header (LUKS2 On-Disk Format Specification 1.1.3, 2.1): big-endian, 4096 bytes, before the JSON.</summary>
internal static class Luks2Layout
{
    internal const string Format = "luks2";

    /// <summary>Bytes of the binary header; the JSON follows.</summary>
    internal const int BinarySize = 4096;

    internal const int MagicAt = 0;
    internal const int VersionAt = 6;
    internal const int HeaderSizeAt = 8;
    internal const int SequenceAt = 16;
    internal const int LabelAt = 24;
    internal const int ChecksumAlgorithmAt = 72;
    internal const int SaltAt = 104;
    internal const int UuidAt = 168;
    internal const int SubsystemAt = 208;
    internal const int HeaderOffsetAt = 256;
    internal const int ChecksumAt = 448;

    internal const int LabelSize = 48;
    internal const int ChecksumAlgorithmSize = 32;
    internal const int SaltSize = 64;
    internal const int UuidSize = 40;
    internal const int ChecksumSize = 64;

    internal const int Version = 2;
    internal const int LeastHeaderSize = 0x4000;
    internal const int MostHeaderSize = 0x400000;

    /// <summary>Bytes of the area for keys at most (LUKS2_MAX_KEYSLOTS_SIZE).</summary>
    internal const long MostKeySlotsSize = 128 << 20;

    /// <summary>Key slots at most (LUKS2_KEYSLOTS_MAX).</summary>
    internal const int MostKeySlots = 32;

    /// <summary>What areas of keys are multiples of.</summary>
    internal const int AreaAlignment = 4096;

    internal const int SectorSize = 512;

    internal static ReadOnlySpan<byte> PrimaryMagic => [(byte)'L', (byte)'U', (byte)'K', (byte)'S', 0xBA, 0xBE];

    internal static ReadOnlySpan<byte> SecondaryMagic => [(byte)'S', (byte)'K', (byte)'U', (byte)'L', 0xBA, 0xBE];

    internal static bool IsHeaderSize(ulong size) =>
        size is >= LeastHeaderSize and <= MostHeaderSize && System.Numerics.BitOperations.IsPow2(size);

    internal static bool IsSectorSize(long size) => size is 512 or 1024 or 2048 or 4096;

    internal static string TextOf(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>Fills in the checksum of a header, binary and JSON.</summary>
    internal static void Seal(Span<byte> header)
    {
        header.Slice(ChecksumAt, ChecksumSize).Clear();
        Span<byte> checksum = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(header, checksum);
        checksum.CopyTo(header[ChecksumAt..]);
    }

    /// <summary>Whether the checksum of a header is that of its bytes; null for a hash that is not known.</summary>
    internal static bool? IsSealed(byte[] header)
    {
        HashAlgorithmName? hash = HashOf(TextOf(header.AsSpan(ChecksumAlgorithmAt, ChecksumAlgorithmSize)));
        if (hash is null)
            return null;
        byte[] copy = [.. header];
        copy.AsSpan(ChecksumAt, ChecksumSize).Clear();
        byte[] checksum = CryptographicOperations.HashData(hash.Value, copy);
        return header.AsSpan(ChecksumAt, checksum.Length).SequenceEqual(checksum);
    }

    /// <summary>A hash by the name that cryptsetup has for it.</summary>
    internal static HashAlgorithmName? HashOf(string name) => name switch
    {
        "sha1" => HashAlgorithmName.SHA1,
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => null,
    };

    internal static ulong UInt64(ReadOnlySpan<byte> header, int at) => BinaryPrimitives.ReadUInt64BigEndian(header[at..]);
}
