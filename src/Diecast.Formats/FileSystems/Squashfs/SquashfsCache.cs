namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>What has been decompressed lately, by its place in the image, up to a number of bytes; safe to use from several threads.</summary>
internal sealed class SquashfsCache(long capacity)
{
    private readonly Dictionary<long, LinkedListNode<SquashfsCachedBlock>> _byPlace = [];
    private readonly LinkedList<SquashfsCachedBlock> _byUse = new();
    private readonly Lock _lock = new();
    private long _held;

    internal SquashfsCachedBlock? Find(long place)
    {
        lock (_lock)
        {
            if (!_byPlace.TryGetValue(place, out LinkedListNode<SquashfsCachedBlock>? node))
                return null;
            if (node != _byUse.First)
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
            }

            return node.Value;
        }
    }

    internal void Add(SquashfsCachedBlock block)
    {
        lock (_lock)
        {
            // Another thread may have been faster.
            if (!_byPlace.TryAdd(block.Place, new LinkedListNode<SquashfsCachedBlock>(block)))
                return;
            _byUse.AddFirst(_byPlace[block.Place]);
            _held += block.Bytes.Length;
            while (_held > capacity && _byUse.Last is { } last && last != _byUse.First)
            {
                _byUse.RemoveLast();
                _byPlace.Remove(last.Value.Place);
                _held -= last.Value.Bytes.Length;
            }
        }
    }
}

/// <summary>A block that has been decompressed.</summary>
/// <param name="Place">Its place in the image.</param>
/// <param name="Bytes">What it holds.</param>
/// <param name="End">The first byte of the image behind it.</param>
internal sealed record SquashfsCachedBlock(long Place, byte[] Bytes, long End);
