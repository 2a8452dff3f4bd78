using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>liblzo2's LZO1X (lzo/lzo1x.h, the same since 2.0).</summary>
internal static partial class Lzo
{
    private const string Library = "liblzo2.so.2";
    private const string Package = "liblzo2-2";

    /// <summary>Room enough for every variant: LZO1X_999_MEM_COMPRESS is 14 * 16384 * 2 bytes, LZO1X_1_15_MEM_COMPRESS 32768 pointers.</summary>
    private const int StateBytes = 14 * 16384 * sizeof(long);

    internal static string Version => Loading(static () => Marshal.PtrToStringUTF8(VersionString()) ?? "");

    /// <summary>The room that a block needs at worst.</summary>
    internal static int Bound(int length) => length + (length / 16) + 64 + 3;

    /// <summary>The memory that a compressor works in; one thread uses it.</summary>
    internal static SafeLzoState OpenState() => Loading(static () =>
    {
        _ = VersionString();
        return SafeLzoState.Allocate(StateBytes);
    });

    /// <summary>Compresses a block; the output must have the room of <see cref="Bound"/>.</summary>
    /// <param name="state">Memory to work in.</param>
    /// <param name="variant">Which LZO1X.</param>
    /// <param name="level">1, fast, to 9, small, of <see cref="LzoVariant.Lzo1x999"/>.</param>
    /// <param name="input">The block.</param>
    /// <param name="output">Room for the result.</param>
    internal static unsafe int Compress(SafeLzoState state, LzoVariant variant, int level, ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (output.Length < Bound(input.Length))
            throw new ArgumentException("liblzo2 does not look where its output ends", nameof(output));
        byte nothing = 0;
        nuint written = (nuint)output.Length;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            byte* source = from is null ? &nothing : from;
            int result = variant switch
            {
                LzoVariant.Lzo1x1 => Compress1(source, (nuint)input.Length, to, &written, state),
                LzoVariant.Lzo1x1With11Bits => Compress11(source, (nuint)input.Length, to, &written, state),
                LzoVariant.Lzo1x1With12Bits => Compress12(source, (nuint)input.Length, to, &written, state),
                LzoVariant.Lzo1x1With15Bits => Compress15(source, (nuint)input.Length, to, &written, state),
                _ => Compress999(source, (nuint)input.Length, to, &written, state, null, 0, 0, level),
            };
            return result == 0 ? (int)written : throw new IOException($"liblzo2 cannot compress ({result})");
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
            (nuint length, nuint room) = ((nuint)input.Length, (nuint)output.Length);
            return Loading(() =>
            {
                nuint written = room;
                return DecompressSafe(source, length, target, &written, 0) == 0 ? (int)written : -1;
            });
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

    [LibraryImport(Library, EntryPoint = "lzo_version_string")]
    private static partial nint VersionString();

    [LibraryImport(Library, EntryPoint = "lzo1x_1_compress")]
    private static unsafe partial int Compress1(byte* source, nuint length, byte* target, nuint* written, SafeLzoState state);

    [LibraryImport(Library, EntryPoint = "lzo1x_1_11_compress")]
    private static unsafe partial int Compress11(byte* source, nuint length, byte* target, nuint* written, SafeLzoState state);

    [LibraryImport(Library, EntryPoint = "lzo1x_1_12_compress")]
    private static unsafe partial int Compress12(byte* source, nuint length, byte* target, nuint* written, SafeLzoState state);

    [LibraryImport(Library, EntryPoint = "lzo1x_1_15_compress")]
    private static unsafe partial int Compress15(byte* source, nuint length, byte* target, nuint* written, SafeLzoState state);

    [LibraryImport(Library, EntryPoint = "lzo1x_999_compress_level")]
    private static unsafe partial int Compress999(
        byte* source, nuint length, byte* target, nuint* written, SafeLzoState state, byte* dictionary, nuint dictionaryLength, nint callback, int level);

    [LibraryImport(Library, EntryPoint = "lzo1x_decompress_safe")]
    private static unsafe partial int DecompressSafe(nint source, nuint length, nint target, nuint* written, nint state);
}

/// <summary>Variants of LZO1X, numbered as squashfs does; all are decompressed alike.</summary>
internal enum LzoVariant
{
    Lzo1x1,
    Lzo1x1With11Bits,
    Lzo1x1With12Bits,
    Lzo1x1With15Bits,
    Lzo1x999,
}

/// <summary>Memory that a compressor works in; zeros at first, so that nothing depends on what was there.</summary>
internal sealed class SafeLzoState : SafeHandleZeroOrMinusOneIsInvalid
{
    private SafeLzoState(nint memory)
        : base(ownsHandle: true) => SetHandle(memory);

    internal static unsafe SafeLzoState Allocate(int size) => new((nint)NativeMemory.AllocZeroed((nuint)size));

    protected override unsafe bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
