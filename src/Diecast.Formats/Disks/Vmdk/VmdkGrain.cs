using System.IO.Compression;

namespace Diecast.Formats.Disks;

/// <summary>A grain as a zlib stream (RFC 1950).</summary>
internal static class VmdkGrain
{
    /// <summary>Fills the span as far as the stream goes; -1 when the stream is damaged or longer.</summary>
    internal static int Decompress(byte[] stream, int length, Span<byte> destination)
    {
        try
        {
            using var memory = new MemoryStream(stream, 0, length);
            using var zlib = new ZLibStream(memory, CompressionMode.Decompress);
            int count = zlib.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
            // Only past the last byte is the checksum looked at.
            return zlib.ReadByte() < 0 ? count : -1;
        }
        catch (InvalidDataException)
        {
            return -1;
        }
    }
}
