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

    /// <summary>Decompresses a frame until the output is full; false when it is damaged or gives less.</summary>
    /// <param name="input">The frame.</param>
    /// <param name="output">Room for its first bytes.</param>
    /// <param name="windowLog">The largest window that is allowed, as the logarithm to the base 2.</param>
    internal static bool DecompressStart(ReadOnlySpan<byte> input, Span<byte> output, int windowLog)
    {
        using SafeZstdDecoder decoder = OpenDecoder();
        Check(SetDecoderParameter(decoder, ParameterLargestWindow, windowLog));
        while (output.Length > 0)
        {
            (int taken, int given) = (input.Length, output.Length);
            if (Decompress(decoder, ref input, ref output, out bool complete) is not null)
                return false;
            if (complete || (taken == input.Length && given == output.Length))
                break;
        }

        return output.IsEmpty;
    }

    /// <summary>An encoder of frames without a checksum that look back no further than their window.</summary>
    internal static SafeZstdEncoder OpenWindowEncoder(int level, int windowLog)
    {
        SafeZstdEncoder encoder = OpenEncoder(level, checksum: false);
        Check(SetParameter(encoder, ParameterWindow, windowLog));
        return encoder;
    }

    private const int ParameterLargestWindow = 100;
    private const int ParameterWindow = 101;

    [LibraryImport(Library, EntryPoint = "ZSTD_DCtx_setParameter")]
    private static partial nuint SetDecoderParameter(SafeZstdDecoder decoder, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_findFrameCompressedSize")]
    private static unsafe partial nuint FrameLength(byte* source, nuint size);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    private static unsafe partial nuint DecompressFrame(SafeZstdDecoder decoder, byte* target, nuint capacity, byte* source, nuint size);
}
