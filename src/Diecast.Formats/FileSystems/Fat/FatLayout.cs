using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Every structure on the disk, little-endian (Microsoft, "FAT: General Overview of On-Disk Format" 1.03).</summary>
internal static partial class FatLayout
{
    internal const int BootSectorLength = 512;
    internal const int EntryLength = 32;
    internal const int FsInfoSector = 1;
    internal const int BackupBootSector = 6;
    internal const int RootCluster = 2;
    internal const byte Media = 0xF8;

    internal const byte AttributeVolume = 0x08;
    internal const byte AttributeDirectory = 0x10;
    internal const byte AttributeLongName = 0x0F;
    internal const byte LowerBase = 0x08;
    internal const byte LowerExtension = 0x10;

    internal const byte ExtendedSignature = 0x29;
    internal const int LongUnits = 13;
    private const byte LastLongEntry = 0x40;

    internal static void WriteBootSector(
        Span<byte> sector, FatGeometry geometry, int rootEntries, int sectorsPerTrack, int heads, uint hidden, byte drive, uint volumeId, ReadOnlySpan<byte> label)
    {
        bool large = geometry.Type == FatType.Fat32;
        int extended = large ? 64 : 36;
        int code = extended + 26;
        sector[0] = 0xEB;
        sector[1] = (byte)(code - 2);
        sector[2] = 0x90;
        "DIECAST "u8.CopyTo(sector[3..]);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[11..], (ushort)geometry.SectorSize);
        sector[13] = (byte)geometry.SectorsPerCluster;
        BinaryPrimitives.WriteUInt16LittleEndian(sector[14..], (ushort)geometry.ReservedSectors);
        sector[16] = FatGeometry.Fats;
        BinaryPrimitives.WriteUInt16LittleEndian(sector[17..], (ushort)(large ? 0 : rootEntries));
        bool few = geometry.DeclaredSectors <= ushort.MaxValue && !large;
        BinaryPrimitives.WriteUInt16LittleEndian(sector[19..], (ushort)(few ? geometry.DeclaredSectors : 0));
        sector[21] = Media;
        BinaryPrimitives.WriteUInt16LittleEndian(sector[22..], (ushort)(large ? 0 : geometry.FatSectors));
        BinaryPrimitives.WriteUInt16LittleEndian(sector[24..], (ushort)sectorsPerTrack);
        BinaryPrimitives.WriteUInt16LittleEndian(sector[26..], (ushort)heads);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[28..], hidden);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[32..], (uint)(few ? 0 : geometry.DeclaredSectors));
        if (large)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(sector[36..], (uint)geometry.FatSectors);
            BinaryPrimitives.WriteUInt32LittleEndian(sector[44..], RootCluster);
            BinaryPrimitives.WriteUInt16LittleEndian(sector[48..], FsInfoSector);
            BinaryPrimitives.WriteUInt16LittleEndian(sector[50..], BackupBootSector);
        }

        sector[extended] = drive;
        sector[extended + 2] = ExtendedSignature;
        BinaryPrimitives.WriteUInt32LittleEndian(sector[(extended + 3)..], volumeId);
        label.CopyTo(sector[(extended + 7)..]);
        TypeName(geometry.Type).CopyTo(sector[(extended + 18)..]);
        // int 18h: back to the BIOS, which tries the next device; then halt for ever.
        ReadOnlySpan<byte> bootCode = [0xCD, 0x18, 0xF4, 0xEB, 0xFD];
        bootCode.CopyTo(sector[code..]);
        WriteSignature(sector);
    }

    internal static void WriteFsInfo(Span<byte> sector, uint freeClusters, uint lastCluster)
    {
        "RRaA"u8.CopyTo(sector);
        "rrAa"u8.CopyTo(sector[484..]);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[488..], freeClusters);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[492..], lastCluster);
        WriteSignature(sector);
    }

    internal static void WriteEntry(
        Span<byte> entry, ReadOnlySpan<byte> shortName, byte attributes, byte caseBits, FatTime time, uint cluster, uint size)
    {
        entry[..EntryLength].Clear();
        shortName.CopyTo(entry);
        entry[11] = attributes;
        entry[12] = caseBits;
        entry[13] = time.Hundredths;
        BinaryPrimitives.WriteUInt16LittleEndian(entry[14..], time.Time);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[16..], time.Date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[18..], time.Date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[20..], (ushort)(cluster >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(entry[22..], time.Time);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[24..], time.Date);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[26..], (ushort)(cluster & 0xffff));
        BinaryPrimitives.WriteUInt32LittleEndian(entry[28..], size);
    }

    /// <summary>The number of entries that a long name takes before its short one.</summary>
    internal static int LongEntries(int units) => (units + LongUnits - 1) / LongUnits;

    /// <summary>Writes the entries of a long name, last part first, before the short entry of that checksum.</summary>
    internal static void WriteLongName(Span<byte> entries, string name, byte checksum)
    {
        int count = LongEntries(name.Length);
        for (int part = count; part > 0; part--)
        {
            Span<byte> entry = entries.Slice((count - part) * EntryLength, EntryLength);
            entry.Clear();
            entry[0] = (byte)(part | (part == count ? LastLongEntry : 0));
            entry[11] = AttributeLongName;
            entry[13] = checksum;
            for (int i = 0; i < LongUnits; i++)
            {
                int unit = ((part - 1) * LongUnits) + i;
                ushort value = unit < name.Length ? name[unit] : unit == name.Length ? (ushort)0 : ushort.MaxValue;
                BinaryPrimitives.WriteUInt16LittleEndian(entry[LongUnitOffset(i)..], value);
            }
        }
    }

    /// <summary>The sum that ties a long name to its short one: rotate right, add, for each of the eleven bytes.</summary>
    internal static byte Checksum(ReadOnlySpan<byte> shortName)
    {
        byte sum = 0;
        foreach (byte value in shortName)
            sum = unchecked((byte)((byte)((sum << 7) | (sum >> 1)) + value));
        return sum;
    }

    private static ReadOnlySpan<byte> TypeName(FatType type) => type switch
    {
        FatType.Fat12 => "FAT12   "u8,
        FatType.Fat16 => "FAT16   "u8,
        _ => "FAT32   "u8,
    };

    private static void WriteSignature(Span<byte> sector)
    {
        sector[510] = 0x55;
        sector[511] = 0xAA;
    }
}
