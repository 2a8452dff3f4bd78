using System.Buffers.Binary;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Partitioning;

/// <summary>The GPT header and its entries (UEFI 2.10 sections 5.3.2 and 5.3.3), all little-endian.</summary>
internal static class GptLayout
{
    internal const int HeaderLength = 92;
    internal const int EntryLength = 128;
    internal const int NameUnits = 36;
    internal const uint Revision = 0x00010000;

    internal static ReadOnlySpan<byte> Signature => "EFI PART"u8;

    internal readonly record struct Header(
        long MyLba, long AlternateLba, long FirstUsableLba, long LastUsableLba, Guid DiskId, long EntriesLba, int EntryCount, uint EntriesCrc);

    internal static void WriteHeader(Span<byte> bytes, Header header)
    {
        bytes[..HeaderLength].Clear();
        Signature.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Revision);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], HeaderLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], header.MyLba);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], header.AlternateLba);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], header.FirstUsableLba);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[48..], header.LastUsableLba);
        header.DiskId.TryWriteBytes(bytes[56..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[72..], header.EntriesLba);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[80..], header.EntryCount);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[84..], EntryLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[88..], header.EntriesCrc);
        // The header's own checksum is taken with its field zero.
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Crc32.Compute(bytes[..HeaderLength]));
    }

    /// <summary>Guids are stored with their first three fields little-endian, which is how <see cref="Guid"/> writes itself.</summary>
    internal static void WriteEntry(Span<byte> bytes, Guid type, Guid id, long firstLba, long lastLba, ulong attributes, string name)
    {
        type.TryWriteBytes(bytes);
        id.TryWriteBytes(bytes[16..]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], firstLba);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[40..], lastLba);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[48..], attributes);
        for (int i = 0; i < name.Length; i++)
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[(56 + (2 * i))..], name[i]);
    }
}
