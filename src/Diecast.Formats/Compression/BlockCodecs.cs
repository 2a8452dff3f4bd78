using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

/// <summary>
/// The compressors of whole blocks. Deflate is libdeflate's where that is installed (three times zlib's speed at a smaller
/// size), and zlib's elsewhere; the identity says which.
/// </summary>
internal static class BlockCodecs
{
    private const int MaximumZlibLevel = 9;

    /// <summary>Raw deflate, RFC 1951.</summary>
    /// <param name="level">1, fast, to 12, small; zlib knows 9, and takes 9 for more.</param>
    internal static BlockCodec Deflate(int level = 6) => Deflating(DeflateWrapper.Raw, level);

    /// <summary>Deflate in zlib's wrapper, RFC 1950.</summary>
    /// <param name="level">1, fast, to 12, small; zlib knows 9, and takes 9 for more.</param>
    internal static BlockCodec Zlib(int level = 6) => Deflating(DeflateWrapper.Zlib, level);

    /// <summary>A gzip member without name and time, RFC 1952. Members one after the other are one file.</summary>
    /// <param name="level">1, fast, to 12, small; zlib knows 9, and takes 9 for more.</param>
    internal static BlockCodec Gzip(int level = 6) => Deflating(DeflateWrapper.Gzip, level);

    /// <summary>A Zstandard frame with its content's size.</summary>
    /// <param name="level">1, fast, to 22, small.</param>
    /// <param name="checksum">Whether the frame ends with the content's checksum.</param>
    /// <exception cref="MissingLibraryException">libzstd is not installed.</exception>
    internal static BlockCodec Zstd(int level = 3, bool checksum = true)
    {
        CheckLevel(level, 22);
        return new BlockCodec($"zstd {Native.Zstd.Version} level {level}", Native.Zstd.Bound, () => new ZstdBlocks(level, checksum))
        {
            // The largest tables of any level up to this one; those for short blocks are smaller.
            Memory = block => Math.Min((18L * block) + (1 << 20), level switch { <= 6 => 4, <= 8 => 7, 9 => 13, <= 11 => 26, <= 14 => 51, _ => 68 } << 20),
        };
    }

    /// <summary>An .xz stream with CRC-32 as its check. Streams one after the other are one file.</summary>
    /// <param name="level">1, fast, to 9, small.</param>
    /// <param name="largestBlock">Bytes of a block; the dictionary, and with it the memory, is no larger.</param>
    /// <exception cref="MissingLibraryException">liblzma is not installed.</exception>
    internal static BlockCodec Xz(int level = 6, int largestBlock = 1 << 20)
    {
        CheckLevel(level, 9);
        return new BlockCodec($"xz {Lzma.Version} level {level}", Lzma.Bound, () => new XzBlocks((uint)level, (uint)largestBlock))
        {
            // The binary tree of the match finder has 11.5 bytes for each of the dictionary (xz(1), --memlimit).
            Memory = _ => 23L * largestBlock / 2,
        };
    }

    /// <summary>An .xz stream of the smallest of several: as it is and through each of the filters.</summary>
    /// <param name="dictionary">Bytes of the dictionary.</param>
    /// <param name="filters">Numbers of lzma/bcj.h to try beside none.</param>
    /// <exception cref="MissingLibraryException">liblzma is not installed.</exception>
    internal static BlockCodec XzFiltered(int dictionary, params ulong[] filters)
    {
        string tried = filters.Length == 0 ? "" : $" filters {string.Join(',', filters.Select(f => f.ToString("x", System.Globalization.CultureInfo.InvariantCulture)))}";
        return new BlockCodec($"xz {Lzma.Version} dictionary {dictionary}{tried}", Lzma.Bound, () => new SmallestOf(
            [.. filters.Prepend(0UL).Select(filter => new FilteredXzBlocks(filter, (uint)dictionary))]))
        {
            // As above, and the hashes of the match finder.
            Memory = _ => (23L * dictionary / 2) + (1 << 20),
        };
    }

    /// <summary>Deflate in zlib's wrapper by zlib itself, the smallest of several strategies.</summary>
    /// <param name="level">1, fast, to 9, small.</param>
    /// <param name="window">Bits of the window, 8 to 15.</param>
    /// <param name="strategies">Numbers of zlib.h.</param>
    internal static BlockCodec ZlibStrategies(int level, int window, params int[] strategies)
    {
        CheckLevel(level, MaximumZlibLevel);
        return new BlockCodec(
            $"zlib {Native.Zlib.VersionText} level {level} window {window} strategies {string.Join(',', strategies)}",
            Native.Zlib.Bound,
            () => new SmallestOf([.. strategies.Select(strategy => new ZlibBlocks(Native.Zlib.OpenEncoder(level, window, strategy)))]));
    }

    /// <summary>An LZ4 block.</summary>
    /// <exception cref="MissingLibraryException">liblz4 is not installed.</exception>
    internal static BlockCodec Lz4() => new($"lz4 {Native.Lz4.Version}", Native.Lz4.Bound, () => new Lz4Blocks());

    /// <summary>An LZ4 block, compressed well.</summary>
    /// <param name="level">3, fast, to 12, small.</param>
    /// <exception cref="MissingLibraryException">liblz4 is not installed.</exception>
    internal static BlockCodec Lz4High(int level = Native.Lz4.MaximumHighLevel)
    {
        CheckLevel(level, Native.Lz4.MaximumHighLevel);
        return new BlockCodec($"lz4hc {Native.Lz4.Version} level {level}", Native.Lz4.Bound, () => new Lz4HighBlocks(level));
    }

