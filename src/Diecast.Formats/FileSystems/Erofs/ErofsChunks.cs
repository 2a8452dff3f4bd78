using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>A file in chunks: which of them have data. Those that do are stored one after the other.</summary>
internal sealed class ErofsChunks
{
    private const int LargestMap = 1 << 28;

    private readonly Blob _content;
    private readonly int _blockBits;
    private readonly List<(long First, long Count)> _runs;

    private ErofsChunks(Blob content, int blockBits, int extraBits, List<(long First, long Count)> runs)
    {
        _content = content;
        _blockBits = blockBits;
        ExtraBits = extraBits;
        _runs = runs;
        foreach ((long first, long count) in runs)
            Blocks += BlocksOf(first, count);
    }

    /// <summary>How much larger than blocks chunks are, as a power of two.</summary>
    internal int ExtraBits { get; }

    /// <summary>Blocks that are stored.</summary>
    internal long Blocks { get; }

    internal long Count => ((_content.Length - 1) >> Bits) + 1;

    internal int MapSize => (int)(Count * sizeof(uint));

    private int Bits => _blockBits + ExtraBits;

    /// <summary>A file in chunks of a size.</summary>
    /// <returns>Null when its map would be too large.</returns>
    internal static ErofsChunks? Make(Blob content, int blockBits, int extraBits)
    {
        int bits = blockBits + extraBits;
        return ((content.Length - 1) >> bits) + 1 > LargestMap / sizeof(uint)
            ? null
            : new ErofsChunks(content, blockBits, extraBits, RunsOf(content.DataRanges(), bits));
    }

    /// <summary>The chunks with which a file takes the least room, or null when it takes less in one piece.</summary>
    internal static ErofsChunks? Choose(Blob content, int blockBits)
    {
        IReadOnlyList<BlobRange> ranges = content.DataRanges();
        long best = Units.RoundUp(content.Length, 1L << blockBits);
        int bestBits = -1;
        for (int extra = 0; extra <= ErofsFormat.ChunkBitsMask && blockBits + extra < 62; extra++)
        {
            int bits = blockBits + extra;
            long count = ((content.Length - 1) >> bits) + 1;
            if (count > LargestMap / sizeof(uint))
                continue;
            long room = count * sizeof(uint);
            foreach ((long first, long chunks) in RunsOf(ranges, bits))
                room += Units.RoundUp(Math.Min(chunks << bits, content.Length - (first << bits)), 1L << blockBits);
            if (room < best)
                (best, bestBits) = (room, extra);
            if (count == 1)
                break;
        }

        return bestBits < 0 ? null : new ErofsChunks(content, blockBits, bestBits, RunsOf(ranges, blockBits + bestBits));
    }

    /// <summary>Writes a part of the map.</summary>
    internal void WriteMap(long startBlock, Span<byte> map)
    {
        map.Fill(0xff);
        long block = startBlock;
        foreach ((long first, long count) in _runs)
        {
            for (long i = 0; i < count; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(map[(int)((first + i) * sizeof(uint))..], checked((uint)(block + (i << ExtraBits))));
            block += BlocksOf(first, count);
        }
    }

    /// <summary>Lays what is stored.</summary>
    internal void Add(BlobBuilder builder, long startBlock)
    {
        long block = startBlock;
        foreach ((long first, long count) in _runs)
        {
            long offset = first << Bits;
            builder.Add(block << _blockBits, _content.Slice(offset, Math.Min(count << Bits, _content.Length - offset)));
            block += BlocksOf(first, count);
        }
    }

    private long BlocksOf(long first, long count) =>
        Units.Divide(Math.Min(count << Bits, _content.Length - (first << Bits)), 1L << _blockBits);

    private static List<(long First, long Count)> RunsOf(IReadOnlyList<BlobRange> ranges, int bits)
    {
        var runs = new List<(long First, long Count)>();
        foreach (BlobRange range in ranges)
        {
            long first = range.Offset >> bits;
            long end = ((range.End - 1) >> bits) + 1;
            if (runs.Count > 0 && runs[^1].First + runs[^1].Count >= first)
                runs[^1] = (runs[^1].First, Math.Max(end, runs[^1].First + runs[^1].Count) - runs[^1].First);
            else
                runs.Add((first, end - first));
        }

        return runs;
    }
}
