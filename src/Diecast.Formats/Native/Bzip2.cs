using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>libbz2's streaming interface (bzlib.h, the same since 1.0).</summary>
internal static partial class Bzip2
{
    private const string Library = "libbz2.so.1.0";
    private const string Package = "libbz2-1.0";

    internal const int Ok = 0;
    internal const int StreamEnd = 4;
    internal const int MemoryError = -3;
    internal const int DataError = -4;
    internal const int MagicError = -5;

    internal static SafeBzip2Decoder OpenDecoder()
    {
        try
        {
            SafeBzip2Decoder decoder = SafeBzip2Decoder.Allocate();
            decoder.Start();
            return decoder;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new MissingLibraryException(Library, Package, exception);
        }
    }

    internal static unsafe int Decompress(SafeBzip2Decoder decoder, ref ReadOnlySpan<byte> input, ref Span<byte> output)
    {
        bool added = false;
        decoder.DangerousAddRef(ref added);
        try
        {
            var state = (Bzip2Stream*)decoder.DangerousGetHandle();
            byte nothing = 0;
            fixed (byte* from = input)
            fixed (byte* to = output)
            {
                state->NextInput = from is null ? &nothing : from;
                state->AvailableInput = (uint)input.Length;
                state->NextOutput = to is null ? &nothing : to;
                state->AvailableOutput = (uint)output.Length;
                int result = Decompress((nint)state);
                input = input[^(int)state->AvailableInput..];
                output = output[^(int)state->AvailableOutput..];
                return result;
            }
        }
        finally
        {
            decoder.DangerousRelease();
        }
    }

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompressInit")]
    internal static partial int Start(nint stream, int verbosity, int small);

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompress")]
    private static partial int Decompress(nint stream);

    [LibraryImport(Library, EntryPoint = "BZ2_bzDecompressEnd")]
    internal static partial int End(nint stream);
}

/// <summary><c>bz_stream</c> of 64-bit systems.</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal unsafe struct Bzip2Stream
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

internal sealed class SafeBzip2Decoder : SafeHandleZeroOrMinusOneIsInvalid
{
    private bool _isStarted;

    private SafeBzip2Decoder(nint stream)
        : base(ownsHandle: true) => SetHandle(stream);

    internal static unsafe SafeBzip2Decoder Allocate() => new((nint)NativeMemory.AllocZeroed((nuint)sizeof(Bzip2Stream)));

    /// <summary>Begins a stream, after the one before it.</summary>
    internal void Start()
    {
        if (_isStarted)
            _ = Bzip2.End(handle);
        _isStarted = false;
        int result = Bzip2.Start(handle, 0, 0);
        if (result != Bzip2.Ok)
            throw new InsufficientMemoryException($"libbz2 cannot start ({result})");
        _isStarted = true;
    }

    protected override unsafe bool ReleaseHandle()
    {
        if (_isStarted)
            _ = Bzip2.End(handle);
        NativeMemory.Free((void*)handle);
        return true;
    }
}
