using System.Buffers.Binary;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Compression;

/// <summary>
/// Compresses blocks to pieces of one gzip member (RFC 1952), each with its checksum behind it, which whoever joins them
/// takes away and combines.
/// </summary>
internal static class GzipSections
{
    internal const int ChecksumBytes = 4;

    /// <summary>No name, no time, no system.</summary>
    internal static ReadOnlySpan<byte> Header => [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

    internal static BlockCodec Codec(int level)
    {
        BlockCodec sections = DeflateSections.Codec(level);
        return new BlockCodec(sections.Identity, length => sections.Bound(length) + ChecksumBytes, () => new Compressor(sections.Open()));
    }

    private sealed class Compressor(IBlockCompressor sections) : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            int count = sections.Compress(input, output[..^ChecksumBytes]);
            if (count == 0)
                return 0;
            BinaryPrimitives.WriteUInt32LittleEndian(output[count..], Crc32.Compute(input));
            return count + ChecksumBytes;
        }

        public void Dispose() => sections.Dispose();
    }
}
