using System.Buffers;
using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>An image of which blocks are read, decompressed, and kept for a while.</summary>
internal sealed class SquashfsVolume
{
    private const long KeptData = 16 << 20;
    private const long KeptMetadata = 4 << 20;

    private readonly Blob _image;
    private readonly BlockDecoder _decoder;
    private readonly SquashfsCache _data = new(KeptData);
    private readonly SquashfsCache _metadata = new(KeptMetadata);

    internal SquashfsVolume(Blob image)
    {
        Superblock = SquashfsSuperblock.Read(image);
        _image = image;
        _decoder = Superblock.Compression switch
        {
            SquashfsCompression.Gzip => BlockDecoders.Zlib(),
            SquashfsCompression.Lzma => BlockDecoders.Lzma1(),
            SquashfsCompression.Lzo => BlockDecoders.Lzo(),
            SquashfsCompression.Xz => BlockDecoders.Xz(),
            SquashfsCompression.Lz4 => BlockDecoders.Lz4(),
            _ => BlockDecoders.Zstd(),
        };
    }

    internal SquashfsSuperblock Superblock { get; }

    /// <summary>Reads bytes of the image that are not compressed.</summary>
    internal void Read(long place, Span<byte> destination, string what)
    {
        if (place < 0 || place > Superblock.BytesUsed - destination.Length)
            throw SquashfsSuperblock.Invalid($"{what}: {destination.Length} bytes at {place} are past the end, {Superblock.BytesUsed}");
        _image.Read(place, destination);
    }

    /// <summary>A block of metadata.</summary>
    internal SquashfsCachedBlock Metadata(long place)
    {
        if (_metadata.Find(place) is { } kept)
            return kept;
        Span<byte> header = stackalloc byte[sizeof(ushort)];
        Read(place, header, "metadata");
        int number = BinaryPrimitives.ReadUInt16LittleEndian(header);
        int size = number & ~SquashfsLayout.StoredMetadata;
        if (size is 0 or > SquashfsLayout.MetadataSize)
            throw SquashfsSuperblock.Invalid($"the metadata block at {place} has {size} bytes");
        byte[] bytes;
        long start = place + header.Length;
        if ((number & SquashfsLayout.StoredMetadata) != 0)
        {
            bytes = new byte[size];
            Read(start, bytes, "metadata");
        }
        else
        {
            Span<byte> room = stackalloc byte[SquashfsLayout.MetadataSize];
            bytes = room[..Decompress(start, size, room)].ToArray();
        }

        var block = new SquashfsCachedBlock(place, bytes, start + size);
        _metadata.Add(block);
        return block;
    }

    /// <summary>A block of data or a fragment, as long as it comes out.</summary>
    /// <param name="place">Its first byte in the image.</param>
    /// <param name="size">Its size, with the bit that says that it is stored.</param>
    internal SquashfsCachedBlock Data(long place, uint size)
    {
        if (_data.Find(place) is { } kept)
            return kept;
        int length = Length(place, size);
        byte[] bytes;
        if ((size & SquashfsLayout.StoredData) != 0)
        {
            bytes = new byte[length];
            Read(place, bytes, "data");
        }
        else
        {
            byte[] room = ArrayPool<byte>.Shared.Rent(Superblock.BlockSize);
            try
            {
                bytes = room.AsSpan(0, Decompress(place, length, room.AsSpan(0, Superblock.BlockSize))).ToArray();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(room);
            }
        }

        var block = new SquashfsCachedBlock(place, bytes, place + length);
        _data.Add(block);
        return block;
    }

    /// <summary>Reads a whole block of data to where it is wanted, and keeps it not; what it is short of is zeros.</summary>
    internal void ReadWhole(long place, uint size, Span<byte> destination)
    {
        int length = Length(place, size);
        int count = length;
        if ((size & SquashfsLayout.StoredData) != 0)
            Read(place, destination[..length], "data");
        else
            count = Decompress(place, length, destination);
        destination[count..].Clear();
    }

    private int Length(long place, uint size)
    {
        uint length = size & ~SquashfsLayout.StoredData;
        return length > 0 && length <= (uint)Superblock.BlockSize
            ? (int)length
            : throw SquashfsSuperblock.Invalid($"the block at {place} has {length} bytes; the block size is {Superblock.BlockSize}");
    }

    private int Decompress(long place, int size, Span<byte> destination)
    {
        byte[] input = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            Read(place, input.AsSpan(0, size), "data");
            int count = _decoder.Decompress(input.AsSpan(0, size), destination);
            return count > 0 ? count : throw SquashfsSuperblock.Invalid($"the block of {size} bytes at {place} is damaged");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }
}
