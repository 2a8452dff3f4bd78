using System.Buffers.Binary;

namespace Diecast.Formats.Disks;

/// <summary>The header of an expandable image, all little-endian (QEMU, docs/interop/parallels.txt).</summary>
internal static class ParallelsLayout
{
    internal const int HeaderBytes = 64;
    internal const int SectorSize = 512;
    internal const int EntryBytes = 4;
    internal const uint Version = 2;

    /// <summary>The image is open for writing, or was when its program ended.</summary>
    internal const uint InUse = 0x746F6E59;

    /// <summary>The whole disk is zero, whatever the table says.</summary>
    internal const uint EmptyFlag = 1;

    private const int VersionAt = 16;
    private const int HeadsAt = 20;
    private const int CylindersAt = 24;
    private const int TracksAt = 28;
    private const int EntriesAt = 32;
    private const int SectorsAt = 36;
    private const int InUseAt = 44;
    private const int DataAt = 48;
    private const int FlagsAt = 52;

    /// <summary>Entries of the table count clusters.</summary>
    internal static ReadOnlySpan<byte> Magic => "WithouFreSpacExt"u8;

    /// <summary>Entries of the table count sectors, and the disk has at most 2^32 of them.</summary>
    internal static ReadOnlySpan<byte> OldMagic => "WithoutFreeSpace"u8;

    /// <summary>The fields of a header.</summary>
    /// <param name="IsOld">Whether it has the older magic.</param>
    /// <param name="Version">2.</param>
    /// <param name="Heads">Heads that the machine sees.</param>
    /// <param name="Cylinders">Cylinders that the machine sees.</param>
    /// <param name="Tracks">Sectors in a cluster.</param>
    /// <param name="Entries">Clusters of the disk.</param>
    /// <param name="Sectors">Sectors of the disk.</param>
    /// <param name="InUse">Whether the image was closed.</param>
    /// <param name="DataSector">Where clusters begin.</param>
    /// <param name="Flags">Whether it is empty.</param>
    internal readonly record struct Header(
        bool IsOld, uint Version, uint Heads, uint Cylinders, uint Tracks, uint Entries, ulong Sectors, uint InUse, uint DataSector, uint Flags);

    internal static byte[] Write(in Header header)
    {
        byte[] bytes = new byte[HeaderBytes];
        (header.IsOld ? OldMagic : Magic).CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionAt), header.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeadsAt), header.Heads);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(CylindersAt), header.Cylinders);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(TracksAt), header.Tracks);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(EntriesAt), header.Entries);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(SectorsAt), header.Sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(InUseAt), header.InUse);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(DataAt), header.DataSector);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(FlagsAt), header.Flags);
        return bytes;
    }

    /// <summary>A header with one of the two magics.</summary>
    internal static Header Read(ReadOnlySpan<byte> bytes)
    {
        bool isOld = bytes.StartsWith(OldMagic);
        return new Header(
            isOld,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[HeadsAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[CylindersAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[TracksAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[EntriesAt..]),
            // Old images have a field of 32 bits, and what they like behind it.
            isOld ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[SectorsAt..]) : BinaryPrimitives.ReadUInt64LittleEndian(bytes[SectorsAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[InUseAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[DataAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[FlagsAt..]));
    }
}
