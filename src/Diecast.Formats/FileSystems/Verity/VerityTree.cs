using System.Buffers;
using System.Diagnostics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems;

/// <summary>The hash tree of a content, made as it is read.</summary>
/// <remarks>
/// A block of level 0 is made of its part of the content whenever it is read, and leaves its own hash behind, which is a
/// 16384th of the content's size; the levels above are made of these. So whoever reads level 0 before the rest has the
/// content read once, however large it is.
/// </remarks>
internal sealed class VerityTree
{
    private readonly Blob _content;
    private readonly Lock _lock = new();
    private BlobMap? _data;

    /// <summary>The levels above level 0, in the order in which they are stored: level 1 is what blocks of level 0 leave behind.</summary>
    private byte[]? _upper;
    private bool[]? _known;
    private byte[]? _root;

    internal VerityTree(Blob content, VerityShape shape, VerityHash hash)
    {
        _content = content;
        Shape = shape;
        Hash = hash;
    }

    internal VerityShape Shape { get; }

    internal VerityHash Hash { get; }

    internal long ContentLength => _content.Length;

    /// <summary>The hash of the highest block; zeros where there is no content (build_merkle_tree).</summary>
    internal ReadOnlySpan<byte> RootHash
    {
        get
        {
            if (Volatile.Read(ref _root) is not { } root)
            {
                root = MakeRoot();
                Volatile.Write(ref _root, root);
            }

            return root;
        }
    }

    /// <summary>All levels, the highest first.</summary>
    internal Blob ToBlob() => new GeneratedBlob(Shape.Length, Read);

    private void Read(long offset, Span<byte> destination)
    {
        byte[]? partial = null;
        while (destination.Length > 0)
        {
            (long block, long skip) = Math.DivRem(offset, Shape.BlockSize);
            int count = (int)Math.Min(Shape.BlockSize - skip, destination.Length);
            if (block < Shape.UpperBlocks)
            {
                Upper().AsSpan((int)offset, count).CopyTo(destination);
            }
            else if (count == Shape.BlockSize)
            {
                MakeLeaf(block - Shape.UpperBlocks, destination[..count]);
            }
            else
            {
                partial ??= new byte[Shape.BlockSize];
                MakeLeaf(block - Shape.UpperBlocks, partial);
                partial.AsSpan((int)skip, count).CopyTo(destination);
            }

            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>Fills a block of level 0 with the hashes of its content, and keeps its own.</summary>
    private void MakeLeaf(long leaf, Span<byte> block)
    {
        long first = leaf * Shape.HashesPerBlock;
        int count = (int)Math.Min(Shape.HashesPerBlock, Shape.ContentBlocks - first);
        MakeHashes(first, count, block);
        block[(count * Hash.Size)..].Clear();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Hash.BufferSize);
        byte[] hash = new byte[Hash.Size];
        Hash.Block(block, hash, buffer);
        ArrayPool<byte>.Shared.Return(buffer);
        if (Shape.UpperBlocks == 0)
        {
            Volatile.Write(ref _root, hash);
            return;
        }

        lock (_lock)
        {
            byte[] upper = UpperStore();
            if (_known is not { } known)
                return;
            hash.CopyTo(upper.AsSpan(LevelOffset(1) + (int)(leaf * Hash.Size)));
            known[leaf] = true;
        }
    }

    private void MakeHashes(long first, int count, Span<byte> hashes)
    {
        int size = Hash.BlockSize;
        long start = first * size;
        int length = (int)Math.Min((long)count * size, _content.Length - start);
        byte[] content = ArrayPool<byte>.Shared.Rent(length);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Hash.BufferSize);
        bool isHole = _content.MayHaveHoles && !HasData(start, length);
        if (!isHole)
            _content.Read(start, content.AsSpan(0, length));
        for (int i = 0; i < count; i++)
        {
            Span<byte> hash = hashes.Slice(i * Hash.Size, Hash.Size);
            if (isHole)
                Hash.OfZeros.CopyTo(hash);
            else
                Hash.Block(content.AsSpan(i * size, Math.Min(size, length - (i * size))), hash, buffer);
        }

        ArrayPool<byte>.Shared.Return(content);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private bool HasData(long start, int length)
    {
        if (Volatile.Read(ref _data) is not { } data)
        {
            data = new BlobMap(_content.DataRanges());
            Volatile.Write(ref _data, data);
        }

        return data.HasData(start, length);
    }

    /// <summary>Makes the levels above level 0, with the hashes of it that are not there yet.</summary>
    private byte[] Upper()
    {
        if (Volatile.Read(ref _root) is not null)
            return _upper!;
        byte[] leaf = new byte[Shape.BlockSize];
        for (long i = 0; i < Shape.LeafBlocks; i++)
        {
            bool isKnown;
            lock (_lock)
            {
                UpperStore();
                isKnown = _known?[i] ?? true;
            }

            if (!isKnown)
                MakeLeaf(i, leaf);
        }

        lock (_lock)
        {
            if (_root is not null)
                return _upper!;
            byte[] upper = UpperStore();
            byte[] buffer = new byte[Hash.BufferSize];
            byte[] root = new byte[Hash.Size];
            for (int level = 1; level < Shape.Levels; level++)
            {
                for (int i = 0; i < Shape.Count(level); i++)
                {
                    Span<byte> target = level + 1 < Shape.Levels
                        ? upper.AsSpan(LevelOffset(level + 1) + (i * Hash.Size), Hash.Size)
                        : root;
                    Hash.Block(upper.AsSpan(LevelOffset(level) + (i * Shape.BlockSize), Shape.BlockSize), target, buffer);
                }
            }

            _known = null;
            Volatile.Write(ref _root, root);
            return upper;
        }
    }

    private byte[] UpperStore()
    {
        if (_upper is null)
        {
            _upper = new byte[Shape.UpperBlocks * Shape.BlockSize];
            _known = new bool[Shape.LeafBlocks];
        }

        return _upper;
    }

    private int LevelOffset(int level) => (int)(Shape.Start(level) * Shape.BlockSize);

    private byte[] MakeRoot()
    {
        byte[] root = new byte[Hash.Size];
        switch (Shape.Levels)
        {
            case 0 when _content.Length > 0:
                MakeHashes(0, 1, root);
                return root;
            case 0:
                return root;
            case 1:
                MakeLeaf(0, new byte[Shape.BlockSize]);
                break;
            default:
                Upper();
                break;
        }

        return _root ?? throw new UnreachableException("verity: the tree was made and has no root");
    }
}
