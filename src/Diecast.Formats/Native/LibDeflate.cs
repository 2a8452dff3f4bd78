using System.Runtime.InteropServices;
using Diecast.Formats.Checksums;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>libdeflate: whole blocks in, whole blocks out (libdeflate.h, the same since 1.0 but for level 0).</summary>
internal static partial class LibDeflate
{
    internal const int MaximumLevel = 12;

    private const string Library = "libdeflate.so.0";
    private const int SampleSize = 64 * 1024;

    /// <summary>
    /// Stands for the version, which the library does not tell: the CRC-32 of what it makes of a fixed sample at a level.
    /// Null when the library is not installed.
    /// </summary>
    internal static string? Fingerprint(int level)
    {
        try
        {
            using SafeLibDeflateHandle compressor = OpenCompressor(level);
            byte[] sample = Sample();
            byte[] output = new byte[Bound(sample.Length)];
            int count = Compress(compressor, DeflateWrapper.Raw, sample, output);
            return Crc32.Compute(output.AsSpan(0, count)).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    internal static SafeLibDeflateHandle OpenCompressor(int level)
    {
        SafeLibDeflateHandle compressor = AllocateCompressor(level);
        return compressor.IsInvalid ? throw new InsufficientMemoryException("libdeflate got no memory") : compressor;
    }

    /// <summary>Room enough for any wrapper: gzip's is the largest.</summary>
    internal static int Bound(int length) => checked((int)GzipBound(0, (nuint)length));

    /// <summary>Compresses a block; 0 when the result does not fit.</summary>
    internal static unsafe int Compress(SafeLibDeflateHandle compressor, DeflateWrapper wrapper, ReadOnlySpan<byte> input, Span<byte> output)
    {
        fixed (byte* from = input)
        fixed (byte* to = output)
        {
            nuint count = wrapper switch
            {
                DeflateWrapper.Raw => DeflateCompress(compressor, from, (nuint)input.Length, to, (nuint)output.Length),
                DeflateWrapper.Zlib => ZlibCompress(compressor, from, (nuint)input.Length, to, (nuint)output.Length),
                _ => GzipCompress(compressor, from, (nuint)input.Length, to, (nuint)output.Length),
            };
            return (int)count;
        }
    }

    /// <summary>Text, tables and noise, so that the match finder and the block splitter have all they can decide on.</summary>
    private static byte[] Sample()
    {
        byte[] sample = new byte[SampleSize];
        uint state = 0x2545F491;
        for (int i = 0; i < sample.Length; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            sample[i] = (i / 4096 % 4) switch
            {
                0 => (byte)('a' + (state >> 28)),
                1 when i > 4096 && state >> 30 != 0 => sample[i - 37],
                2 => (byte)(i / 7 % 256),
                3 when state >> 31 == 0 => sample[i - 1],
                _ => (byte)(state >> 24),
            };
        }

        return sample;
    }

    [LibraryImport(Library, EntryPoint = "libdeflate_alloc_compressor")]
    private static partial SafeLibDeflateHandle AllocateCompressor(int level);

    [LibraryImport(Library, EntryPoint = "libdeflate_free_compressor")]
    internal static partial void FreeCompressor(nint compressor);

    [LibraryImport(Library, EntryPoint = "libdeflate_gzip_compress_bound")]
    private static partial nuint GzipBound(nint compressor, nuint length);

    [LibraryImport(Library, EntryPoint = "libdeflate_deflate_compress")]
    private static unsafe partial nuint DeflateCompress(SafeLibDeflateHandle compressor, byte* input, nuint length, byte* output, nuint available);

    [LibraryImport(Library, EntryPoint = "libdeflate_zlib_compress")]
    private static unsafe partial nuint ZlibCompress(SafeLibDeflateHandle compressor, byte* input, nuint length, byte* output, nuint available);

    [LibraryImport(Library, EntryPoint = "libdeflate_gzip_compress")]
    private static unsafe partial nuint GzipCompress(SafeLibDeflateHandle compressor, byte* input, nuint length, byte* output, nuint available);
}

internal sealed class SafeLibDeflateHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibDeflate.FreeCompressor(handle);
        return true;
    }
}
