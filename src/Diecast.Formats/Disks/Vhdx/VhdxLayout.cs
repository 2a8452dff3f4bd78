using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Disks;

/// <summary>The structures of VHDX, all little-endian (Microsoft, [MS-VHDX] sections 2.2 to 2.6).</summary>
internal static class VhdxLayout
{
    internal const long Mebibyte = 1024 * 1024;
    internal const long MaximumSize = 64L << 40;
    internal const long LeastBlockSize = Mebibyte;
    internal const long LargestBlockSize = 256 * Mebibyte;

    internal const int IdentifierBytes = 520;
    internal const int HeaderBytes = 4096;
    internal const long FirstHeader = 64 * 1024;
    internal const long SecondHeader = 128 * 1024;
    internal const int RegionTableBytes = 64 * 1024;
    internal const long FirstRegionTable = 192 * 1024;
    internal const long SecondRegionTable = 256 * 1024;
    internal const int MetadataTableBytes = 64 * 1024;
    internal const int EntryBytes = 8;

    /// <summary>Regions and the log lie on this and are multiples of it; the first is the headers' own.</summary>
    internal const long RegionUnit = Mebibyte;

    /// <summary>A chunk is what the sector bitmap of one block of 1 MiB covers.</summary>
    private const long SectorsPerChunk = 1L << 23;

    private const int ChecksumAt = 4;
    private const int MaximumEntries = 2047;
    private const int TableEntryBytes = 32;
    private const uint HeaderSignature = 0x64616568;
    private const uint RegionSignature = 0x69676572;
    private const ushort Version = 1;
    private const uint RequiredRegion = 1;
    private const uint UserItem = 1;
    private const uint DiskItem = 2;
    private const uint RequiredItem = 4;

    internal static readonly Guid BlockTableRegion = new("2dc27766-f623-4200-9d64-115e9bfd4a08");
    internal static readonly Guid MetadataRegion = new("8b7ca206-4790-4b9a-b8fe-575f050f886e");
    internal static readonly Guid FileParameters = new("caa16737-fa36-4d43-b3b6-33f0aa44e76b");
    internal static readonly Guid VirtualDiskSize = new("2fa54224-cd1b-4876-b211-5dbed83bf4b8");
    internal static readonly Guid VirtualDiskId = new("beca12ab-b2e6-4523-93ef-c309e000c746");
    internal static readonly Guid LogicalSectorSize = new("8141bf1d-a96f-4709-ba47-f233a8faab5f");
    internal static readonly Guid PhysicalSectorSize = new("cda348c7-445d-4471-9cc9-e9885251c556");
    internal static readonly Guid ParentLocator = new("a8d35f2d-b30b-454d-abf7-d3d84834ab0c");

    internal static ReadOnlySpan<byte> FileSignature => "vhdxfile"u8;

    internal static ReadOnlySpan<byte> MetadataSignature => "metadata"u8;

    /// <summary>A header; the one with the larger sequence number counts.</summary>
    internal readonly record struct Header
    {
        internal ulong Sequence { get; init; }

        internal Guid FileWriteId { get; init; }

        internal Guid DataWriteId { get; init; }

        internal Guid LogId { get; init; }

        internal ushort LogVersion { get; init; }

        internal ushort Version { get; init; }

        internal uint LogLength { get; init; }

        internal ulong LogOffset { get; init; }
    }

    internal readonly record struct Region(Guid Id, ulong Offset, uint Length, bool IsRequired);

    internal readonly record struct Item(Guid Id, uint Offset, uint Length, bool IsUser, bool IsRequired);

    /// <summary>What the lowest three bits of a table entry say of a block.</summary>
    internal enum BlockState
    {
        NotPresent = 0,
        Undefined = 1,
        Zero = 2,
        Unmapped = 3,
        FullyPresent = 6,
        PartiallyPresent = 7,
    }

    /// <summary>Blocks of the disk to one block of sector bitmaps, which has an entry behind theirs.</summary>
    internal static long ChunkRatio(long blockSize, int logicalSector) => SectorsPerChunk * logicalSector / blockSize;

    /// <summary>Entries of the block table of a disk without a parent.</summary>
    internal static long Entries(long blocks, long chunkRatio) => blocks == 0 ? 0 : blocks + ((blocks - 1) / chunkRatio);

    internal static ulong Entry(BlockState state, long offset) => (ulong)offset | (ulong)state;

    internal static BlockState State(ulong entry) => (BlockState)(int)(entry & 7);

    /// <summary>Bits 20 to 63 count MiB, which makes them the offset itself.</summary>
    internal static ulong Offset(ulong entry) => entry & ~0xFFFFFUL;

