using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>
/// zlib's inflate (zlib.h). The base library's own stream takes the end of its source for the end of the data, so that
/// a file that was cut short goes unnoticed.
/// </summary>
internal static partial class Zlib
{
    private const string Library = "libz.so.1";
    private const string Package = "zlib1g";

    internal const int Ok = 0;
    internal const int StreamEnd = 1;
    internal const int BufferError = -5;

    // The largest window; negative for "no header", 16 more for "a gzip header, nothing else".
    private const int WindowBits = 15;
    private const int GzipHeader = 16;
    private const int GzipWindowBits = WindowBits + GzipHeader;

    internal static SafeInflateHandle OpenDecoder() => OpenDecoder(GzipWindowBits);

    /// <summary>Of deflate without a header around it.</summary>
    internal static SafeInflateHandle OpenRawDecoder() => OpenDecoder(-WindowBits);

    /// <summary>A decoder of zlib's own wrapper, RFC 1950.</summary>
    internal static SafeInflateHandle OpenWrappedDecoder() => OpenDecoder(WindowBits);

    private static unsafe SafeInflateHandle OpenDecoder(int windowBits) => Open(
        new SafeInflateHandle(), stream => InflateInit(stream, windowBits, Version(), sizeof(ZlibStream)));

    internal static int Inflate(SafeInflateHandle stream, ref ReadOnlySpan<byte> input, ref Span<byte> output) =>
        Step(stream, ref input, ref output, static stream => InflateStream(stream, 0));

    private static T Open<T>(T stream, Func<T, int> initialize)
        where T : SafeZlibHandle
    {
        try
        {
            int result = initialize(stream);
            return result == Ok ? stream : throw new InsufficientMemoryException($"zlib cannot start ({result})");
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new MissingLibraryException(Library, Package, exception);
        }
    }

    /// <summary>Hands zlib both buffers, and cuts off them what it has read and written.</summary>
    private static unsafe int Step<T>(T stream, ref ReadOnlySpan<byte> input, ref Span<byte> output, Func<T, int> step)
        where T : SafeZlibHandle
    {
        bool added = false;
        stream.DangerousAddRef(ref added);
        try
        {
            var state = (ZlibStream*)stream.DangerousGetHandle();
            byte nothing = 0;
            fixed (byte* from = input)
            fixed (byte* to = output)
            {
                state->NextInput = from is null ? &nothing : from;
                state->AvailableInput = (uint)input.Length;
                state->NextOutput = to is null ? &nothing : to;
                state->AvailableOutput = (uint)output.Length;
                int result = step(stream);
                input = input[^(int)state->AvailableInput..];
                output = output[^(int)state->AvailableOutput..];
                return result;
            }
        }
        finally
        {
            stream.DangerousRelease();
        }
    }

    /// <summary>
    /// Walks over whole raw deflate data and tells in bits from its start where the last block's header is and where the data
    /// ends (zlib.h, inflate with Z_BLOCK). Null when the data is not whole.
    /// </summary>
    internal static unsafe (long Header, long End)? FindLastBlock(SafeInflateHandle stream, ReadOnlySpan<byte> data, Span<byte> scratch)
    {
        const int StopAtBlock = 5;
        const int UnusedBits = 7;
        const int IsLast = 64;
        const int AtBoundary = 128;
        _ = Reset(stream);
        bool added = false;
        stream.DangerousAddRef(ref added);
        try
        {
            var state = (ZlibStream*)stream.DangerousGetHandle();
            fixed (byte* from = data)
            fixed (byte* to = scratch)
            {
                state->NextInput = from;
                state->AvailableInput = (uint)data.Length;
                state->NextOutput = to;
                state->AvailableOutput = (uint)scratch.Length;
                long header = 0;
                while (InflateStream(stream, StopAtBlock) == Ok)
                {
                    if ((state->DataType & AtBoundary) == 0)
                        return null;
                    long position = ((data.Length - (long)state->AvailableInput) * 8) - (state->DataType & UnusedBits);
                    if ((state->DataType & IsLast) != 0)
                        return (header, position);
                    header = position;
                }

                return null;
            }
        }
        finally
        {
            stream.DangerousRelease();
        }
    }

    [LibraryImport(Library, EntryPoint = "zlibVersion")]
    private static partial nint Version();

    [LibraryImport(Library, EntryPoint = "inflateInit2_")]
    private static partial int InflateInit(SafeInflateHandle stream, int windowBits, nint version, int size);

    [LibraryImport(Library, EntryPoint = "inflateReset")]
    internal static partial int Reset(SafeInflateHandle stream);

    [LibraryImport(Library, EntryPoint = "inflate")]
    private static partial int InflateStream(SafeInflateHandle stream, int flush);

    [LibraryImport(Library, EntryPoint = "inflateEnd")]
    internal static partial int InflateEnd(nint stream);
}

/// <summary><c>z_stream</c> of 64-bit systems.</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
internal unsafe struct ZlibStream
{
    [FieldOffset(0)]
    internal byte* NextInput;

    [FieldOffset(8)]
    internal uint AvailableInput;

    [FieldOffset(24)]
    internal byte* NextOutput;

    [FieldOffset(32)]
    internal uint AvailableOutput;

    [FieldOffset(88)]
    internal int DataType;
}

/// <summary>A <c>z_stream</c> of ours. zlib keeps its address, so that it stays where it is.</summary>
internal abstract unsafe class SafeZlibHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private protected SafeZlibHandle()
        : base(ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(ZlibStream)));

    private protected abstract int End(nint stream);

    protected override bool ReleaseHandle()
    {
        try
        {
            _ = End(handle);
        }
        catch (DllNotFoundException)
        {
            // Without the library there is nothing to end.
        }

        NativeMemory.Free((void*)handle);
        return true;
    }
}

internal sealed class SafeInflateHandle : SafeZlibHandle
{
    private protected override int End(nint stream) => Zlib.InflateEnd(stream);
}
