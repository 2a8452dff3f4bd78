using System.IO.Compression;
using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

/// <summary>The compressors there are. All of them run on one thread, so that their output does not depend on how many there are.</summary>
public static class Compressors
{
    /// <summary>gzip by the base library's zlib-ng.</summary>
    /// <param name="level">1, fast, to 9, small. Default: 6.</param>
    public static ICompressor Gzip(int level = 6)
    {
        CheckLevel(level, 9);
        return new GzipCompressor(level);
    }

    /// <summary>xz by liblzma, with CRC-32 as the check, the only one that the Linux kernel knows.</summary>
    /// <param name="level">1, fast, to 9, small. Default: 6.</param>
    /// <exception cref="MissingLibraryException">liblzma is not installed.</exception>
    public static ICompressor Xz(int level = 6)
    {
        CheckLevel(level, 9);
        return new CodecCompressor($"xz {Lzma.Version} level {level}", () => new XzEncoder(level));
    }

    /// <summary>Zstandard by libzstd, with the content's checksum.</summary>
    /// <param name="level">1, fast, to 19, small. Default: 3.</param>
    /// <exception cref="MissingLibraryException">libzstd is not installed.</exception>
    public static ICompressor Zstd(int level = 3)
    {
        CheckLevel(level, 19);
        return new CodecCompressor($"zstd {Native.Zstd.Version} level {level}", () => new ZstdEncoder(level));
    }

    /// <summary>Compresses all of a blob into memory.</summary>
    public static byte[] Compress(this ICompressor compressor, Blobs.Blob content)
    {
        using var result = new MemoryStream();
        using (Stream stream = compressor.OpenWrite(result))
        using (Stream source = content.OpenRead())
            source.CopyTo(stream);
        return result.ToArray();
    }

    private static void CheckLevel(int level, int highest)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(level, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(level, highest);
    }

    private sealed class GzipCompressor(int level) : ICompressor
    {
        // The base library does not tell its zlib-ng's version; it goes with the runtime's.
        public string Identity => $"gzip zlib-ng of .NET {Environment.Version} level {level}";

        public Stream OpenWrite(Stream target) =>
            new GZipStream(target, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
    }

    private sealed class CodecCompressor(string identity, Func<ICodec> open) : ICompressor
    {
        public string Identity => identity;

        public Stream OpenWrite(Stream target) => new CodecWriteStream(open(), target);
    }
}
