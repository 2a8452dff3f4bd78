using System.Runtime.InteropServices;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Native;

/// <summary>zlib's deflate, of whole blocks (zlib.h).</summary>
internal static partial class Zlib
{
    private const int Deflated = 8;
    private const int DefaultMemory = 8;
    private const int Finish = 4;

    internal static string VersionText
    {
        get
        {
            try
            {
                return Marshal.PtrToStringUTF8(Version()) ?? "";
            }
            catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
            {
                throw new MissingLibraryException(Library, Package, exception);
            }
        }
    }

    /// <summary>compressBound of zlib, and gzip's header and trailer.</summary>
    internal static int Bound(int length) => length + (length >> 12) + (length >> 14) + (length >> 25) + 13 + 18;

    internal static unsafe SafeDeflateHandle OpenEncoder(int level, DeflateWrapper wrapper)
    {
        int windowBits = wrapper switch
        {
            DeflateWrapper.Raw => -WindowBits,
            DeflateWrapper.Zlib => WindowBits,
            _ => WindowBits + GzipHeader,
        };
        return Open(
            new SafeDeflateHandle(),
            stream => DeflateInit(stream, level, Deflated, windowBits, DefaultMemory, 0, Version(), sizeof(ZlibStream)));
    }

    /// <summary>An encoder of zlib's wrapper with a window and a strategy of one's own.</summary>
    /// <param name="level">1, fast, to 9, small.</param>
    /// <param name="window">Bits of the window, 8 to 15.</param>
    /// <param name="strategy">Z_DEFAULT_STRATEGY 0, Z_FILTERED 1, Z_HUFFMAN_ONLY 2, Z_RLE 3, Z_FIXED 4.</param>
    internal static unsafe SafeDeflateHandle OpenEncoder(int level, int window, int strategy) => Open(
        new SafeDeflateHandle(),
        stream => DeflateInit(stream, level, Deflated, window, DefaultMemory, strategy, Version(), sizeof(ZlibStream)));

    /// <summary>Compresses a block; 0 when the result does not fit.</summary>
    internal static int Compress(SafeDeflateHandle stream, ReadOnlySpan<byte> input, Span<byte> output)
    {
        _ = DeflateReset(stream);
        int room = output.Length;
        return Step(stream, ref input, ref output, static stream => DeflateStream(stream, Finish)) == StreamEnd ? room - output.Length : 0;
    }

    [LibraryImport(Library, EntryPoint = "deflateInit2_")]
    private static partial int DeflateInit(
        SafeDeflateHandle stream, int level, int method, int windowBits, int memory, int strategy, nint version, int size);

    [LibraryImport(Library, EntryPoint = "deflateReset")]
    private static partial int DeflateReset(SafeDeflateHandle stream);

    [LibraryImport(Library, EntryPoint = "deflate")]
    private static partial int DeflateStream(SafeDeflateHandle stream, int flush);

    [LibraryImport(Library, EntryPoint = "deflateEnd")]
    internal static partial int DeflateEnd(nint stream);
}

internal sealed class SafeDeflateHandle : SafeZlibHandle
{
    private protected override int End(nint stream) => Zlib.DeflateEnd(stream);
}
