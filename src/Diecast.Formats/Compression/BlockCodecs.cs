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
    /// <param name="level">1, fast, to 19, small.</param>
    /// <param name="checksum">Whether the frame ends with the content's checksum.</param>
    /// <exception cref="MissingLibraryException">libzstd is not installed.</exception>
    internal static BlockCodec Zstd(int level = 3, bool checksum = true)
    {
        CheckLevel(level, 19);
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

    /// <summary>Deflate by zlib, which takes the place of libdeflate where that is missing.</summary>
    internal static BlockCodec OfZlib(DeflateWrapper wrapper, int level)
    {
        int possible = Math.Min(level, MaximumZlibLevel);
        return new BlockCodec($"zlib {Native.Zlib.VersionText} level {possible}", Native.Zlib.Bound, () => new ZlibBlocks(possible, wrapper));
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

    private sealed class ZlibBlocks(int level, DeflateWrapper wrapper) : IBlockCompressor
    {
        private readonly SafeDeflateHandle _stream = Native.Zlib.OpenEncoder(level, wrapper);

        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => Native.Zlib.Compress(_stream, input, output);

        public void Dispose() => _stream.Dispose();
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
