using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>
/// Where the blocks of a file are. Their sizes are read as they are asked for: of what has been passed only where every
/// so many of them begin is kept, so that a long list costs little and a false one nothing.
/// </summary>
internal sealed class SquashfsBlockList
{
    private const int ChunkLength = 512;

    private readonly SquashfsVolume _volume;
    private readonly long _count;
    private readonly Lock _lock = new();
    private readonly List<Mark> _marks;
    private volatile Chunk? _chunk;

    /// <param name="volume">The image.</param>
    /// <param name="start">The first block's place.</param>
    /// <param name="count">Blocks.</param>
    /// <param name="sizes">Where the sizes are.</param>
    internal SquashfsBlockList(SquashfsVolume volume, ulong start, long count, SquashfsCursor sizes)
    {
        _volume = volume;
        _count = count;
        if (start > (ulong)volume.Superblock.BytesUsed)
            throw SquashfsSuperblock.Invalid($"a file's blocks begin at {start}, past the end, {volume.Superblock.BytesUsed}");
        (long place, int offset) = sizes.Position;
        _marks = [new Mark((long)start, place, offset)];
    }

    /// <summary>A block's place and size; the size is 0 for zeros.</summary>
    internal (long Place, uint Size) Find(long block)
    {
        Chunk chunk = ChunkOf(block / ChunkLength);
        int index = (int)(block % ChunkLength);
        return (chunk.Places[index], chunk.Sizes[index]);
    }

    private Chunk ChunkOf(long number)
    {
        if (_chunk is { } kept && kept.Number == number)
            return kept;
        lock (_lock)
        {
            while (_marks.Count <= number)
                Load(_marks.Count - 1);
            return _chunk = Load(number);
        }
    }

    /// <summary>Reads the sizes of a chunk whose beginning is known, which tells where the next one begins.</summary>
    private Chunk Load(long number)
    {
        Mark mark = _marks[(int)number];
        int count = (int)Math.Min(ChunkLength, _count - (number * ChunkLength));
        byte[] bytes = new byte[count * sizeof(uint)];
        var cursor = new SquashfsCursor(_volume, mark.SizesPlace, mark.SizesOffset);
        cursor.Read(bytes);
        var chunk = new Chunk(number, new long[count], new uint[count]);
        long place = mark.DataPlace;
        for (int i = 0; i < count; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)));
            uint length = size & ~SquashfsLayout.StoredData;
            if (length > (uint)_volume.Superblock.BlockSize)
                throw SquashfsSuperblock.Invalid($"a block at {place} has {length} bytes; the block size is {_volume.Superblock.BlockSize}");
            chunk.Places[i] = place;
            chunk.Sizes[i] = length == 0 ? 0 : size;
            place += length;
        }

        if (place > _volume.Superblock.BytesUsed)
            throw SquashfsSuperblock.Invalid($"a file's blocks end at {place}, past the end, {_volume.Superblock.BytesUsed}");
        if (number == _marks.Count - 1)
        {
            (long sizes, int offset) = cursor.Position;
            _marks.Add(new Mark(place, sizes, offset));
        }

        return chunk;
    }

    private readonly record struct Mark(long DataPlace, long SizesPlace, int SizesOffset);

    private sealed record Chunk(long Number, long[] Places, uint[] Sizes);
}
