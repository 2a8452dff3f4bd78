using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Cuts a disk into chunks and those into files.</summary>
internal sealed class AndroidSparsePlan
{
    /// <summary>Disk bytes of the largest chunk of data, as libsparse makes them: loaders read a chunk at once.</summary>
    internal const long LargestRaw = 64L << 20;

    /// <summary>Disk bytes of the largest chunk of one value: some loaders count them with 32 bits.</summary>
    internal const long LargestFill = 1L << 30;

    private const int LeastBlock = 512;
    private const int LargestBlock = 1 << 20;
    private const long LeastPart = 64 * 1024;

    private readonly Blob _disk;
    private readonly AndroidSparseOptions _options;
    private readonly long _largest;
    private readonly List<Blob> _parts = [];
    private readonly List<Chunk> _chunks = [];
    private long _used = AndroidSparseLayout.HeaderBytes;
    private long _start;

    private AndroidSparsePlan(Blob disk, AndroidSparseOptions options, long largest)
    {
        _disk = disk;
        _options = options;
        // A chunk of don't care closes a part that is not the last.
        _largest = largest - AndroidSparseLayout.ChunkHeaderBytes;
        Blocks = CountBlocks(disk, options);
        if (options.Checksum != AndroidSparseChecksum.None)
            throw AndroidSparse.Refuse($"a checksum of the disk is known only once it is written");
    }

    private uint Blocks { get; }

    /// <summary>The files of an image, none larger than asked for.</summary>
    internal static IReadOnlyList<Blob> Make(Blob disk, AndroidSparseOptions options, long largest)
    {
        var plan = new AndroidSparsePlan(disk, options, largest);
        plan.Cut();
        return plan._parts;
    }

    /// <summary>Blocks of the disk.</summary>
    /// <exception cref="UnrepresentableException">An option is out of range, or there are too many.</exception>
    internal static uint CountBlocks(Blob disk, AndroidSparseOptions options)
    {
        int size = options.BlockSize;
        if (!BitOperations.IsPow2(size) || size is < LeastBlock or > LargestBlock)
            throw AndroidSparse.Refuse($"a block size of {size}; it must be a power of two from {LeastBlock} to {LargestBlock}");
        if (!Enum.IsDefined(options.Holes))
            throw AndroidSparse.Refuse($"holes cannot become {(int)options.Holes}");
        if (!Enum.IsDefined(options.Checksum))
            throw AndroidSparse.Refuse($"there is no checksum {(int)options.Checksum}");
        if (options.LargestPart < Math.Max(LeastPart, 4L * size))
            throw AndroidSparse.Refuse($"parts of {options.LargestPart} bytes; the least is {Math.Max(LeastPart, 4L * size)}");
        long blocks = (disk.Length + size - 1) / size;
        return blocks <= uint.MaxValue
            ? (uint)blocks
            : throw AndroidSparse.Refuse($"a disk of {disk.Length} bytes has {blocks} blocks of {size}; there can be {uint.MaxValue}");
    }

    private void Cut()
    {
        long at = 0;
        foreach (ClusterRuns.Run run in ClusterRuns.Of(_disk.DataRanges(), _options.BlockSize).Runs)
        {
            AddHole(at, run.First);
            AddRaw(run.First, run.End);
            at = run.End;
        }

        AddHole(at, Blocks);
        Close(Blocks);
    }

    private void AddHole(long first, long end)
    {
        bool fills = _options.Holes == AndroidSparseHoles.Fill;
        ushort type = fills ? AndroidSparseLayout.Fill : AndroidSparseLayout.DontCare;
        int bytes = AndroidSparseLayout.ChunkHeaderBytes + (fills ? AndroidSparseLayout.FillBytes : 0);
        for (long step; first < end; first += step)
        {
            step = fills ? Math.Min(end - first, LargestFill / _options.BlockSize) : end - first;
            if (_used + bytes > _largest)
                Close(first);
            Add(new Chunk(type, first, step), bytes);
        }
    }

    private void AddRaw(long first, long end)
    {
        for (long step; first < end; first += step)
        {
            if (_used + AndroidSparseLayout.ChunkHeaderBytes + _options.BlockSize > _largest)
                Close(first);
            long room = (_largest - _used - AndroidSparseLayout.ChunkHeaderBytes) / _options.BlockSize;
            step = Math.Min(Math.Min(end - first, LargestRaw / _options.BlockSize), room);
            Add(new Chunk(AndroidSparseLayout.Raw, first, step), AndroidSparseLayout.ChunkHeaderBytes + (step * _options.BlockSize));
        }
    }

    private void Add(Chunk chunk, long bytes)
    {
        _chunks.Add(chunk);
        _used += bytes;
    }

    /// <summary>Ends a part; each has the whole disk's length, with skips for what the others have.</summary>
    private void Close(long end)
    {
        var file = new BlobBuilder();
        uint count = 0;
        var body = new BlobBuilder();
        Skip(0, _start);
        foreach (Chunk chunk in _chunks)
        {
            long bytes = chunk.Type switch
            {
                AndroidSparseLayout.Raw => chunk.Blocks * _options.BlockSize,
                AndroidSparseLayout.Fill => AndroidSparseLayout.FillBytes,
                _ => 0,
            };
            Header(chunk.Type, chunk.Blocks, bytes);
            if (chunk.Type == AndroidSparseLayout.Raw)
                body.Append(Range(chunk.First * _options.BlockSize, bytes));
            else if (bytes > 0)
                body.Append(Blob.FromMemory(new byte[bytes]));
        }

        Skip(end, Blocks);
        file.Add(0, AndroidSparseLayout.WriteHeader(_options.BlockSize, Blocks, count));
        file.Append(body.ToBlob());
        _parts.Add(file.ToBlob());
        _chunks.Clear();
        _start = end;
        // The skip to where the next part starts.
        _used = AndroidSparseLayout.HeaderBytes + AndroidSparseLayout.ChunkHeaderBytes;

        void Header(ushort type, long blocks, long bytes)
        {
            byte[] header = new byte[AndroidSparseLayout.ChunkHeaderBytes];
            AndroidSparseLayout.WriteChunk(header, type, (uint)blocks, (uint)(AndroidSparseLayout.ChunkHeaderBytes + bytes));
            body.Append(Blob.FromMemory(header));
            count++;
        }

        void Skip(long from, long to)
        {
            if (to > from)
                Header(AndroidSparseLayout.DontCare, to - from, 0);
        }
    }

    /// <summary>Whole blocks of the disk, with zeros after its end.</summary>
    private Blob Range(long offset, long length)
    {
        var builder = new BlobBuilder();
        builder.Add(0, _disk.Slice(offset, Math.Min(length, _disk.Length - offset)));
        return builder.ToBlob(length);
    }

    private readonly record struct Chunk(ushort Type, long First, long Blocks);
}
