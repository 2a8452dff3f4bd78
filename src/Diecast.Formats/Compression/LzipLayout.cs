using System.Buffers.Binary;

namespace Diecast.Formats.Compression;

/// <summary>
/// A member of the lzip format, version 1 (lzip manual, "File format"): six bytes, LZMA with its end marker, twenty bytes. What liblzma
/// decodes is the same data behind the header of an .lzma file, thirteen bytes.
/// </summary>
internal static class LzipLayout
{
    /// <summary>Bytes before the data: magic, version, size of the dictionary.</summary>
    internal const int HeaderSize = 6;

    /// <summary>Bytes behind it: CRC-32 and length of what was compressed, length of the member.</summary>
    internal const int TrailerSize = 20;

    /// <summary>Bytes of an .lzma file's header: properties, size of the dictionary, length of the data.</summary>
    internal const int LzmaHeaderSize = 13;

    /// <summary>The first bytes of a member.</summary>
    internal static ReadOnlySpan<byte> Magic => "LZIP"u8;

    /// <summary>lc=3, lp=0, pb=2, which the format fixes: (pb * 5 + lp) * 9 + lc.</summary>
    private const byte Properties = 93;

    private const int LeastDictionary = 12;
    private const int LargestDictionary = 29;

    /// <summary>The header for liblzma of a member's data.</summary>
    /// <exception cref="InvalidImageException">It is no header of a member.</exception>
    internal static byte[] LzmaHeader(ReadOnlySpan<byte> header)
    {
        if (!header.StartsWith(Magic))
            throw new InvalidImageException("lzip", "what follows a member is no other");
        if (header[4] != 1)
            throw new InvalidImageException("lzip", $"version {header[4]} is not known");
        // A power of two, less some sixteenths of it.
        int power = header[5] & 31;
        if (power is < LeastDictionary or > LargestDictionary || (power == LeastDictionary && header[5] > LeastDictionary))
            throw new InvalidImageException("lzip", "the size of the dictionary is none");
        uint dictionary = (1u << power) - (((1u << power) / 16) * (uint)(header[5] >> 5));
        byte[] bytes = new byte[LzmaHeaderSize];
        bytes[0] = Properties;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(1), dictionary);
        // Its end is marked.
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(5), ulong.MaxValue);
        return bytes;
    }

    /// <summary>What a trailer says: CRC-32 and length of the data, length of the member.</summary>
    internal static (uint Crc, ulong Length, ulong MemberLength) Trailer(ReadOnlySpan<byte> trailer) => (
        BinaryPrimitives.ReadUInt32LittleEndian(trailer),
        BinaryPrimitives.ReadUInt64LittleEndian(trailer[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(trailer[12..]));
}
