using System.Buffers.Binary;

namespace Diecast.Formats.Disks;

/// <summary>
/// The structures of sparse VMDK extents, all little-endian, offsets in sectors of 512 bytes (VMware, "Virtual Disk
/// Format 5.0", Hosted Sparse Extents and Stream-Optimized Compressed Sparse Extents).
/// </summary>
internal static class VmdkLayout
{
    internal const int Sector = 512;
    internal const int HeaderBytes = 512;
    internal const int TableEntryBytes = 4;
    internal const int GrainBytes = 64 * 1024;
    internal const int GrainSectors = GrainBytes / Sector;
    internal const int EntriesPerTable = 512;
    internal const int TableBytes = EntriesPerTable * TableEntryBytes;
    internal const long TableSpan = (long)EntriesPerTable * GrainBytes;

    /// <summary>Where the descriptor is and what is kept for it, so that a tool may make it longer.</summary>
    internal const int DescriptorSector = 1;
    internal const int DescriptorSectors = 20;

    /// <summary>In the header of a stream: the directory comes at the end, and the footer says where.</summary>
    internal const ulong DirectoryAtEnd = ulong.MaxValue;

    /// <summary>A table entry of a grain that is zero and not stored.</summary>
    internal const uint ZeroGrain = 1;

    internal const int GrainMarkerBytes = 12;

    internal const uint ValidNewlines = 1 << 0;
    internal const uint RedundantTables = 1 << 1;
    internal const uint CompressedGrains = 1 << 16;
    internal const uint Markers = 1 << 17;

    internal const ushort NoCompression = 0;
    internal const ushort Deflate = 1;

    internal const uint EndOfStreamMarker = 0;
    internal const uint TableMarker = 1;
    internal const uint DirectoryMarker = 2;
    internal const uint FooterMarker = 3;

    private const uint Magic = 0x564D444B;

    /// <summary>The bytes that a transfer as text would change.</summary>
    private static ReadOnlySpan<byte> Newlines => "\n \r\n"u8;

    internal static ReadOnlySpan<byte> MagicBytes => "KDMV"u8;

    internal readonly record struct Header(
        uint Version,
        uint Flags,
        ulong Capacity,
        ulong Grain,
        ulong DescriptorOffset,
        ulong DescriptorSize,
        uint EntriesPerTable,
        ulong RedundantDirectory,
        ulong Directory,
        ulong Overhead,
        ushort Compression);

    internal static byte[] Write(in Header header)
    {
        byte[] bytes = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), header.Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), header.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(12), header.Capacity);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(20), header.Grain);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(28), header.DescriptorOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(36), header.DescriptorSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(44), header.EntriesPerTable);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(48), header.RedundantDirectory);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(56), header.Directory);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(64), header.Overhead);
        // Byte 72 says that the disk was not closed.
        Newlines.CopyTo(bytes.AsSpan(73));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(77), header.Compression);
        return bytes;
    }

    internal static bool HasMagic(ReadOnlySpan<byte> bytes) => bytes.StartsWith(MagicBytes);

    internal static bool HasNewlines(ReadOnlySpan<byte> bytes) => bytes.Slice(73, 4).SequenceEqual(Newlines);

    internal static Header ReadHeader(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[20..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[28..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[36..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[44..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[56..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[64..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[77..]));

    /// <summary>A sector that tells what the next ones are; in all but a grain's the size is zero.</summary>
    internal static void WriteMarker(Span<byte> sector, ulong sectors, uint type)
    {
        sector[..Sector].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(sector, sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(sector[12..], type);
    }

    internal static (ulong Sectors, uint Size, uint Type) ReadMarker(ReadOnlySpan<byte> sector) => (
        BinaryPrimitives.ReadUInt64LittleEndian(sector),
        BinaryPrimitives.ReadUInt32LittleEndian(sector[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(sector[12..]));

    /// <summary>What stands before a compressed grain: its place on the disk and the length of its stream.</summary>
    internal static void WriteGrainMarker(Span<byte> marker, ulong sector, uint size)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(marker, sector);
        BinaryPrimitives.WriteUInt32LittleEndian(marker[8..], size);
    }
}
