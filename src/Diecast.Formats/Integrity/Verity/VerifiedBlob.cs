using System.Buffers;
using System.Collections.Concurrent;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>Data that is checked against its tree when it is read.</summary>
internal sealed class VerifiedBlob(DmVerityReader device) : Blob(device.Data.Length)
{
    /// <summary>Bytes of hash blocks that are kept.</summary>
    private const int KeptBytes = 8 << 20;

    private readonly ConcurrentDictionary<(int Level, long Block), byte[]> _good = new();
    private readonly int _most = Math.Max(device.Shape.Levels * 2, KeptBytes / device.Shape.BlockSize);

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        int size = device.DataBlockSize;
        byte[]? partial = null;
        Span<byte> digest = stackalloc byte[64];
        digest = digest[..device.Shape.DigestSize];
        while (destination.Length > 0)
        {
            (long block, long skip) = Math.DivRem(offset, size);
            int count = (int)Math.Min(size - skip, destination.Length);
            Span<byte> bytes = count == size ? destination[..size] : (partial ??= ArrayPool<byte>.Shared.Rent(size)).AsSpan(0, size);
            device.Data.Read(block * size, bytes);
            device.Hash.Compute(bytes, digest);
            if (!digest.SequenceEqual(ExpectedOf(-1, block)))
            {
                destination.Clear();
                throw new InvalidImageException(DmVerityOptions.Format, device.DataFault(block).Message);
            }

            if (count < size)
                bytes.Slice((int)skip, count).CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }

        if (partial is not null)
            ArrayPool<byte>.Shared.Return(partial);
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
            throw new InvalidImageException(DmVerityOptions.Format, device.NodeFault(level, node, "does not have its hash").Message);
        if (_good.Count >= _most)
            _good.Clear();
        _good[(level, node)] = block;
        return block;
    }
}
