using System.Buffers.Binary;
using System.Text;

namespace Diecast.Formats.Disks;

/// <summary>The structures of VHD, all big-endian (Microsoft, Virtual Hard Disk Image Format Specification 1.0).</summary>
internal static class VhdLayout
{
    internal const int SectorSize = 512;
    internal const int FooterBytes = 512;

    /// <summary>Versions of Virtual PC before 2004 left the last byte of the footer out.</summary>
    internal const int OldFooterBytes = 511;

    internal const int DynamicHeaderBytes = 1024;
    internal const int EntryBytes = 4;
    internal const uint Version = 0x00010000;
    internal const uint Fixed = 2;
    internal const uint Dynamic = 3;
    internal const uint Differencing = 4;

    /// <summary>The block is not in the file.</summary>
    internal const uint Unused = uint.MaxValue;

    /// <summary>No next structure. The specification shows 32 bits, but every writer sets all 64.</summary>
    internal const ulong NoOffset = ulong.MaxValue;

    /// <summary>2000-01-01 00:00:00 UTC in seconds since 1970.</summary>
    internal const long Epoch = 946_684_800;

    /// <summary>2040 GiB: the block table counts sectors in 32 bits, and Windows stops here.</summary>
    internal const long MaximumSize = 2040L << 30;

    /// <summary>The largest geometry: 65,535 cylinders, 16 heads, 255 sectors.</summary>
    internal const long MaximumGeometrySectors = 65535L * 16 * 255;

    private const uint Features = 2;
    private const int FeaturesAt = 8;
    private const int VersionAt = 12;
    private const int DataOffsetAt = 16;
    private const int TimeAt = 24;
    private const int ApplicationAt = 28;
    private const int ApplicationVersionAt = 32;
    private const int HostAt = 36;
    private const int OriginalSizeAt = 40;
    private const int CurrentSizeAt = 48;
    private const int CylindersAt = 56;
    private const int HeadsAt = 58;
    private const int SectorsAt = 59;
    private const int TypeAt = 60;
    private const int ChecksumAt = 64;
    private const int UniqueIdAt = 68;

    private const int TableOffsetAt = 16;
    private const int HeaderVersionAt = 24;
    private const int EntriesAt = 28;
    private const int BlockSizeAt = 32;
    private const int HeaderChecksumAt = 36;

    internal static ReadOnlySpan<byte> FooterCookie => "conectix"u8;

    internal static ReadOnlySpan<byte> HeaderCookie => "cxsparse"u8;

    /// <summary>The fields of a footer.</summary>
    internal readonly record struct Footer
    {
        internal uint Version { get; init; }

        internal ulong DataOffset { get; init; }

        internal uint Time { get; init; }

        internal string Application { get; init; }

        internal uint ApplicationVersion { get; init; }

        internal string Host { get; init; }

        internal ulong OriginalSize { get; init; }

        internal ulong CurrentSize { get; init; }

        internal DiskGeometry Geometry { get; init; }

        internal uint Type { get; init; }

        internal Guid UniqueId { get; init; }
    }

    /// <summary>The fields of a dynamic disk's header.</summary>
    internal readonly record struct DynamicHeader(ulong TableOffset, uint Version, uint Entries, uint BlockSize);