    /// <summary>An LZO1X block.</summary>
    /// <param name="variant">Which LZO1X.</param>
    /// <param name="level">1, fast, to 9, small, of the variant that has levels.</param>
    /// <exception cref="MissingLibraryException">liblzo2 is not installed.</exception>
    internal static BlockCodec Lzo(LzoVariant variant, int level) =>
        new($"lzo {Native.Lzo.Version} {variant} level {level}", Native.Lzo.Bound, () => new LzoBlocks(variant, level));

    /// <summary>Deflate by zlib, which takes the place of libdeflate where that is missing.</summary>
    internal static BlockCodec OfZlib(DeflateWrapper wrapper, int level)
    {
        int possible = Math.Min(level, MaximumZlibLevel);
        return new BlockCodec($"zlib {Native.Zlib.VersionText} level {possible}", Native.Zlib.Bound, () => new ZlibBlocks(Native.Zlib.OpenEncoder(possible, wrapper)));
    }

    private static BlockCodec Deflating(DeflateWrapper wrapper, int level)
    {
        CheckLevel(level, LibDeflate.MaximumLevel);
        return LibDeflate.Fingerprint(level) is { } fingerprint
            ? new BlockCodec($"libdeflate {fingerprint} level {level}", LibDeflate.Bound, () => new LibDeflateBlocks(level, wrapper))
            {
                // From level 10 on it looks for the best way through all matches.
                Memory = _ => level < 10 ? 1 << 20 : 9 << 20,
            }
            : OfZlib(wrapper, level);
    }

    private static void CheckLevel(int level, int highest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, highest);
    }

    private sealed class LibDeflateBlocks(int level, DeflateWrapper wrapper) : IBlockCompressor
    {
        private readonly SafeLibDeflateHandle _compressor = LibDeflate.OpenCompressor(level);

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => LibDeflate.Compress(_compressor, wrapper, input, output);

        public void Dispose() => _compressor.Dispose();
    }

    private sealed class ZlibBlocks(SafeDeflateHandle stream) : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => Native.Zlib.Compress(stream, input, output);

        public void Dispose() => stream.Dispose();
    }

    private sealed class FilteredXzBlocks(ulong filter, uint dictionary) : IBlockCompressor
    {
        /// <summary>LZMA_PRESET_DEFAULT.</summary>
        private const uint Preset = 6;

        private readonly LzmaMemory _memory = new();

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => Lzma.CompressFiltered(filter, Preset, dictionary, _memory, input, output);

        public void Dispose() => _memory.Dispose();
    }

    private sealed class Lz4Blocks : IBlockCompressor
    {
        private readonly SafeLz4State _state = Native.Lz4.OpenState();

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => Native.Lz4.Compress(_state, input, output);

        public void Dispose() => _state.Dispose();
    }

    private sealed class Lz4HighBlocks(int level) : IBlockCompressor
    {
        private readonly SafeLz4State _state = Native.Lz4.OpenHighState();

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => Native.Lz4.CompressHigh(_state, input, output, level);

        public void Dispose() => _state.Dispose();
    }

    private sealed class LzoBlocks(LzoVariant variant, int level) : IBlockCompressor
    {
        private readonly SafeLzoState _state = Native.Lzo.OpenState();
        private byte[] _room = [];

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            if (_room.Length < Native.Lzo.Bound(input.Length))
                _room = new byte[Native.Lzo.Bound(input.Length)];
            int count = Native.Lzo.Compress(_state, variant, level, input, _room);
            if (count > output.Length)
                return 0;
            _room.AsSpan(0, count).CopyTo(output);
            return count;
        }

        public void Dispose() => _state.Dispose();
    }

    /// <summary>Tries each and keeps the smallest result, of equal ones the first.</summary>
    private sealed class SmallestOf(IBlockCompressor[] compressors) : IBlockCompressor
    {
        private byte[] _other = [];

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            int best = compressors[0].Compress(input, output);
            if (compressors.Length > 1 && _other.Length < output.Length)
                _other = new byte[output.Length];
            foreach (IBlockCompressor compressor in compressors.AsSpan(1))
            {
                int count = compressor.Compress(input, _other.AsSpan(0, output.Length));
                if (count == 0 || (best > 0 && count >= best))
                    continue;
                best = count;
                _other.AsSpan(0, count).CopyTo(output);
            }

            return best;
        }

        public void Dispose()
        {
            foreach (IBlockCompressor compressor in compressors)
                compressor.Dispose();
        }
    }

    private sealed class ZstdBlocks(int level, bool checksum) : IBlockCompressor
    {
        private readonly SafeZstdEncoder _encoder = Native.Zstd.OpenEncoder(level, checksum);

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => Native.Zstd.CompressWhole(_encoder, input, output);

        public void Dispose() => _encoder.Dispose();
    }

    private sealed class XzBlocks(uint level, uint dictionary) : IBlockCompressor
    {
        private readonly LzmaMemory _memory = new();

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => Lzma.CompressWhole(level, dictionary, _memory, input, output);

        public void Dispose() => _memory.Dispose();
    }
}

/// <summary>What stands around deflated data.</summary>
internal enum DeflateWrapper
{
    /// <summary>Nothing, RFC 1951.</summary>
    Raw,

    /// <summary>zlib's header and Adler-32, RFC 1950.</summary>
    Zlib,

    /// <summary>gzip's header, CRC-32 and length, RFC 1952.</summary>
    Gzip,
}
