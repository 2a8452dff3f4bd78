using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A table of 64-bit big-endian numbers that is made on demand.</summary>
internal static class BigEndianTable
{
    private const int Width = 8;

    /// <summary>Fills <paramref name="values"/> with the entries from <paramref name="first"/> on.</summary>
    internal delegate void Filler(long first, Span<ulong> values);

    internal static Blob Make(long entries, Filler fill) =>
        new GeneratedBlob(entries * Width, (offset, destination) => Read(offset, destination, fill));

    private static void Read(long offset, Span<byte> destination, Filler fill)
    {
        Span<ulong> values = stackalloc ulong[128];
        Span<byte> bytes = stackalloc byte[Width];
        while (destination.Length > 0)
        {
            long first = offset / Width;
            int skip = (int)(offset % Width);
            int count = (int)Math.Min(values.Length, ((long)skip + destination.Length + Width - 1) / Width);
            fill(first, values[..count]);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(bytes, values[i]);
                int part = Math.Min(Width - skip, destination.Length);
                bytes.Slice(skip, part).CopyTo(destination);
                destination = destination[part..];
                offset += part;
                skip = 0;
            }
        }
    }
}