    internal static byte[] Write(Footer footer)
    {
        byte[] bytes = new byte[FooterBytes];
        FooterCookie.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(FeaturesAt), Features);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(VersionAt), footer.Version);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(DataOffsetAt), footer.DataOffset);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(TimeAt), footer.Time);
        Encoding.ASCII.GetBytes(footer.Application, bytes.AsSpan(ApplicationAt, 4));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(ApplicationVersionAt), footer.ApplicationVersion);
        Encoding.ASCII.GetBytes(footer.Host, bytes.AsSpan(HostAt, 4));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(OriginalSizeAt), footer.OriginalSize);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(CurrentSizeAt), footer.CurrentSize);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(CylindersAt), (ushort)footer.Geometry.Cylinders);
        bytes[HeadsAt] = (byte)footer.Geometry.Heads;
        bytes[SectorsAt] = (byte)footer.Geometry.Sectors;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(TypeAt), footer.Type);
        footer.UniqueId.TryWriteBytes(bytes.AsSpan(UniqueIdAt), bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(ChecksumAt), Checksum(bytes, ChecksumAt));
        return bytes;
    }

    internal static byte[] Write(DynamicHeader header)
    {
        byte[] bytes = new byte[DynamicHeaderBytes];
        HeaderCookie.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), NoOffset);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(TableOffsetAt), header.TableOffset);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeaderVersionAt), header.Version);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(EntriesAt), header.Entries);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(BlockSizeAt), header.BlockSize);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeaderChecksumAt), Checksum(bytes, HeaderChecksumAt));
        return bytes;
    }

    /// <summary>Whether the bytes are a footer, and one that its checksum confirms.</summary>
    internal static FooterState Probe(ReadOnlySpan<byte> bytes) =>
        !bytes.StartsWith(FooterCookie) ? FooterState.None
        : BinaryPrimitives.ReadUInt32BigEndian(bytes[ChecksumAt..]) == Checksum(bytes, ChecksumAt) ? FooterState.Valid
        : FooterState.Damaged;

    internal static Footer ReadFooter(ReadOnlySpan<byte> bytes) => new()
    {
        Version = BinaryPrimitives.ReadUInt32BigEndian(bytes[VersionAt..]),
        DataOffset = BinaryPrimitives.ReadUInt64BigEndian(bytes[DataOffsetAt..]),
        Time = BinaryPrimitives.ReadUInt32BigEndian(bytes[TimeAt..]),
        Application = Name(bytes.Slice(ApplicationAt, 4)),
        ApplicationVersion = BinaryPrimitives.ReadUInt32BigEndian(bytes[ApplicationVersionAt..]),
        Host = Name(bytes.Slice(HostAt, 4)),
        OriginalSize = BinaryPrimitives.ReadUInt64BigEndian(bytes[OriginalSizeAt..]),
        CurrentSize = BinaryPrimitives.ReadUInt64BigEndian(bytes[CurrentSizeAt..]),
        Geometry = new DiskGeometry(BinaryPrimitives.ReadUInt16BigEndian(bytes[CylindersAt..]), bytes[HeadsAt], bytes[SectorsAt]),
        Type = BinaryPrimitives.ReadUInt32BigEndian(bytes[TypeAt..]),
        UniqueId = new Guid(bytes.Slice(UniqueIdAt, 16), bigEndian: true),
    };

    /// <summary>The header of a dynamic disk, or null when the bytes are none that its checksum confirms.</summary>
    internal static DynamicHeader? ReadDynamicHeader(ReadOnlySpan<byte> bytes) =>
        !bytes.StartsWith(HeaderCookie) || BinaryPrimitives.ReadUInt32BigEndian(bytes[HeaderChecksumAt..]) != Checksum(bytes, HeaderChecksumAt)
            ? null
            : new DynamicHeader(
                BinaryPrimitives.ReadUInt64BigEndian(bytes[TableOffsetAt..]),
                BinaryPrimitives.ReadUInt32BigEndian(bytes[HeaderVersionAt..]),
                BinaryPrimitives.ReadUInt32BigEndian(bytes[EntriesAt..]),
                BinaryPrimitives.ReadUInt32BigEndian(bytes[BlockSizeAt..]));

    /// <summary>Bytes of the bitmap that comes before a block: a bit a sector, up to whole sectors.</summary>
    internal static int BitmapBytes(long blockSize) => (int)Units.RoundUp(Units.Divide(blockSize / SectorSize, 8), SectorSize);

    /// <summary>The one's complement of the sum of all bytes but the checksum's own.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes, int checksumAt)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i < checksumAt || i >= checksumAt + sizeof(uint))
                sum += bytes[i];
        }

        return ~sum;
    }

    private static string Name(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes).TrimEnd('\0', ' ');

    internal enum FooterState
    {
        None = 0,
        Damaged,
        Valid,
    }
}
