using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Compression;
using Diecast.Formats.Native;

namespace Diecast.Formats.Disks;

/// <summary>An .xz stream of several blocks, which its index has the places of (The .xz File Format, 2 to 4).</summary>
internal static class XzBlocks
{
    private const int MostIndexBytes = 18 * FramesBlob.MostFrames;
    private const int LeastIndexBytes = 8;

    /// <summary>
    /// What a file has compressed, read in place; null where it has one block only, several streams, or larger blocks than are
    /// read so.
    /// </summary>
    /// <exception cref="InvalidImageException">A block that is looked at now is damaged; any other when it is read.</exception>
    /// <exception cref="MissingLibraryException">liblzma is not installed.</exception>
    internal static FramesBlob? TryOpen(Blob file)
    {
        if (ReadIndex(file) is not { Count: > 1 } blocks)
            return null;
        var frames = new Frame[blocks.Count + 1];
        frames[0] = new Frame(XzFraming.HeaderBytes, 0);
        for (int i = 0; i < blocks.Count; i++)
        {
            (long stored, long plain) = blocks[i];
            if (stored is 0 or > int.MaxValue / 2 || plain > FramesBlob.LargestFrame)
                return null;
            frames[i + 1] = new Frame(frames[i].Place + Units.RoundUp(stored, XzFraming.Alignment), frames[i].Start + plain);
            if (frames[i + 1].Place > file.Length)
                return null;
        }

        if (frames[^1].Place != file.Length - XzFraming.FooterBytes - IndexBytes(file))
            return null;
        byte[] header = file.Slice(0, XzFraming.HeaderBytes).ToArray();
        return new FramesBlob(file, frames, (number, block, destination) => Decode(header, blocks[number], number, block, destination));
    }

    /// <summary>Makes a stream of the one block, which is what liblzma decodes.</summary>
    private static void Decode(byte[] header, (long Stored, long Plain) block, int number, ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        using var records = new MemoryStream();
        XzFraming.WriteNumber(records, block.Stored);
        XzFraming.WriteNumber(records, block.Plain);
        byte[] end = XzFraming.IndexAndFooter(1, records.ToArray(), header.AsSpan(6, 2));
        using SafeLzmaHandle stream = Lzma.OpenDecoder();
        int result = Feed(stream, header, ref destination, isLast: false);
        if (result == Lzma.Ok)
            result = Feed(stream, bytes, ref destination, isLast: false);
        if (result == Lzma.Ok)
            result = Feed(stream, end, ref destination, isLast: true);
        if (result != Lzma.StreamEnd || destination.Length > 0)
            throw new InvalidImageException("xz", FormattableString.Invariant($"block {number} is damaged, or is not of the size that the index has"));
    }

    private static int Feed(SafeLzmaHandle stream, ReadOnlySpan<byte> input, ref Span<byte> destination, bool isLast)
    {
        int result = Lzma.Code(stream, ref input, ref destination, isLast);
        // Without room for what comes out some of the input is left.
        return result == Lzma.Ok && input.Length > 0 ? Lzma.BufferError : result;
    }

    private static long IndexBytes(Blob file)
    {
        byte[] footer = file.Slice(file.Length - XzFraming.FooterBytes).ToArray();
        return (BinaryPrimitives.ReadUInt32LittleEndian(footer.AsSpan(4)) + 1L) * XzFraming.Alignment;
    }

    /// <summary>The sizes of each block, stored without its padding and plain; null where there is no sound index at the file's end.</summary>
    private static List<(long Stored, long Plain)>? ReadIndex(Blob file)
    {
        if (file.Length < XzFraming.HeaderBytes + LeastIndexBytes + XzFraming.FooterBytes)
            return null;
        byte[] footer = file.Slice(file.Length - XzFraming.FooterBytes).ToArray();
        long size = IndexBytes(file);
        if (!footer.AsSpan(10).SequenceEqual("YZ"u8)
            || BinaryPrimitives.ReadUInt32LittleEndian(footer) != Crc32.Compute(footer.AsSpan(4, 6))
            || size > MostIndexBytes
            || size < LeastIndexBytes
            || size > file.Length - XzFraming.HeaderBytes - XzFraming.FooterBytes)
        {
            return null;
        }

        byte[] index = file.Slice(file.Length - XzFraming.FooterBytes - size, size).ToArray();
        ReadOnlySpan<byte> rest = index.AsSpan(..^XzFraming.Alignment);
        if (rest[0] != 0 || BinaryPrimitives.ReadUInt32LittleEndian(index.AsSpan(^XzFraming.Alignment)) != Crc32.Compute(rest))
            return null;
        rest = rest[1..];
        if (ReadNumber(ref rest) is not { } count || count > FramesBlob.MostFrames)
            return null;
        var blocks = new List<(long, long)>();
        for (long i = 0; i < count; i++)
        {
            if (ReadNumber(ref rest) is not { } stored || ReadNumber(ref rest) is not { } plain)
                return null;
            blocks.Add((stored, plain));
        }

        return blocks;
    }

    /// <summary>A number of at most 63 bits; null where it is longer or cut.</summary>
    private static long? ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        const int MostBytes = 9;
        long value = 0;
        for (int i = 0; i < Math.Min(MostBytes, bytes.Length); i++)
        {
            value |= (bytes[i] & 0x7fL) << (7 * i);
            if (bytes[i] > 0x7f)
                continue;
            bytes = bytes[(i + 1)..];
            return value;
        }

        return null;
    }
}
