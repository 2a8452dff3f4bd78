using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>libzstd's streaming interface (zstd.h, stable since 1.4).</summary>
internal static partial class Zstd
{
    private const string Library = "libzstd.so.1";
    private const string Package = "libzstd1";

    private const int ParameterLevel = 100;
    private const int ParameterChecksum = 201;
    private const int Continue = 0;
    private const int End = 2;

    /// <summary>Errors are negative numbers; ZSTD_error_dstSize_tooSmall is 70 (zstd_errors.h).</summary>
    private static readonly nuint DestinationTooSmall = unchecked((nuint)(-70));

    internal static string Version => Loading(static () => Marshal.PtrToStringUTF8(VersionString()) ?? "");

    internal static SafeZstdDecoder OpenDecoder() => Loading(CreateDecoder);

    internal static SafeZstdEncoder OpenEncoder(int level, bool checksum = true) => Loading(() =>
    {
        SafeZstdEncoder encoder = CreateEncoder();
        Check(SetParameter(encoder, ParameterLevel, level));
        Check(SetParameter(encoder, ParameterChecksum, checksum ? 1 : 0));
        return encoder;
    });

    /// <summary>One step; <paramref name="complete"/> says whether a frame has ended and all of it is out.</summary>
    /// <returns>What is wrong, or null.</returns>
    internal static unsafe string? Decompress(
        SafeZstdDecoder decoder, ref ReadOnlySpan<byte> input, ref Span<byte> output, out bool complete)
    {
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            var source = new ZstdBuffer { Start = from, Size = (nuint)input.Length };
            var target = new ZstdBuffer { Start = to, Size = (nuint)output.Length };
            nuint result = DecompressStream(decoder, &target, &source);
            complete = result == 0;
            input = input[(int)source.Position..];
            output = output[(int)target.Position..];
            return Fault(result);
        }
    }

    /// <summary>One step; <paramref name="complete"/> says whether all that was taken is out.</summary>
    /// <returns>What is wrong, or null.</returns>
    internal static unsafe string? Compress(
        SafeZstdEncoder encoder, ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast, out bool complete)
    {
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            var source = new ZstdBuffer { Start = from, Size = (nuint)input.Length };
            var target = new ZstdBuffer { Start = to, Size = (nuint)output.Length };
            nuint result = CompressStream(encoder, &target, &source, isLast ? End : Continue);
            complete = result == 0;
            input = input[(int)source.Position..];
            output = output[(int)target.Position..];
            return Fault(result);
        }
    }

    /// <summary>The room that a frame needs at worst, with its checksum.</summary>
    internal static int Bound(int length) => Loading(() => checked((int)CompressBound((nuint)length)) + 4);

    /// <summary>Compresses a block into a frame; 0 when it does not fit.</summary>
    internal static unsafe int CompressWhole(SafeZstdEncoder encoder, ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            nuint result = CompressFrame(encoder, to, (nuint)output.Length, from, (nuint)input.Length);
            if (result == DestinationTooSmall)
                return 0;
            return Fault(result) is { } fault ? throw new IOException($"libzstd cannot compress: {fault}") : (int)result;
        }
    }

    private static void Check(nuint result)
    {
        if (Fault(result) is { } fault)
            throw new IOException($"libzstd cannot start: {fault}");
    }

    private static string? Fault(nuint result) => IsError(result) == 0 ? null : Marshal.PtrToStringUTF8(ErrorName(result));

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

    [LibraryImport(Library, EntryPoint = "ZSTD_versionString")]
    private static partial nint VersionString();

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint result);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint ErrorName(nuint result);

    [LibraryImport(Library, EntryPoint = "ZSTD_createDStream")]
    private static partial SafeZstdDecoder CreateDecoder();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDStream")]
    internal static partial nuint FreeDecoder(nint decoder);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static unsafe partial nuint DecompressStream(SafeZstdDecoder decoder, ZstdBuffer* target, ZstdBuffer* source);

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    private static partial SafeZstdEncoder CreateEncoder();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    internal static partial nuint FreeEncoder(nint encoder);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    private static partial nuint SetParameter(SafeZstdEncoder encoder, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    private static partial nuint CompressBound(nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress2")]
    private static unsafe partial nuint CompressFrame(SafeZstdEncoder encoder, byte* target, nuint available, byte* source, nuint length);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressStream2")]
    private static unsafe partial nuint CompressStream(SafeZstdEncoder encoder, ZstdBuffer* target, ZstdBuffer* source, int operation);
}

/// <summary><c>ZSTD_inBuffer</c> and <c>ZSTD_outBuffer</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZstdBuffer
{
    internal byte* Start;
    internal nuint Size;
    internal nuint Position;
}

internal sealed class SafeZstdDecoder() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => Zstd.FreeDecoder(handle) == 0;
}

internal sealed class SafeZstdEncoder() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => Zstd.FreeEncoder(handle) == 0;
}
