using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Diecast.Formats.Disks;

/// <summary>The structures of qcow2, all big-endian (QEMU, docs/interop/qcow2.txt).</summary>
internal static class Qcow2Layout
{
    internal const int TableEntryBytes = 8;
    internal const int ExtendedEntryBytes = 16;
    internal const int VirtualSizeUnit = 512;
    internal const int Subclusters = 32;
    internal const int LeastClusterSize = 512;
    internal const int LargestClusterSize = 2 * 1024 * 1024;

    /// <summary>Less, and subclusters would be smaller than a sector.</summary>
    internal const int LeastExtendedClusterSize = Subclusters * 512;

    /// <summary>The refcount is exactly one, so that the cluster may be written in place.</summary>
    internal const ulong Copied = 1UL << 63;
    internal const ulong Compressed = 1UL << 62;

    /// <summary>Reads as zeros; version 3, and only where L2 entries are not extended.</summary>
    internal const ulong Zero = 1;

    /// <summary>Bits 9 to 55 of L1 and L2 entries.</summary>
    internal const ulong OffsetMask = 0x00FF_FFFF_FFFF_FE00;

    internal const int CompressedSector = 512;

    /// <summary>QEMU refuses larger tables.</summary>
    internal const long MaximumL1Bytes = 32L << 20;
    internal const long MaximumRefcountTableBytes = 8L << 20;
    internal const int MaximumSnapshots = 65536;
    internal const int MaximumBitmaps = 65535;
    internal const int MaximumNameBytes = 1023;

    internal const uint Magic = 0x514649FB;
    internal const int Version2Length = 72;
    internal const int LeastVersion3Length = 104;
    internal const int Version3Length = 112;

    internal const uint EndOfExtensions = 0;
    internal const uint BackingFormat = 0xE2792ACA;
    internal const uint FeatureNames = 0x6803F857;
    internal const uint Bitmaps = 0x23852875;
    internal const uint DataFileName = 0x44415441;
    internal const int FeatureNameBytes = 48;

    internal const ulong DirtyBit = 1 << 0;
    internal const ulong CorruptBit = 1 << 1;
    internal const ulong DataFileBit = 1 << 2;
    internal const ulong CompressionBit = 1 << 3;
    internal const ulong ExtendedL2Bit = 1 << 4;
    internal const ulong LazyRefcountsBit = 1 << 0;
    internal const ulong BitmapsBit = 1 << 0;
    internal const ulong RawDataFileBit = 1 << 1;

    private static readonly (byte Type, byte Bit, string Name)[] Features =
    [
        (0, 0, "dirty bit"),
        (0, 1, "corrupt bit"),
        (0, 2, "external data file"),
        (0, 3, "compression type"),
        (0, 4, "extended L2 entries"),
        (1, 0, "lazy refcounts"),
        (2, 0, "bitmaps"),
        (2, 1, "raw external data"),
    ];

    /// <summary>How many bits of a compressed cluster's entry are its offset; the others count sectors.</summary>
    internal static int CompressedOffsetBits(int clusterBits) => 62 - (clusterBits - 8);

    /// <summary>What a writer fills in.</summary>
    internal readonly record struct Header(
        Qcow2Version Version, int ClusterSize, long VirtualSize, int L1Entries, long L1Offset, long RefcountTableOffset, int RefcountTableClusters)
    {
        internal int RefcountOrder { get; init; } = 4;

        internal ulong Incompatible { get; init; }

        internal ulong Compatible { get; init; }

        /// <summary>0 is zlib, 1 Zstandard.</summary>
        internal byte CompressionType { get; init; }

        internal string? BackingFile { get; init; }

        internal string? BackingFormat { get; init; }
    }

    /// <summary>The header of an image with such options, its places still open.</summary>
    internal static Header HeaderOf(Qcow2Options options) => new(options.Version, options.ClusterSize, 0, 0, 0, 0, 0)
    {
        RefcountOrder = BitOperations.Log2((uint)options.RefcountBits),
        Incompatible = (options.ExtendedL2 ? ExtendedL2Bit : 0) | (options.Compression == Qcow2Compression.Zstd ? CompressionBit : 0),
        Compatible = options.LazyRefcounts ? LazyRefcountsBit : 0,
        CompressionType = (byte)(options.Compression == Qcow2Compression.Zstd ? 1 : 0),
        BackingFile = options.BackingFile,
        BackingFormat = options.BackingFormat,
    };

    /// <summary>How long the header with everything behind it is.</summary>
    internal static int HeaderBytes(Qcow2Options options) => Write(HeaderOf(options)).Length;

    /// <summary>The header with its extensions and the backing file's name.</summary>
    internal static byte[] Write(Header header)
    {
        bool third = header.Version == Qcow2Version.V3;
        int length = third ? Version3Length : Version2Length;
        byte[] format = Encoding.UTF8.GetBytes(header.BackingFormat ?? "");
        byte[] name = Encoding.UTF8.GetBytes(header.BackingFile ?? "");
        int formatRoom = format.Length == 0 ? 0 : 8 + ((format.Length + 7) / 8 * 8);
        int featureRoom = third ? 8 + (Features.Length * FeatureNameBytes) : 0;
        // The names are optional, and QEMU leaves them out where clusters are small.
        if (length + formatRoom + featureRoom + 8 + name.Length > header.ClusterSize)
            featureRoom = 0;
        // Extensions follow in QEMU's order: backing format, feature names, end.
        byte[] bytes = new byte[length + formatRoom + featureRoom + 8 + name.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)header.Version);
        if (name.Length > 0)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), bytes.Length - name.Length);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), name.Length);
            name.CopyTo(bytes, bytes.Length - name.Length);
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), (uint)BitOperations.Log2((uint)header.ClusterSize));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(24), header.VirtualSize);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(36), header.L1Entries);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), header.L1Offset);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(48), header.RefcountTableOffset);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(56), header.RefcountTableClusters);
        Span<byte> extension = bytes.AsSpan(length);
        if (format.Length > 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(extension, BackingFormat);
            BinaryPrimitives.WriteInt32BigEndian(extension[4..], format.Length);
            format.CopyTo(extension[8..]);
            extension = extension[formatRoom..];
        }

        if (!third)
            return bytes;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(72), header.Incompatible);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(80), header.Compatible);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(96), header.RefcountOrder);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(100), Version3Length);
        bytes[104] = header.CompressionType;
        if (featureRoom == 0)
            return bytes;
        BinaryPrimitives.WriteUInt32BigEndian(extension, FeatureNames);
        BinaryPrimitives.WriteInt32BigEndian(extension[4..], Features.Length * FeatureNameBytes);
        for (int i = 0; i < Features.Length; i++)
        {
            Span<byte> feature = extension.Slice(8 + (i * FeatureNameBytes), FeatureNameBytes);
            feature[0] = Features[i].Type;
            feature[1] = Features[i].Bit;
            Encoding.ASCII.GetBytes(Features[i].Name, feature[2..]);
        }

        return bytes;
    }
}
