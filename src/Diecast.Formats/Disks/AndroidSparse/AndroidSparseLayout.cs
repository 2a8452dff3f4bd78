using System.Buffers.Binary;

namespace Diecast.Formats.Disks;

/// <summary>The structures of a sparse image, all little-endian (AOSP, system/core/libsparse/sparse_format.h).</summary>
internal static class AndroidSparseLayout
{
    internal const int HeaderBytes = 28;
    internal const int ChunkHeaderBytes = 12;
    internal const int FillBytes = 4;
    internal const int ChecksumBytes = 4;

    internal const ushort Raw = 0xCAC1;
    internal const ushort Fill = 0xCAC2;
    internal const ushort DontCare = 0xCAC3;
    internal const ushort Checksum = 0xCAC4;

    internal const uint Magic = 0xED26FF3A;
    internal const ushort MajorVersion = 1;

    internal readonly record struct Header(
        uint Magic, ushort Major, ushort HeaderBytes, ushort ChunkHeaderBytes, uint BlockSize, uint Blocks, uint Chunks);

    internal readonly record struct Chunk(ushort Type, uint Blocks, uint Bytes);

    /// <summary>The checksum of the content stays zero, which says that there is none.</summary>
    internal static byte[] WriteHeader(int blockSize, uint blocks, uint chunks)
    {
        byte[] bytes = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), MajorVersion);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), ChunkHeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), blockSize);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), blocks);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), chunks);
        return bytes;
    }

    internal static Header ReadHeader(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]));

    /// <param name="bytes">Where to write.</param>
    /// <param name="type">The kind.</param>
    /// <param name="blocks">Blocks of the disk.</param>
    /// <param name="size">Bytes in the file, this header included.</param>
    internal static void WriteChunk(Span<byte> bytes, ushort type, uint blocks, uint size)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, type);
        bytes[2..4].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], blocks);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], size);
    }

    internal static Chunk ReadChunk(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
}
