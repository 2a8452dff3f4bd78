using System.Buffers.Binary;

namespace Diecast.Formats.Disks;

/// <summary>The structures of a VHDX log, all little-endian ([MS-VHDX] section 2.3).</summary>
internal static class VhdxLogLayout
{
    internal const int SectorBytes = 4096;
    internal const int HeaderBytes = 64;
    internal const int DescriptorBytes = 32;

    /// <summary>Bytes of a data sector that are its descriptor's, before and behind those that it holds itself.</summary>
    internal const int LeadingBytes = 8;
    internal const int TrailingBytes = 4;

    internal const uint EntrySignature = 0x65676F6C;
    internal const uint ZeroSignature = 0x6F72657A;
    internal const uint DataSignature = 0x63736564;
    private const uint SectorSignature = 0x61746164;

    internal readonly record struct EntryHeader
    {
        internal uint Signature { get; init; }

        internal uint Checksum { get; init; }

        internal uint Length { get; init; }

        internal uint Tail { get; init; }

        internal ulong Sequence { get; init; }

        internal uint Descriptors { get; init; }

        internal Guid LogId { get; init; }

        internal ulong FlushedLength { get; init; }

        internal ulong LastLength { get; init; }
    }

    /// <summary>Zeros of a length, or a sector whose first eight and last four bytes are here and the rest in a data sector.</summary>
    internal readonly record struct Descriptor(uint Signature, uint Trailing, ulong LeadingOrLength, ulong Offset, ulong Sequence);

    internal static EntryHeader ReadHeader(ReadOnlySpan<byte> bytes) => new()
    {
        Signature = BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        Checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        Length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        Tail = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
        Sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        Descriptors = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
        LogId = new Guid(bytes.Slice(32, 16)),
        FlushedLength = BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
        LastLength = BinaryPrimitives.ReadUInt64LittleEndian(bytes[56..]),
    };

    internal static Descriptor ReadDescriptor(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));

    /// <summary>Whether a data sector is one of the entry with this sequence number: its halves are at both ends.</summary>
    internal static bool IsDataSector(ReadOnlySpan<byte> sector, ulong sequence) =>
        BinaryPrimitives.ReadUInt32LittleEndian(sector) == SectorSignature
        && BinaryPrimitives.ReadUInt32LittleEndian(sector[4..]) == (uint)(sequence >> 32)
        && BinaryPrimitives.ReadUInt32LittleEndian(sector[(SectorBytes - 4)..]) == (uint)(sequence & uint.MaxValue);
}
