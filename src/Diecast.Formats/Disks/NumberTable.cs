using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A table of numbers that is made on demand.</summary>
internal static class NumberTable
{
    private const int Batch = 512;

    /// <summary>Fills <paramref name="values"/> with the entries from <paramref name="first"/> on.</summary>
    internal delegate void Filler<T>(long first, Span<T> values);

    private delegate void Writer<T>(Span<byte> bytes, T value);

    internal static Blob UInt32LittleEndian(long entries, Filler<uint> fill) =>
        Make(entries, sizeof(uint), fill, BinaryPrimitives.WriteUInt32LittleEndian);

    internal static Blob UInt32BigEndian(long entries, Filler<uint> fill) =>
        Make(entries, sizeof(uint), fill, BinaryPrimitives.WriteUInt32BigEndian);

    internal static Blob UInt64LittleEndian(long entries, Filler<ulong> fill) =>
        Make(entries, sizeof(ulong), fill, BinaryPrimitives.WriteUInt64LittleEndian);

    internal static Blob UInt64BigEndian(long entries, Filler<ulong> fill) =>
        Make(entries, sizeof(ulong), fill, BinaryPrimitives.WriteUInt64BigEndian);

    private static GeneratedBlob Make<T>(long entries, int width, Filler<T> fill, Writer<T> write)
        where T : unmanaged =>
        new GeneratedBlob(entries * width, (offset, destination) =>
        {
            Span<T> values = stackalloc T[Batch];
            Span<byte> bytes = stackalloc byte[Batch * sizeof(ulong)];
            while (destination.Length > 0)
            {
                long first = offset / width;
                int skip = (int)(offset % width);
                int count = (int)Math.Min(Batch, ((long)skip + destination.Length + width - 1) / width);
                fill(first, values[..count]);
                for (int i = 0; i < count; i++)
                    write(bytes[(i * width)..], values[i]);
                int part = Math.Min((count * width) - skip, destination.Length);
                bytes.Slice(skip, part).CopyTo(destination);
                destination = destination[part..];
                offset += part;
            }
        });
}
