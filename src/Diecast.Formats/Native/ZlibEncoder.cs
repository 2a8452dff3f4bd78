using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>zlib's deflate, of whole blocks (zlib.h).</summary>
internal static partial class Zlib
{
    private const int Deflated = 8;
    private const int WindowBits = 15;
    private const int GzipHeader = 16;
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
        SafeDeflateHandle stream = SafeDeflateHandle.Allocate();
        int result = DeflateInit(stream, level, Deflated, windowBits, DefaultMemory, 0, Version(), sizeof(ZlibStream));
        return result == Ok ? stream : throw new InsufficientMemoryException($"zlib cannot start ({result})");
    }

    /// <summary>An encoder of zlib's wrapper with a window and a strategy of one's own.</summary>
    /// <param name="level">1, fast, to 9, small.</param>
    /// <param name="window">Bits of the window, 8 to 15.</param>
    /// <param name="strategy">Z_DEFAULT_STRATEGY 0, Z_FILTERED 1, Z_HUFFMAN_ONLY 2, Z_RLE 3, Z_FIXED 4.</param>
    internal static unsafe SafeDeflateHandle OpenEncoder(int level, int window, int strategy)
    {
        SafeDeflateHandle stream = SafeDeflateHandle.Allocate();
        int result = DeflateInit(stream, level, Deflated, window, DefaultMemory, strategy, Version(), sizeof(ZlibStream));
        return result == Ok ? stream : throw new InsufficientMemoryException($"zlib cannot start ({result})");
    }

    /// <summary>Compresses a block; 0 when the result does not fit.</summary>
    internal static unsafe int Compress(SafeDeflateHandle stream, ReadOnlySpan<byte> input, Span<byte> output)
    {
        bool added = false;
        stream.DangerousAddRef(ref added);
        try
        {
            _ = DeflateReset(stream);
            var state = (ZlibStream*)stream.DangerousGetHandle();
            byte nothing = 0;
            fixed (byte* from = input)
            fixed (byte* to = output)
            {
                state->NextInput = from is null ? &nothing : from;
                state->AvailableInput = (uint)input.Length;
                state->NextOutput = to is null ? &nothing : to;
                state->AvailableOutput = (uint)output.Length;
                return DeflateStream(stream, Finish) == StreamEnd ? output.Length - (int)state->AvailableOutput : 0;
            }
        }
        finally
        {
            stream.DangerousRelease();
        }
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

internal sealed class SafeDeflateHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private SafeDeflateHandle(nint stream)
        : base(ownsHandle: true) => SetHandle(stream);

    internal static unsafe SafeDeflateHandle Allocate() => new((nint)NativeMemory.AllocZeroed((nuint)sizeof(ZlibStream)));

    protected override unsafe bool ReleaseHandle()
    {
        try
        {
            _ = Zlib.DeflateEnd(handle);
        }
        catch (DllNotFoundException)
        {
            // Without the library there is nothing to end.
        }

        NativeMemory.Free((void*)handle);
        return true;
    }
}
