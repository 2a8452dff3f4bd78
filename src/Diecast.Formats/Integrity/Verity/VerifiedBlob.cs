using System.Collections.Concurrent;
using System.Diagnostics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>Data that is checked against its tree when it is read.</summary>
/// <param name="device">The device.</param>
/// <param name="name">What errors call it; null for nothing.</param>
internal sealed class VerifiedBlob(DmVerityReader device, string? name = null) : Blob(device.Data.Length)
{
    /// <summary>Bytes of hash blocks that are kept.</summary>
    private const int KeptBytes = 8 << 20;

    /// <summary>Bytes of data blocks that are kept, for readers that take a few bytes of one after the other.</summary>
    private const int RecentBytes = 1 << 20;

    /// <summary>Bytes read at once: more than a call's cost, less than a core's cache.</summary>
    private const int ReadSize = 256 * 1024;

    private readonly ConcurrentDictionary<(int Level, long Block), byte[]> _good = new();
    private readonly int _most = Math.Max(device.Shape.Levels * 2, KeptBytes / device.Shape.BlockSize);
    private readonly RecentBlock?[] _recent = new RecentBlock?[Math.Max(1, RecentBytes / device.DataBlockSize)];
    private readonly BlockDigests _digests = new(device.Hash, device.DataBlockSize);
    private readonly Lazy<BlobMap> _map = new(() => new BlobMap(WholeBlocks(device.Data.DataRanges(), device.DataBlockSize)));

    public override bool MayHaveHoles => device.Data.MayHaveHoles;

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        int size = device.DataBlockSize;
        while (destination.Length > 0)
        {
            (long block, long skip) = Math.DivRem(offset, size);
            int count;
            if (skip == 0 && destination.Length >= size)
            {
                count = Math.Min(Math.Max(ReadSize, size), destination.Length / size * size);
                ReadBlocks(block, destination[..count]);
            }
            else
            {
                count = (int)Math.Min(size - skip, destination.Length);
                Recent(block).AsSpan((int)skip, count).CopyTo(destination);
            }

            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>A hole is handed on as one where the tree says that its blocks are of zeros.</summary>
    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        if (!MayHaveHoles)
        {
            sink.Generated(this, offset, length);
            return;
        }

        var holes = new HoleSink(this, sink, offset);
        _map.Value.Emit(offset, length, holes, holes.Data);
    }

    /// <summary>The ranges, each widened to whole blocks.</summary>
    private static List<BlobRange> WholeBlocks(IReadOnlyList<BlobRange> ranges, int size)
    {
        var whole = new List<BlobRange>();
        foreach (BlobRange range in ranges)
        {
            long start = range.Offset - (range.Offset % size);
            long end = Units.RoundUp(range.End, size);
            if (whole.Count > 0 && start <= whole[^1].End)
                whole[^1] = whole[^1] with { Length = end - whole[^1].Offset };
            else
                whole.Add(new BlobRange(start, end - start));
        }

        return whole;
    }

    private void ReadBlocks(long first, Span<byte> blocks)
    {
        device.Data.Read(first * device.DataBlockSize, blocks);
        Span<byte> digest = stackalloc byte[64];
        digest = digest[..device.Shape.DigestSize];
        for (int at = 0; at < blocks.Length; at += device.DataBlockSize)
        {
            long block = first + (at / device.DataBlockSize);
            try
            {
                _digests.Compute(blocks.Slice(at, device.DataBlockSize), digest);
                if (!digest.SequenceEqual(ExpectedOf(-1, block)))
                    throw Fault(device.DataFault(block));
            }
            catch (InvalidImageException)
            {
                // What is not vouched for is not handed out, even to who looks at what a failed call left.
                blocks[at..].Clear();
                throw;
            }
        }
    }

    private byte[] Recent(long block)
    {
        int slot = (int)(block % _recent.Length);
        if (Volatile.Read(ref _recent[slot]) is { } recent && recent.Block == block)
            return recent.Bytes;
        byte[] bytes = new byte[device.DataBlockSize];
        ReadBlocks(block, bytes);
        Volatile.Write(ref _recent[slot], new RecentBlock(block, bytes));
        return bytes;
    }

    /// <summary>Sees to it that blocks that are not stored are of zeros by the tree, too.</summary>
    private void CheckHole(long offset, long length)
    {
        long last = (offset + length - 1) / device.DataBlockSize;
        for (long block = offset / device.DataBlockSize; block <= last; block++)
        {
            if (!_digests.OfZeros.SequenceEqual(ExpectedOf(-1, block)))
                throw Fault(device.DataFault(block));
        }
    }

    /// <summary>The hash that a block of a level has, or one of data, level -1, by blocks that are good.</summary>
    private ReadOnlySpan<byte> ExpectedOf(int level, long block)
    {
        if (level + 1 == device.Shape.Levels)
            return device.RootHash;
        (long node, long place) = Math.DivRem(block, device.Shape.HashesPerBlock);
        return Good(level + 1, node).AsSpan((int)place * device.Shape.Stride, device.Shape.DigestSize);
    }

    private byte[] Good(int level, long node)
    {
        if (_good.TryGetValue((level, node), out byte[]? block))
            return block;
        block = new byte[device.Shape.BlockSize];
        device.Level(level).Read(node * device.Shape.BlockSize, block);
        byte[] digest = new byte[device.Shape.DigestSize];
        device.Hash.Compute(block, digest);
        if (!ExpectedOf(level, node).SequenceEqual(digest))
            throw Fault(device.NodeFault(level, node));
        if (_good.Count >= _most)
            _good.Clear();
        _good[(level, node)] = block;
        return block;
    }

    private InvalidImageException Fault(DmVerityFault fault) =>
        new(DmVerityOptions.Format, name is null ? fault.Message : $"{name}: {fault.Message}");

    /// <summary>A data block that was found good.</summary>
    private sealed record RecentBlock(long Block, byte[] Bytes);

    /// <summary>Hands on holes once they are checked, and data as something that is checked when it is read.</summary>
    private sealed class HoleSink(VerifiedBlob blob, IBlobSink sink, long offset) : IBlobSink
    {
        private long _position = offset;

        public void Hole(long length)
        {
            blob.CheckHole(_position, length);
            sink.Hole(length);
            _position += length;
        }

        public void Bytes(ReadOnlySpan<byte> bytes) => throw new UnreachableException();

        public void File(HostFile file, long offset, long length) => throw new UnreachableException();

        public void Generated(Blob blob, long offset, long length) => throw new UnreachableException();

        internal void Data(long offset, long length)
        {
            sink.Generated(blob, offset, length);
            _position += length;
        }
    }
}
