using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

/// <summary>
/// Compresses blocks to pieces of one deflate stream: what a compressor makes of a block alone, with its last part no longer
/// marked as last and an empty stored part behind it, which ends at a whole byte (as zlib's Z_SYNC_FLUSH does). Pieces one
/// after the other and <see cref="End"/> are the stream.
/// </summary>
/// <remarks>
/// libdeflate can only end its data. Where the mark is, the header of the last part, is found by walking over the data, which
/// costs about a fifth of compressing it.
/// </remarks>
internal static class DeflateSections
{
    private const int LargestSyncBytes = 5;
    private const int HeaderBits = 3;

    /// <summary>An empty part that is the last.</summary>
    internal static ReadOnlySpan<byte> End => [3, 0];

    internal static BlockCodec Codec(int level)
    {
        BlockCodec deflate = BlockCodecs.Deflate(level);
        return new BlockCodec(
            deflate.Identity + " in sections", length => deflate.Bound(length) + LargestSyncBytes, () => new Compressor(deflate.Open()))
        {
            Memory = block => deflate.Memory(block) + block,
        };
    }

    private sealed class Compressor(IBlockCompressor deflate) : IBlockCompressor
    {
        private readonly SafeInflateHandle _walker = Zlib.OpenRawDecoder();
        private byte[] _scratch = [];

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            int count = deflate.Compress(input, output[..^LargestSyncBytes]);
            if (count == 0)
                return 0;
            // One byte more than comes out, so that the walk never stops for room.
            if (_scratch.Length <= input.Length)
                _scratch = new byte[input.Length + 1];
            (long header, long end) = Zlib.FindLastBlock(_walker, output[..count], _scratch)
                ?? throw new InvalidOperationException("the compressor's data is not whole");
            output[(int)(header / 8)] &= (byte)(0xff ^ (1 << (int)(header % 8)));
            // The three bits of the stored part's header are zero, as is the rest of the byte that the data ends in.
            count = (int)((end + 7) / 8);
            if ((count * 8L) - end < HeaderBits)
                output[count++] = 0;
            ((ReadOnlySpan<byte>)[0, 0, 0xff, 0xff]).CopyTo(output[count..]);
            return count + 4;
        }

        public void Dispose()
        {
            _walker.Dispose();
            deflate.Dispose();
        }
    }
}
