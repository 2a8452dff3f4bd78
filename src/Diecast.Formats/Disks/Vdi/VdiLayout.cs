using System.Buffers.Binary;
using System.Text;

namespace Diecast.Formats.Disks;

/// <summary>The header of VDI 1.1, all little-endian (VirtualBox, VDICore.h: VDIPREHEADER and VDIHEADER1PLUS).</summary>
internal static class VdiLayout
{
    internal const int HeaderEnd = 472;
    internal const int SectorSize = 512;
    internal const int EntryBytes = 4;

    /// <summary>The block was never written.</summary>
    internal const uint Free = uint.MaxValue;

    /// <summary>The block was written with zeros, or discarded.</summary>
    internal const uint Zero = uint.MaxValue - 1;

    internal const uint Signature = 0xBEDA107F;
    internal const uint Version = 0x00010001;
    internal const uint TypeDynamic = 1;
    internal const uint TypeFixed = 2;
    internal const uint TypeUndo = 3;
    internal const uint TypeDifferencing = 4;

    internal const int CommentBytes = 256;
    private const int CreatorBytes = 64;
    private const int SignatureAt = 64;
    private const int VersionAt = 68;
    private const int LengthAt = 72;
    private const int TypeAt = 76;
    private const int CommentAt = 84;
    private const int MapAt = 340;
    private const int DataAt = 344;
    private const int LegacyGeometryAt = 348;
    private const int DiskSizeAt = 368;
    private const int BlockSizeAt = 376;
    private const int BlockExtraAt = 380;
    private const int BlocksAt = 384;
    private const int AllocatedAt = 388;
    private const int ImageIdAt = 392;
    private const int ModificationIdAt = 408;
    private const int LinkIdAt = 424;
    private const int ParentIdAt = 440;
    private const int GeometryAt = 456;

    /// <summary>The length that the header states begins at its own field; one without the last geometry is shorter.</summary>
    private const int HeaderLength = HeaderEnd - LengthAt;
    private const int ShortHeaderLength = GeometryAt - LengthAt;

    /// <summary>The fields of a header; all numbers as they are in the file.</summary>
    internal readonly record struct Header
    {
        internal string Creator { get; init; }

        internal uint Signature { get; init; }

        internal uint Version { get; init; }

        internal uint Length { get; init; }

        internal uint Type { get; init; }

        internal string Comment { get; init; }

        internal uint MapOffset { get; init; }

        internal uint DataOffset { get; init; }

        internal DiskGeometry LegacyGeometry { get; init; }

        internal uint SectorBytes { get; init; }

        internal ulong DiskSize { get; init; }

        internal uint BlockSize { get; init; }

        internal uint BlockExtra { get; init; }

        internal uint Blocks { get; init; }

        internal uint Allocated { get; init; }

        internal Guid ImageId { get; init; }

        internal Guid ModificationId { get; init; }

        internal Guid LinkId { get; init; }

        internal Guid ParentId { get; init; }

        internal DiskGeometry Geometry { get; init; }
    }

    internal static byte[] Write(Header header)
    {
        byte[] bytes = new byte[HeaderEnd];
        Encoding.UTF8.GetBytes(header.Creator, bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(SignatureAt), Signature);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(VersionAt), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(LengthAt), HeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(TypeAt), header.Type);
        Encoding.UTF8.GetBytes(header.Comment, bytes.AsSpan(CommentAt));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(MapAt), header.MapOffset);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(DataAt), header.DataOffset);
        Write(bytes.AsSpan(LegacyGeometryAt), header.LegacyGeometry);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(DiskSizeAt), header.DiskSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(BlockSizeAt), header.BlockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(BlocksAt), header.Blocks);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(AllocatedAt), header.Allocated);
        header.ImageId.TryWriteBytes(bytes.AsSpan(ImageIdAt));
        header.ModificationId.TryWriteBytes(bytes.AsSpan(ModificationIdAt));
        Write(bytes.AsSpan(GeometryAt), header.Geometry);
        return bytes;
    }

    internal static Header Read(ReadOnlySpan<byte> bytes)
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthAt..]);
        return new Header
        {
            Creator = Text(bytes[..CreatorBytes]),
            Signature = BinaryPrimitives.ReadUInt32LittleEndian(bytes[SignatureAt..]),
            Version = BinaryPrimitives.ReadUInt32LittleEndian(bytes[VersionAt..]),
            Length = length,
            Type = BinaryPrimitives.ReadUInt32LittleEndian(bytes[TypeAt..]),
            Comment = Text(bytes.Slice(CommentAt, CommentBytes)),
            MapOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[MapAt..]),
            DataOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[DataAt..]),
            LegacyGeometry = ReadGeometry(bytes[LegacyGeometryAt..]),
            SectorBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(LegacyGeometryAt + 12)..]),
            DiskSize = BinaryPrimitives.ReadUInt64LittleEndian(bytes[DiskSizeAt..]),
            BlockSize = BinaryPrimitives.ReadUInt32LittleEndian(bytes[BlockSizeAt..]),
            BlockExtra = BinaryPrimitives.ReadUInt32LittleEndian(bytes[BlockExtraAt..]),
            Blocks = BinaryPrimitives.ReadUInt32LittleEndian(bytes[BlocksAt..]),
            Allocated = BinaryPrimitives.ReadUInt32LittleEndian(bytes[AllocatedAt..]),
            ImageId = new Guid(bytes.Slice(ImageIdAt, 16)),
            ModificationId = new Guid(bytes.Slice(ModificationIdAt, 16)),
            LinkId = new Guid(bytes.Slice(LinkIdAt, 16)),
            ParentId = new Guid(bytes.Slice(ParentIdAt, 16)),
            Geometry = length > ShortHeaderLength ? ReadGeometry(bytes[GeometryAt..]) : default,
        };
    }

    private static void Write(Span<byte> bytes, DiskGeometry geometry)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, geometry.Cylinders);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], geometry.Heads);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], geometry.Sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], SectorSize);
    }

    /// <summary>A geometry, or zeros when it is none that a machine can have.</summary>
    private static DiskGeometry ReadGeometry(ReadOnlySpan<byte> bytes)
    {
        uint cylinders = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint heads = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        uint sectors = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        return cylinders > int.MaxValue || heads > 255 || sectors > 255
            ? default
            : new DiskGeometry((int)cylinders, (int)heads, (int)sectors);
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
