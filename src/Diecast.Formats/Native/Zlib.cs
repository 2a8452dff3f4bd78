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

    // The largest window, and 16 for "a gzip header, nothing else".
    private const int GzipWindowBits = 15 + 16;

    internal static SafeInflateHandle OpenDecoder() => OpenDecoder(GzipWindowBits);

    private static unsafe SafeInflateHandle OpenDecoder(int windowBits)
    {
        try
        {
            SafeInflateHandle stream = SafeInflateHandle.Allocate();
            int result = InflateInit(stream, windowBits, Version(), sizeof(ZlibStream));
            return result == Ok ? stream : throw new InsufficientMemoryException($"zlib cannot start ({result})");
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new MissingLibraryException(Library, Package, exception);
        }
    }

    internal static unsafe int Inflate(SafeInflateHandle stream, ref ReadOnlySpan<byte> input, ref Span<byte> output)
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
                int result = InflateStream(stream, 0);
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
}

internal sealed class SafeInflateHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private SafeInflateHandle(nint stream)
        : base(ownsHandle: true) => SetHandle(stream);

    internal static unsafe SafeInflateHandle Allocate() => new((nint)NativeMemory.AllocZeroed((nuint)sizeof(ZlibStream)));

    protected override unsafe bool ReleaseHandle()
    {
        try
        {
            _ = Zlib.InflateEnd(handle);
        }
        catch (DllNotFoundException)
        {
            // Without the library there is nothing to end.
        }

        NativeMemory.Free((void*)handle);
        return true;
    }
}
