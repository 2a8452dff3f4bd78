using System.Runtime.InteropServices;

namespace Diecast.Formats.Native;

/// <summary>Whole streams, in memory.</summary>
internal static partial class Lzma
{
    /// <summary>Memory for a dictionary of 16 MiB; blocks of file systems have none over 1 MiB.</summary>
    private const ulong BlockMemoryLimit = 32UL << 20;

    private const int FilterRoom = 6;

    /// <summary>Compresses a block into a stream, through a filter of machine code; 0 when it does not fit.</summary>
    /// <param name="filter">lzma/bcj.h's number, or 0 for none.</param>
    /// <param name="preset">Level.</param>
    /// <param name="dictionary">Bytes of the dictionary.</param>
    /// <param name="memory">Where the encoder's memory comes from.</param>
    /// <param name="input">The block.</param>
    /// <param name="output">Room for the stream.</param>
    internal static unsafe int CompressFiltered(
        ulong filter, uint preset, uint dictionary, LzmaMemory memory, ReadOnlySpan<byte> input, Span<byte> output)
    {
        byte* options = stackalloc byte[OptionsBytes];
        new Span<byte>(options, OptionsBytes).Clear();
        if (Preset(options, preset) != 0)
            throw new IOException($"liblzma has no preset {preset}");
        *(uint*)options = Math.Max(dictionary, LeastDictionary);
        ulong* filters = stackalloc ulong[FilterRoom];
        int at = 0;
        if (filter != 0)
        {
            filters[at++] = filter;
            filters[at++] = 0;
        }

        filters[at++] = FilterLzma2;
        filters[at++] = (ulong)options;
        filters[at++] = ulong.MaxValue;
        filters[at] = 0;
        return EncodeStream(filters, memory, input, output);
    }

    /// <summary>Decompresses a whole stream; negative when it is damaged or does not fit.</summary>
    internal static unsafe int DecompressWhole(ReadOnlySpan<byte> input, Span<byte> output)
    {
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            (nint source, nint target) = ((nint)(from is null ? &nothing : from), (nint)(to is null ? &nothing : to));
            (nuint length, nuint room) = ((nuint)input.Length, (nuint)output.Length);
            return Loading(() =>
            {
                ulong limit = BlockMemoryLimit;
                nuint taken = 0;
                nuint written = 0;
                return StreamDecode(&limit, 0, 0, source, &taken, length, target, &written, room) == Ok ? (int)written : -1;
            });
        }
    }

    /// <summary>Decompresses a whole file of the old .lzma format; negative when it is damaged or does not fit.</summary>
    internal static int DecompressAlone(ReadOnlySpan<byte> input, Span<byte> output)
    {
        using SafeLzmaHandle stream = Loading(static () =>
        {
            SafeLzmaHandle opened = SafeLzmaHandle.Allocate();
            Check(AloneDecoder(opened, BlockMemoryLimit));
            return opened;
        });
        int room = output.Length;
        int result = Ok;
        while (result == Ok)
        {
            (int before, int roomBefore) = (input.Length, output.Length);
            result = Code(stream, ref input, ref output, isLast: true);
            if (result == Ok && input.Length == before && output.Length == roomBefore)
                break;
        }

        // A stream with a known length but an end mark too ends only when asked once more; all of it is there already.
        return result is StreamEnd or Ok or BufferError ? room - output.Length : -1;
    }

    [LibraryImport(Library, EntryPoint = "lzma_stream_buffer_decode")]
    private static unsafe partial int StreamDecode(
        ulong* memoryLimit, uint flags, nint allocator, nint input, nuint* taken, nuint length, nint output, nuint* written, nuint room);

    [LibraryImport(Library, EntryPoint = "lzma_alone_decoder")]
    private static partial int AloneDecoder(SafeLzmaHandle stream, ulong memoryLimit);
}
