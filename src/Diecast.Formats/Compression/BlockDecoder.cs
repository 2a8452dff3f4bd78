using System.Collections.Concurrent;
using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

/// <summary>Decompresses blocks that are units of their own; safe to use from several threads.</summary>
internal abstract class BlockDecoder
{
    /// <summary>Decompresses a whole block.</summary>
    /// <returns>Bytes written; negative when the block is damaged or does not fit.</returns>
    /// <exception cref="MissingLibraryException">The library is not installed.</exception>
    internal abstract int Decompress(ReadOnlySpan<byte> input, Span<byte> output);
}

/// <summary>The decoders of blocks.</summary>
internal static class BlockDecoders
{
    /// <summary>Deflate in zlib's wrapper, RFC 1950.</summary>
    internal static BlockDecoder Zlib() => new ZlibDecoder();

    /// <summary>An .xz stream.</summary>
    internal static BlockDecoder Xz() => new PlainDecoder(Lzma.DecompressWhole);

    /// <summary>The .lzma format from before .xz.</summary>
    internal static BlockDecoder Lzma1() => new PlainDecoder(Lzma.DecompressAlone);

    /// <summary>A Zstandard frame.</summary>
    internal static BlockDecoder Zstd() => new ZstdDecoder();

    /// <summary>An LZ4 block.</summary>
    internal static BlockDecoder Lz4() => new PlainDecoder(Native.Lz4.Decompress);

    /// <summary>An LZO1X block.</summary>
    internal static BlockDecoder Lzo() => new PlainDecoder(Native.Lzo.Decompress);

    private delegate int Decode(ReadOnlySpan<byte> input, Span<byte> output);

    private sealed class PlainDecoder(Decode decode) : BlockDecoder
    {
        internal override int Decompress(ReadOnlySpan<byte> input, Span<byte> output) => decode(input, output);
    }

    private sealed class ZlibDecoder : BlockDecoder
    {
        private readonly ConcurrentBag<SafeInflateHandle> _streams = [];

        internal override int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            if (!_streams.TryTake(out SafeInflateHandle? stream))
                stream = Native.Zlib.OpenWrappedDecoder();
            _ = Native.Zlib.Reset(stream);
            int room = output.Length;
            int result = Native.Zlib.Inflate(stream, ref input, ref output);
            _streams.Add(stream);
            return result == Native.Zlib.StreamEnd ? room - output.Length : -1;
        }
    }

    private sealed class ZstdDecoder : BlockDecoder
    {
        private readonly ConcurrentBag<SafeZstdDecoder> _decoders = [];

        internal override int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            if (!_decoders.TryTake(out SafeZstdDecoder? decoder))
                decoder = Native.Zstd.OpenDecoder();
            int room = output.Length;
            bool isSound = Native.Zstd.TryDecompressFrame(decoder, ref input, ref output);
            _decoders.Add(decoder);
            return isSound ? room - output.Length : -1;
        }
    }
}
