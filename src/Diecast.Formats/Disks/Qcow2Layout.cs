using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Diecast.Formats.Disks;

/// <summary>The structures of qcow2, all big-endian (QEMU, docs/interop/qcow2.txt).</summary>
internal static class Qcow2Layout
{
    internal const int RefcountOrder = 4;
    internal const int RefcountBytes = 2;
    internal const int TableEntryBytes = 8;
    internal const int VirtualSizeUnit = 512;

    /// <summary>The refcount is exactly one, so that the cluster may be written in place.</summary>
    internal const ulong Copied = 1UL << 63;

    /// <summary>QEMU refuses larger tables.</summary>
    internal const long MaximumL1Bytes = 32L << 20;
    internal const long MaximumRefcountTableBytes = 8L << 20;

    private const uint Magic = 0x514649FB;
    private const int Version2Length = 72;
    private const int Version3Length = 112;
    private const uint FeatureNames = 0x6803F857;
    private const int FeatureNameBytes = 48;

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

    internal readonly record struct Header(
        Qcow2Version Version, int ClusterSize, long VirtualSize, int L1Entries, long L1Offset, long RefcountTableOffset, int RefcountTableClusters);

    /// <summary>The header with its extensions; it fits the smallest cluster.</summary>
    internal static byte[] Write(Header header)
    {
        bool third = header.Version == Qcow2Version.V3;
        int length = third ? Version3Length : Version2Length;
        byte[] bytes = new byte[length + 8 + (third ? 8 + (Features.Length * FeatureNameBytes) : 0)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)header.Version);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), (uint)BitOperations.Log2((uint)header.ClusterSize));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(24), header.VirtualSize);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(36), header.L1Entries);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(40), header.L1Offset);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(48), header.RefcountTableOffset);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(56), header.RefcountTableClusters);
        if (!third)
            return bytes;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(96), RefcountOrder);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(100), Version3Length);
        Span<byte> extension = bytes.AsSpan(length);
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
