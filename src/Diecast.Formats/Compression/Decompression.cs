namespace Diecast.Formats.Compression;

/// <summary>Decompresses streams, told apart by their first bytes.</summary>
public static class Decompression
{
    private const int MagicSize = 6;

    /// <summary>What the first bytes of a stream say. Six bytes are enough.</summary>
    /// <exception cref="InvalidImageException">They are those of a format that is known and not supported.</exception>
    public static CompressionFormat Detect(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b]))
            return CompressionFormat.Gzip;
        if (start.StartsWith((ReadOnlySpan<byte>)[0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]))
            return CompressionFormat.Xz;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xb5, 0x2f, 0xfd]))
            return CompressionFormat.Zstd;
        // The size of the blocks, then a block or the end: the digits of pi, or those of its root.
        if (start.StartsWith("BZh"u8) && (start.Length < MagicSize || (start[3] is >= (byte)'1' and <= (byte)'9' && start[4] is 0x31 or 0x17)))
            return CompressionFormat.Bzip2;
        if (start.StartsWith(LzipLayout.Magic))
            return CompressionFormat.Lzip;
        if (start.StartsWith((ReadOnlySpan<byte>)[0x04, 0x22, 0x4d, 0x18]))
            throw new InvalidImageException("lz4", "lz4 is not supported; recompress with zstd, xz or gzip");
        return CompressionFormat.None;
    }

    /// <summary>The decompressed bytes of a stream, or the stream's own if it is not compressed.</summary>
    /// <remarks>Concatenated members and frames are read as one. Disposing the result disposes the source.</remarks>
    /// <exception cref="InvalidImageException">The format is known and not supported; on reading, the stream is damaged or cut short.</exception>
    /// <exception cref="MissingLibraryException">The library for the format is not installed.</exception>
    public static Stream Open(Stream source)
    {
        byte[] start = new byte[MagicSize];
        int count = source.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        var whole = new PeekedStream(start.AsMemory(0, count), source);
        return Detect(start.AsSpan(0, count)) switch
        {
            CompressionFormat.Gzip => new CodecReadStream(new GzipDecoder(), whole, "gzip"),
            CompressionFormat.Xz => new CodecReadStream(new XzDecoder(), whole, "xz"),
            CompressionFormat.Zstd => new CodecReadStream(new ZstdDecoder(), whole, "zstd"),
            CompressionFormat.Bzip2 => new CodecReadStream(new Bzip2Decoder(), whole, "bzip2"),
            CompressionFormat.Lzip => new CodecReadStream(new LzipDecoder(), whole, "lzip"),
            _ => whole,
        };
    }
}
