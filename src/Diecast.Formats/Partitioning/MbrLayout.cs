using System.Buffers.Binary;

namespace Diecast.Formats.Partitioning;

/// <summary>The master boot record, bytes 440 to 511 of sector 0 (UEFI 2.10 section 5.2).</summary>
internal static class MbrLayout
{
    internal const int TableOffset = 440;
    internal const int TableLength = 72;
    internal const int Slots = 4;
    internal const byte ProtectiveType = 0xEE;
    internal const byte Active = 0x80;

    private const int EntriesStart = 6;
    private const int EntryLength = 16;

    /// <summary>Marks an empty table; <paramref name="table"/> is the 72 bytes from offset 440.</summary>
    internal static void Initialize(Span<byte> table, uint diskSignature)
    {
        table.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(table, diskSignature);
        table[70] = 0x55;
        table[71] = 0xAA;
    }

    /// <summary>A partition as the table has it.</summary>
    internal readonly record struct Entry(byte Status, byte Type, uint Start, uint Count);

    internal static bool HasSignature(ReadOnlySpan<byte> table) => table[70] == 0x55 && table[71] == 0xAA;

    internal static Entry ReadEntry(ReadOnlySpan<byte> table, int slot)
    {
        ReadOnlySpan<byte> entry = table.Slice(EntriesStart + (slot * EntryLength), EntryLength);
        return new Entry(entry[0], entry[4], BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[12..]));
    }

    internal static void WriteEntry(Span<byte> table, int slot, byte status, Chs first, byte type, Chs last, uint start, uint count)
    {
        Span<byte> entry = table.Slice(EntriesStart + (slot * EntryLength), EntryLength);
        entry[0] = status;
        first.Write(entry[1..]);
        entry[4] = type;
        last.Write(entry[5..]);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], start);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], count);
    }

    /// <summary>Changes the number of sectors of a partition.</summary>
    internal static void WriteCount(Span<byte> table, int slot, uint count) =>
        BinaryPrimitives.WriteUInt32LittleEndian(table[(EntriesStart + (slot * EntryLength) + 12)..], count);

    /// <summary>A cylinder, head and sector address; past cylinder 1023 it is saturated to 1023/254/63.</summary>
    internal readonly record struct Chs(int Cylinder, int Head, int Sector)
    {
        private const int Heads = 255;
        private const int SectorsPerTrack = 63;

        internal static Chs Saturated => new(1023, 254, 63);

        internal static Chs Of(long sector)
        {
            long cylinder = sector / (Heads * SectorsPerTrack);
            return cylinder > 1023
                ? Saturated
                : new Chs((int)cylinder, (int)(sector / SectorsPerTrack % Heads), (int)(sector % SectorsPerTrack) + 1);
        }

        internal void Write(Span<byte> bytes)
        {
            bytes[0] = (byte)Head;
            bytes[1] = (byte)(Sector | ((Cylinder >> 2) & 0xC0));
            bytes[2] = (byte)(Cylinder & 0xff);
        }
    }
}
