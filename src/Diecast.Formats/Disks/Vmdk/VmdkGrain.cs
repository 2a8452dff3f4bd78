using System.IO.Compression;

namespace Diecast.Formats.Disks;

/// <summary>A grain as a zlib stream (RFC 1950).</summary>
internal static class VmdkGrain
{
    /// <summary>Fills the span as far as the stream goes; -1 when the stream is damaged or longer.</summary>
    internal static int Decompress(ReadOnlySpan<byte> stream, Span<byte> destination)
    {
        try
        {
            using var memory = new MemoryStream(stream.ToArray());
            using var zlib = new ZLibStream(memory, CompressionMode.Decompress);
            return zlib.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }
}
