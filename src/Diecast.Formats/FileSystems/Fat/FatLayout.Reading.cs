using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Fat;

/// <content>The same structures, read.</content>
internal static partial class FatLayout
{
    internal const byte DeletedMark = 0xE5;
    internal const byte EscapedDeletedMark = 0x05;

    internal const byte AttributeReadOnly = 0x01;

    private const int AttributeMask = 0x3F;
    private const int MirroringOff = 0x80;
    private const int MaximumLongEntries = 20;

    internal static int BytesPerSector(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt16LittleEndian(boot[11..]);

    internal static int SectorsPerCluster(ReadOnlySpan<byte> boot) => boot[13];

    internal static int ReservedSectors(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt16LittleEndian(boot[14..]);

    internal static int Tables(ReadOnlySpan<byte> boot) => boot[16];

    internal static int RootEntries(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt16LittleEndian(boot[17..]);

    internal static long TotalSectors(ReadOnlySpan<byte> boot) =>
        BinaryPrimitives.ReadUInt16LittleEndian(boot[19..]) is var few and not 0 ? few : BinaryPrimitives.ReadUInt32LittleEndian(boot[32..]);

    internal static int MediaByte(ReadOnlySpan<byte> boot) => boot[21];

    internal static int TableSectors16(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt16LittleEndian(boot[22..]);

    internal static long TableSectors32(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt32LittleEndian(boot[36..]);

    /// <summary>The table in use: the first, unless FAT32's flags say that another one is and that they differ.</summary>
    internal static int ActiveTable(ReadOnlySpan<byte> boot) => (boot[40] & MirroringOff) != 0 ? boot[40] & 0x0F : 0;

    internal static bool IsMirroringOff(ReadOnlySpan<byte> boot) => (boot[40] & MirroringOff) != 0;

    internal static int Version(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt16LittleEndian(boot[42..]);

    internal static int BackupSector(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt16LittleEndian(boot[50..]);

    internal static bool HasSignature(ReadOnlySpan<byte> boot) => boot[510] == 0x55 && boot[511] == 0xAA;

    internal static uint RootClusterNumber(ReadOnlySpan<byte> boot) => BinaryPrimitives.ReadUInt32LittleEndian(boot[44..]);

    internal static ReadOnlySpan<byte> ShortName(ReadOnlySpan<byte> entry) => entry[..11];

    internal static int Attributes(ReadOnlySpan<byte> entry) => entry[11] & AttributeMask;

    internal static int CaseBits(ReadOnlySpan<byte> entry) => entry[12];

    internal static uint FirstCluster(ReadOnlySpan<byte> entry, FatType type)
    {
        uint low = BinaryPrimitives.ReadUInt16LittleEndian(entry[26..]);
        // FAT12 and FAT16 keep other things in the upper half, such as OS/2's extended attributes.
        return type == FatType.Fat32 ? ((uint)BinaryPrimitives.ReadUInt16LittleEndian(entry[20..]) << 16) | low : low;
    }

    internal static uint FileSize(ReadOnlySpan<byte> entry) => BinaryPrimitives.ReadUInt32LittleEndian(entry[28..]);

    /// <summary>The time of the last modification, with what the time of creation adds to it.</summary>
    /// <remarks>
    /// The time of modification counts pairs of seconds. Where the file was made in the same pair, it was modified no
    /// earlier than it was made, which is known to the hundredth.
    /// </remarks>
    internal static FatTime ModifiedTime(ReadOnlySpan<byte> entry)
    {
        bool sameTime = entry.Slice(14, 2).SequenceEqual(entry.Slice(22, 2)) && entry.Slice(16, 2).SequenceEqual(entry.Slice(24, 2));
        return new FatTime(
            BinaryPrimitives.ReadUInt16LittleEndian(entry[24..]),
            BinaryPrimitives.ReadUInt16LittleEndian(entry[22..]),
            sameTime ? entry[13] : (byte)0);
    }

    /// <summary>The number of a part of a long name, 1 to 20, or 0 for none that can be.</summary>
    internal static int LongPart(ReadOnlySpan<byte> entry) =>
        (entry[0] & ~LastLongEntry) is var part and > 0 and <= MaximumLongEntries ? part : 0;

    internal static bool IsLastLongPart(ReadOnlySpan<byte> entry) => (entry[0] & LastLongEntry) != 0;

    internal static byte LongChecksum(ReadOnlySpan<byte> entry) => entry[13];

    /// <summary>Reads the thirteen units of a part of a long name.</summary>
    internal static void ReadLongPart(ReadOnlySpan<byte> entry, Span<char> units)
    {
        for (int i = 0; i < LongUnits; i++)
            units[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(entry[LongUnitOffset(i)..]);
    }

    /// <summary>Five units at byte 1, six at 14, two at 28.</summary>
    private static int LongUnitOffset(int unit) => unit < 5 ? 1 + (2 * unit) : unit < 11 ? 14 + (2 * (unit - 5)) : 28 + (2 * (unit - 11));
}
