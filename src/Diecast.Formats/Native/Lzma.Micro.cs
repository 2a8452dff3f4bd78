using System.Runtime.InteropServices;

namespace Diecast.Formats.Native;

/// <summary>MicroLZMA: an LZMA stream with one byte for its header (lzma/container.h, since 5.4).</summary>
internal static partial class Lzma
{
    /// <summary>Compresses as much of the input as fills the output.</summary>
    /// <param name="preset">Level; bit 31 for the extreme variant.</param>
    /// <param name="dictionary">Bytes of the dictionary.</param>
    /// <param name="input">What there is.</param>
    /// <param name="output">Room for the result.</param>
    /// <returns>Bytes taken and bytes written; both 0 when nothing fits.</returns>
    internal static unsafe (int Taken, int Written) CompressMicro(uint preset, uint dictionary, ReadOnlySpan<byte> input, Span<byte> output)
    {
        byte* options = stackalloc byte[OptionsBytes];
        new Span<byte>(options, OptionsBytes).Clear();
        if (Preset(options, preset) != 0)
            throw new IOException($"liblzma has no preset {preset}");
        *(uint*)options = Math.Max(dictionary, LeastDictionary);
        using SafeLzmaHandle stream = SafeLzmaHandle.Allocate();
        int result;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            nint settings = (nint)options;
            Check(Loading(() => MicroEncoder(stream, settings)));
            bool added = false;
            stream.DangerousAddRef(ref added);
            try
            {
                var state = (LzmaStream*)stream.DangerousGetHandle();
                state->NextInput = from;
                state->AvailableInput = (nuint)input.Length;
                state->NextOutput = to;
                state->AvailableOutput = (nuint)output.Length;
                result = CodeStream(stream, ActionFinish);
                if (result == StreamEnd)
                    return ((int)state->TotalInput, output.Length - (int)state->AvailableOutput);
            }
            finally
            {
                stream.DangerousRelease();
            }
        }

        return result switch
        {
            Ok or BufferError => (0, 0),
            MemoryError => throw new InsufficientMemoryException("liblzma got no memory"),
            _ => throw new IOException($"liblzma cannot compress ({result})"),
        };
    }

    /// <summary>Decompresses exactly as much as the output has room for.</summary>
    /// <param name="input">The compressed bytes.</param>
    /// <param name="output">Room for the first bytes of what they give.</param>
    /// <param name="isWhole">Whether they give no more than that.</param>
    /// <param name="dictionary">Most bytes of the dictionary.</param>
    /// <returns>Whether they are sound.</returns>
    internal static bool DecompressMicro(ReadOnlySpan<byte> input, Span<byte> output, bool isWhole, uint dictionary)
    {
        (ulong available, ulong wanted) = ((ulong)input.Length, (ulong)output.Length);
        using SafeLzmaHandle stream = SafeLzmaHandle.Allocate();
        int result = Loading(() => MicroDecoder(stream, available, wanted, (byte)(isWhole ? 1 : 0), dictionary));
        if (result == MemoryError)
            throw new InsufficientMemoryException("liblzma got no memory");
        if (result != Ok)
            return false;
        Span<byte> rest = output;
        result = Code(stream, ref input, ref rest, isLast: true);
        return result == StreamEnd && rest.IsEmpty;
    }

    [LibraryImport(Library, EntryPoint = "lzma_microlzma_encoder")]
    private static partial int MicroEncoder(SafeLzmaHandle stream, nint options);

    [LibraryImport(Library, EntryPoint = "lzma_microlzma_decoder")]
    private static partial int MicroDecoder(SafeLzmaHandle stream, ulong compressed, ulong uncompressed, byte isExact, uint dictionary);
}