    internal static byte[] WriteIdentifier(string creator)
    {
        byte[] bytes = new byte[IdentifierBytes];
        FileSignature.CopyTo(bytes);
        Encoding.Unicode.GetBytes(creator, bytes.AsSpan(8));
        return bytes;
    }

    internal static string ReadCreator(ReadOnlySpan<byte> identifier)
    {
        string creator = Encoding.Unicode.GetString(identifier[8..]);
        int end = creator.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? creator : creator[..end];
    }

    internal static byte[] Write(Header header)
    {
        byte[] bytes = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, HeaderSignature);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), header.Sequence);
        header.FileWriteId.TryWriteBytes(bytes.AsSpan(16));
        header.DataWriteId.TryWriteBytes(bytes.AsSpan(32));
        header.LogId.TryWriteBytes(bytes.AsSpan(48));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(64), header.LogVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(66), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(68), header.LogLength);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(72), header.LogOffset);
        return Seal(bytes);
    }

    /// <summary>The header in the bytes, or null when they are none that its checksum confirms.</summary>
    internal static Header? ReadHeader(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != HeaderSignature || !IsSealed(bytes))
            return null;
        var header = new Header
        {
            Sequence = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            FileWriteId = new Guid(bytes.Slice(16, 16)),
            DataWriteId = new Guid(bytes.Slice(32, 16)),
            LogId = new Guid(bytes.Slice(48, 16)),
            LogVersion = BinaryPrimitives.ReadUInt16LittleEndian(bytes[64..]),
            Version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[66..]),
            LogLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[68..]),
            LogOffset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[72..]),
        };
        return header.Version == Version ? header : null;
    }

    internal static byte[] WriteRegions(ReadOnlySpan<Region> regions)
    {
        byte[] bytes = new byte[RegionTableBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, RegionSignature);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), regions.Length);
        for (int i = 0; i < regions.Length; i++)
        {
            Span<byte> entry = bytes.AsSpan(16 + (i * TableEntryBytes));
            regions[i].Id.TryWriteBytes(entry);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], regions[i].Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[24..], regions[i].Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[28..], regions[i].IsRequired ? RequiredRegion : 0);
        }

        return Seal(bytes);
    }

    /// <summary>The regions in a table, or null when it is none that its checksum confirms.</summary>
    internal static Region[]? ReadRegions(ReadOnlySpan<byte> bytes)
    {
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != RegionSignature || count > MaximumEntries || !IsSealed(bytes))
            return null;
        var regions = new Region[count];
        for (int i = 0; i < regions.Length; i++)
        {
            ReadOnlySpan<byte> entry = bytes[(16 + (i * TableEntryBytes))..];
            regions[i] = new Region(
                new Guid(entry[..16]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]),
                (BinaryPrimitives.ReadUInt32LittleEndian(entry[28..]) & RequiredRegion) != 0);
        }

        return regions;
    }

    /// <summary>The metadata table, then the items' bytes one after the other.</summary>
    internal static byte[] WriteMetadata(ReadOnlySpan<(Guid Id, byte[] Value)> items)
    {
        byte[] bytes = new byte[MetadataTableBytes + HeaderBytes];
        MetadataSignature.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), (ushort)items.Length);
        int at = MetadataTableBytes;
        for (int i = 0; i < items.Length; i++)
        {
            (Guid id, byte[] value) = items[i];
            Span<byte> entry = bytes.AsSpan(TableEntryBytes * (i + 1));
            id.TryWriteBytes(entry);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], at);
            BinaryPrimitives.WriteInt32LittleEndian(entry[20..], value.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[24..], RequiredItem | (id == FileParameters ? 0 : DiskItem));
            value.CopyTo(bytes.AsSpan(at));
            at += value.Length;
        }

        return bytes;
    }

    /// <summary>The items of a metadata table, or null when it is none.</summary>
    internal static Item[]? ReadItems(ReadOnlySpan<byte> bytes)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        if (!bytes.StartsWith(MetadataSignature) || count > MaximumEntries)
            return null;
        var items = new Item[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = bytes[(TableEntryBytes * (i + 1))..];
            uint flags = BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]);
            items[i] = new Item(
                new Guid(entry[..16]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]),
                (flags & UserItem) != 0,
                (flags & RequiredItem) != 0);
        }

        return items;
    }

    /// <summary>The CRC-32C of bytes whose own field, at offset 4, counts as zeros.</summary>
    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint state = Crc32C.Append(Crc32C.Start, bytes[..ChecksumAt]);
        state = Crc32C.Append(state, 0U);
        return ~Crc32C.Append(state, bytes[(ChecksumAt + sizeof(uint))..]);
    }

    private static byte[] Seal(byte[] bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Checksum(bytes));
        return bytes;
    }

    private static bool IsSealed(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]) == Checksum(bytes);
}
