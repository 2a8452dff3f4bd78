using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>liblzma's streaming interface (lzma/base.h, lzma/container.h).</summary>
internal static partial class Lzma
{
    private const string Library = "liblzma.so.5";
    private const string Package = "liblzma5";

    internal const int Ok = 0;
    internal const int StreamEnd = 1;
    internal const int MemoryError = 5;
    internal const int MemoryLimitError = 6;
    internal const int FormatError = 7;
    internal const int DataError = 9;
    internal const int BufferError = 10;

    /// <summary>Enough for every preset of xz several times over; a header can ask for 4 GiB.</summary>
    internal const long MemoryLimit = 512L * 1024 * 1024;

    private const int ActionRun = 0;
    private const int ActionFinish = 3;
    private const uint Concatenated = 8;
    private const int CheckCrc32 = 1;
    private const ulong FilterLzma2 = 0x21;
    private const uint LeastDictionary = 4096;
    private const int OptionsBytes = 256;

    internal static string Version => Loading(static () => Marshal.PtrToStringUTF8(VersionString()) ?? "");

    internal static SafeLzmaHandle OpenDecoder() => Loading(static () =>
    {
        SafeLzmaHandle stream = SafeLzmaHandle.Allocate();
        Check(StreamDecoder(stream, MemoryLimit, Concatenated));
        return stream;
    });

    /// <summary>A decoder of LZMA behind the header of an .lzma file.</summary>
    internal static SafeLzmaHandle OpenAloneDecoder() => Loading(static () =>
    {
        SafeLzmaHandle stream = SafeLzmaHandle.Allocate();
        Check(AloneDecoder(stream, MemoryLimit));
        return stream;
    });

    /// <summary>Has such a decoder begin anew.</summary>
    internal static void RestartAlone(SafeLzmaHandle stream) => Check(AloneDecoder(stream, MemoryLimit));

    internal static SafeLzmaHandle OpenEncoder(uint preset) => Loading(() =>
    {
        SafeLzmaHandle stream = SafeLzmaHandle.Allocate();
        Check(EasyEncoder(stream, preset, CheckCrc32));
        return stream;
    });

    internal static unsafe int Code(SafeLzmaHandle stream, ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast)
    {
        bool added = false;
        stream.DangerousAddRef(ref added);
        try
        {
            var state = (LzmaStream*)stream.DangerousGetHandle();
            // A null pointer would be refused even for no bytes.
            byte nothing = 0;
            fixed (byte* from = input)
            fixed (byte* to = output)
            {
                state->NextInput = from is null ? &nothing : from;
                state->AvailableInput = (nuint)input.Length;
                state->NextOutput = to is null ? &nothing : to;
                state->AvailableOutput = (nuint)output.Length;
                int result = CodeStream(stream, isLast ? ActionFinish : ActionRun);
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

    /// <summary>The room that a stream of one block needs at worst.</summary>
    internal static int Bound(int length) => Loading(() => checked((int)StreamBound((nuint)length)));

    /// <summary>Compresses a block into a stream; 0 when it does not fit.</summary>
    /// <param name="preset">Level.</param>
    /// <param name="dictionary">Most bytes of the dictionary; the level's when that is less.</param>
    /// <param name="memory">Where the encoder's memory comes from.</param>
    /// <param name="input">The block.</param>
    /// <param name="output">Room for the stream.</param>
    internal static unsafe int CompressWhole(
        uint preset, uint dictionary, LzmaMemory memory, ReadOnlySpan<byte> input, Span<byte> output)
    {
        // lzma_options_lzma has 112 bytes and begins with the dictionary's size; two lzma_filter of 16 bytes follow here.
        byte* options = stackalloc byte[OptionsBytes];
        new Span<byte>(options, OptionsBytes).Clear();
        if (Preset(options, preset) != 0)
            throw new IOException($"liblzma has no preset {preset}");
        *(uint*)options = Math.Min(*(uint*)options, Math.Max(dictionary, LeastDictionary));
        ulong* filters = stackalloc ulong[4] { FilterLzma2, (ulong)options, ulong.MaxValue, 0 };
        return EncodeStream(filters, memory, input, output);
    }

    /// <summary>A stream of one block; 0 when it does not fit.</summary>
    private static unsafe int EncodeStream(ulong* filters, LzmaMemory memory, ReadOnlySpan<byte> input, Span<byte> output)
    {
        nuint count = 0;
        byte nothing = 0;
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            return StreamEncode(filters, CheckCrc32, memory.Pointer, from is null ? &nothing : from, (nuint)input.Length, to, &count, (nuint)output.Length) switch
            {
                Ok => (int)count,
                BufferError => 0,
                MemoryError => throw new InsufficientMemoryException("liblzma got no memory"),
                int other => throw new IOException($"liblzma cannot compress ({other})"),
            };
        }
    }

    private static void Check(int result)
    {
        if (result != Ok)
            throw new InsufficientMemoryException($"liblzma cannot start ({result})");
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

    [LibraryImport(Library, EntryPoint = "lzma_version_string")]
    private static partial nint VersionString();

    [LibraryImport(Library, EntryPoint = "lzma_stream_decoder")]
    private static partial int StreamDecoder(SafeLzmaHandle stream, long memoryLimit, uint flags);

    [LibraryImport(Library, EntryPoint = "lzma_alone_decoder")]
    private static partial int AloneDecoder(SafeLzmaHandle stream, long memoryLimit);

    [LibraryImport(Library, EntryPoint = "lzma_easy_encoder")]
    private static partial int EasyEncoder(SafeLzmaHandle stream, uint preset, int check);

    [LibraryImport(Library, EntryPoint = "lzma_stream_buffer_bound")]
    private static partial nuint StreamBound(nuint length);

    [LibraryImport(Library, EntryPoint = "lzma_lzma_preset")]
    private static unsafe partial byte Preset(byte* options, uint preset);

    [LibraryImport(Library, EntryPoint = "lzma_stream_buffer_encode")]
    private static unsafe partial int StreamEncode(
        ulong* filters, int check, void* allocator, byte* input, nuint length, byte* output, nuint* position, nuint available);

    [LibraryImport(Library, EntryPoint = "lzma_code")]
    private static partial int CodeStream(SafeLzmaHandle stream, int action);

    [LibraryImport(Library, EntryPoint = "lzma_end")]
    internal static partial void End(nint stream);
}

/// <summary><c>lzma_stream</c> of 64-bit systems.</summary>
[StructLayout(LayoutKind.Explicit, Size = 136)]
internal unsafe struct LzmaStream
{
    [FieldOffset(0)]
    internal byte* NextInput;

    [FieldOffset(8)]
    internal nuint AvailableInput;

    [FieldOffset(16)]
    internal ulong TotalInput;

    [FieldOffset(24)]
    internal byte* NextOutput;

    [FieldOffset(32)]
    internal nuint AvailableOutput;
}

internal sealed class SafeLzmaHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    private SafeLzmaHandle(nint stream)
        : base(ownsHandle: true) => SetHandle(stream);

    /// <summary>A stream of zeros, which is what LZMA_STREAM_INIT is.</summary>
    internal static unsafe SafeLzmaHandle Allocate() => new((nint)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream)));

    protected override unsafe bool ReleaseHandle()
    {
        try
        {
            Lzma.End(handle);
        }
        catch (DllNotFoundException)
        {
            // Without the library there is nothing to end.
        }

        NativeMemory.Free((void*)handle);
        return true;
    }
}
