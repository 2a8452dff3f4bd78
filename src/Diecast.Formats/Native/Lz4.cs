using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>liblz4's block functions (lz4.h, lz4hc.h; the same since 1.9.0).</summary>
internal static partial class Lz4
{
    /// <summary>LZ4HC_CLEVEL_DEFAULT.</summary>
    internal const int DefaultHighLevel = 9;

    /// <summary>LZ4HC_CLEVEL_MAX.</summary>
    internal const int MaximumHighLevel = 12;

    private const string Library = "liblz4.so.1";
    private const string Package = "liblz4-1";

    internal static string Version => Loading(static () => Marshal.PtrToStringUTF8(VersionString()) ?? "");

    /// <summary>The room that a block needs at worst.</summary>
    internal static int Bound(int length) => length + (length / 255) + 16;

    /// <summary>The memory that <see cref="Compress"/> works in; one thread uses it.</summary>
    internal static SafeLz4State OpenState() => Loading(static () => SafeLz4State.Allocate(StateSize()));

    /// <summary>The memory that the functions of high compression work in; one thread uses it.</summary>
    internal static SafeLz4State OpenHighState() => Loading(static () => SafeLz4State.Allocate(HighStateSize()));

    /// <summary>Compresses a block; 0 when the result does not fit.</summary>
    internal static unsafe int Compress(SafeLz4State state, ReadOnlySpan<byte> input, Span<byte> output, int acceleration = 1)
    {
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
            return CompressFast(state, from is null ? &nothing : from, to, input.Length, output.Length, acceleration);
    }

    /// <summary>Compresses a block well; 0 when the result does not fit.</summary>
    /// <param name="state">From <see cref="OpenHighState"/>.</param>
    /// <param name="input">The block.</param>
    /// <param name="output">Room for the result.</param>
    /// <param name="level">3, fast, to 12, small.</param>
    internal static unsafe int CompressHigh(SafeLz4State state, ReadOnlySpan<byte> input, Span<byte> output, int level)
    {
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
            return CompressHighLevel(state, from is null ? &nothing : from, to, input.Length, output.Length, level);
    }

    /// <summary>Compresses as much of the input as fills the output.</summary>
    /// <param name="input">What there is.</param>
    /// <param name="output">Room for the result.</param>
    /// <returns>Bytes taken and bytes written; both 0 when nothing fits.</returns>
    internal static unsafe (int Taken, int Written) CompressDestSize(ReadOnlySpan<byte> input, Span<byte> output)
    {
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            int taken = input.Length;
            int written = CompressToSize(from is null ? &nothing : from, to, &taken, output.Length);
            return written > 0 ? (taken, written) : (0, 0);
        }
    }

    /// <summary>Compresses well as much of the input as fills the output.</summary>
    /// <param name="state">From <see cref="OpenHighState"/>.</param>
    /// <param name="input">What there is.</param>
    /// <param name="output">Room for the result.</param>
    /// <param name="level">3, fast, to 12, small.</param>
    /// <returns>Bytes taken and bytes written; both 0 when nothing fits.</returns>
    internal static unsafe (int Taken, int Written) CompressHighDestSize(SafeLz4State state, ReadOnlySpan<byte> input, Span<byte> output, int level)
    {
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            int taken = input.Length;
            int written = CompressHighToSize(state, from is null ? &nothing : from, to, &taken, output.Length, level);
            return written > 0 ? (taken, written) : (0, 0);
        }
    }

    /// <summary>Decompresses a whole block; negative when it is damaged or does not fit.</summary>
    internal static unsafe int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            (nint source, nint target) = ((nint)(from is null ? &nothing : from), (nint)(to is null ? &nothing : to));
            (int length, int room) = (input.Length, output.Length);
            return Loading(() => DecompressSafe(source, target, length, room));
        }
    }

    /// <summary>Decompresses the beginning of a block, until the output is full; negative when it is damaged.</summary>
    internal static unsafe int DecompressStart(ReadOnlySpan<byte> input, Span<byte> output)
    {
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            (nint source, nint target) = ((nint)(from is null ? &nothing : from), (nint)(to is null ? &nothing : to));
            (int length, int room) = (input.Length, output.Length);
            return Loading(() => DecompressPartial(source, target, length, room, room));
        }
    }

    private static T Loading<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new MissingLibraryException(Library, Package, exception);
        }
    }

    [LibraryImport(Library, EntryPoint = "LZ4_versionString")]
    private static partial nint VersionString();

    [LibraryImport(Library, EntryPoint = "LZ4_sizeofState")]
    private static partial int StateSize();

    [LibraryImport(Library, EntryPoint = "LZ4_sizeofStateHC")]
    private static partial int HighStateSize();

    [LibraryImport(Library, EntryPoint = "LZ4_compress_fast_extState")]
    private static unsafe partial int CompressFast(SafeLz4State state, byte* source, byte* target, int length, int room, int acceleration);

    [LibraryImport(Library, EntryPoint = "LZ4_compress_HC_extStateHC")]
    private static unsafe partial int CompressHighLevel(SafeLz4State state, byte* source, byte* target, int length, int room, int level);

    [LibraryImport(Library, EntryPoint = "LZ4_compress_destSize")]
    private static unsafe partial int CompressToSize(byte* source, byte* target, int* length, int room);

    [LibraryImport(Library, EntryPoint = "LZ4_compress_HC_destSize")]
    private static unsafe partial int CompressHighToSize(SafeLz4State state, byte* source, byte* target, int* length, int room, int level);

    [LibraryImport(Library, EntryPoint = "LZ4_decompress_safe")]
    private static partial int DecompressSafe(nint source, nint target, int length, int room);

    [LibraryImport(Library, EntryPoint = "LZ4_decompress_safe_partial")]
    private static partial int DecompressPartial(nint source, nint target, int length, int wanted, int room);
}

/// <summary>Memory that a compressor works in, aligned as malloc does.</summary>
internal sealed class SafeLz4State : SafeHandleZeroOrMinusOneIsInvalid
{
    private SafeLz4State(nint memory)
        : base(ownsHandle: true) => SetHandle(memory);

    internal static unsafe SafeLz4State Allocate(int size) => new((nint)NativeMemory.Alloc((nuint)size));

    protected override unsafe bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
