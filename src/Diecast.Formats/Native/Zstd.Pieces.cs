using System.Runtime.InteropServices;

namespace Diecast.Formats.Native;

/// <summary>Frames made piece by piece, so that it is known what each piece comes to before the next is chosen.</summary>
internal static partial class Zstd
{
    private const int ParameterSourceSizeHint = 1004;
    private const int Flush = 1;
    private const int ResetSession = 1;

    /// <summary>An encoder of frames whose pieces are about as long in all as is said; they look back no further than their window.</summary>
    internal static SafeZstdEncoder OpenPieceEncoder(int level, int windowLog, int expected)
    {
        SafeZstdEncoder encoder = OpenWindowEncoder(level, windowLog);
        // The tables are as large as that is worth; a library that does not know the parameter has larger ones.
        _ = SetParameter(encoder, ParameterSourceSizeHint, expected);
        return encoder;
    }

    /// <summary>Begins a frame, whatever has become of the one before.</summary>
    internal static void Begin(SafeZstdEncoder encoder) => Check(Reset(encoder, ResetSession));

    /// <summary>Compresses the next piece of a frame into blocks of its own; the first has the frame's header before it.</summary>
    /// <returns>Bytes, or 0 where there is not enough room, which is the end of the frame.</returns>
    internal static unsafe int CompressPiece(SafeZstdEncoder encoder, ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            var source = new ZstdBuffer { Start = from, Size = (nuint)input.Length };
            var target = new ZstdBuffer { Start = to, Size = (nuint)output.Length };
            nuint left = 1;
            while (left > 0 && target.Position < target.Size)
            {
                left = CompressStream(encoder, &target, &source, Flush);
                if (Fault(left) is { } fault)
                    throw new IOException($"libzstd cannot compress: {fault}");
            }

            return left == 0 ? (int)target.Position : 0;
        }
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_reset")]
    private static partial nuint Reset(SafeZstdEncoder encoder, int directive);
}
