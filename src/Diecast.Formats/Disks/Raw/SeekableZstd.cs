using System.Buffers.Binary;
using System.Collections.Concurrent;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Native;

namespace Diecast.Formats.Disks;

/// <summary>Zstandard with the seek table of zstd's contrib/seekable_format at its end.</summary>
internal static class SeekableZstd
{
    internal const uint SkippableMagic = 0x184D2A5E;
    internal const uint TableMagic = 0x8F92EAB1;
    internal const int SkippableHeaderBytes = 8;
    internal const int EntryBytes = 8;
    internal const int FooterBytes = 9;

    private const int ChecksumBytes = 4;
    private const byte HasChecksums = 0x80;
    private const byte Reserved = 0x7c;

    /// <summary>What a file has compressed, read in place; null where it has no sound table, or larger frames than are read so.</summary>
    /// <exception cref="InvalidImageException">A frame that is looked at now is damaged; any other when it is read.</exception>
    /// <exception cref="MissingLibraryException">libzstd is not installed.</exception>
    internal static FramesBlob? TryOpen(Blob file) =>
        ReadTable(file) is { } frames ? new FramesBlob(file, frames, new Decoder().Decode) : null;

    private static Frame[]? ReadTable(Blob file)
    {
        if (file.Length < SkippableHeaderBytes + FooterBytes)
            return null;
        byte[] footer = file.Slice(file.Length - FooterBytes).ToArray();
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(footer);
        if (BinaryPrimitives.ReadUInt32LittleEndian(footer.AsSpan(5)) != TableMagic || (footer[4] & Reserved) != 0 || count is 0 or > FramesBlob.MostFrames)
            return null;
        int entry = EntryBytes + ((footer[4] & HasChecksums) != 0 ? ChecksumBytes : 0);
        long size = (count * (long)entry) + FooterBytes;
        if (size > file.Length - SkippableHeaderBytes)
            return null;
        long place = file.Length - size - SkippableHeaderBytes;
        byte[] table = file.Slice(place).ToArray();
        if (BinaryPrimitives.ReadUInt32LittleEndian(table) != SkippableMagic || BinaryPrimitives.ReadUInt32LittleEndian(table.AsSpan(4)) != size)
            return null;
        var frames = new Frame[count + 1];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> bytes = table.AsSpan(SkippableHeaderBytes + (i * entry));
            uint compressed = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            uint plain = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            if (compressed > int.MaxValue || plain > FramesBlob.LargestFrame)
                return null;
            frames[i + 1] = new Frame(frames[i].Place + compressed, frames[i].Start + plain);
        }

        // The frames must be all there is, or the file is more than its table says.
        return frames[^1].Place == place ? frames : null;
    }

    private sealed class Decoder
    {
        private readonly ConcurrentBag<SafeZstdDecoder> _decoders = [];

        internal void Decode(int number, ReadOnlySpan<byte> frame, Span<byte> destination)
        {
            if (!_decoders.TryTake(out SafeZstdDecoder? decoder))
                decoder = Zstd.OpenDecoder();
            bool whole = true;
            while (whole && destination.Length > 0)
                whole = Zstd.TryDecompressFrame(decoder, ref frame, ref destination);
            _decoders.Add(decoder);
            if (!whole || frame.Length > 0)
                throw new InvalidImageException("zstd", FormattableString.Invariant($"frame {number} is damaged, or is not of the size that the seek table has"));
        }
    }
}
