using System.Runtime.InteropServices;

namespace Diecast.Formats.Native;

/// <summary>Whole frames, in memory: no window is allocated, whatever size a frame's header asks for.</summary>
internal static partial class Zstd
{
    /// <summary>Decompresses the frame that the input starts with; both spans are cut to what is left.</summary>
    /// <returns>Whether there was a sound frame that gave something and fit.</returns>
    internal static unsafe bool TryDecompressFrame(SafeZstdDecoder decoder, ref ReadOnlySpan<byte> input, ref Span<byte> output)
    {
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            nuint length = FrameLength(from, (nuint)input.Length);
            if (IsError(length) != 0)
                return false;
            nuint produced = DecompressFrame(decoder, to, (nuint)output.Length, from, length);
            if (IsError(produced) != 0 || produced == 0)
                return false;
            input = input[(int)length..];
            output = output[(int)produced..];
            return true;
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_findFrameCompressedSize")]
    private static unsafe partial nuint FrameLength(byte* source, nuint size);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    private static unsafe partial nuint DecompressFrame(SafeZstdDecoder decoder, byte* target, nuint capacity, byte* source, nuint size);
}
