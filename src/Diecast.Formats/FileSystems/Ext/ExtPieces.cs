using System.Buffers;
using System.Diagnostics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Fills a block, which is zero, of something that consists of blocks.</summary>
internal delegate void BlockMaker(long index, Span<byte> block);

/// <summary>
/// Puts a file system together from its fixed tables and from its content. Both come in ascending order, which this
/// relies on to merge them without sorting, and proves.
/// </summary>
internal sealed class ExtPieces(int blockSize, List<(long Offset, Blob Blob)> tables)
{
    private readonly BlobBuilder _builder = new();
    private int _nextTable;

    /// <summary>The first block after all content so far.</summary>
    internal long ContentEnd { get; private set; }

    /// <summary>Lays content at a block.</summary>
    internal void Add(long block, Blob blob)
    {
        if (block < ContentEnd)
            throw new UnreachableException($"ext4: content at block {block} after content that ends at block {ContentEnd}");
        AddTables(block * blockSize);
        _builder.Add(block * blockSize, blob);
        ContentEnd = block + Units.Divide(blob.Length, blockSize);
    }

    internal Blob ToBlob(long length)
    {
        AddTables(length);
        return _builder.ToBlob(length);
    }

    /// <summary>A blob of blocks that are made when they are read.</summary>
    internal static Blob Blocks(long count, int blockSize, BlockMaker maker) =>
        new GeneratedBlob(count * blockSize, (offset, destination) => Read(blockSize, maker, offset, destination));

    private static void Read(int blockSize, BlockMaker maker, long offset, Span<byte> destination)
    {
        byte[]? partial = null;
        while (destination.Length > 0)
        {
            (long index, long skip) = Math.DivRem(offset, blockSize);
            int count = (int)Math.Min(blockSize - skip, destination.Length);
            if (count == blockSize)
            {
                destination[..count].Clear();
                maker(index, destination[..count]);
            }
            else
            {
                partial ??= ArrayPool<byte>.Shared.Rent(blockSize);
                Span<byte> block = partial.AsSpan(0, blockSize);
                block.Clear();
                maker(index, block);
                block.Slice((int)skip, count).CopyTo(destination);
            }

            destination = destination[count..];
            offset += count;
        }

        if (partial is not null)
            ArrayPool<byte>.Shared.Return(partial);
    }

    private void AddTables(long before)
    {
        for (; _nextTable < tables.Count && tables[_nextTable].Offset < before; _nextTable++)
            _builder.Add(tables[_nextTable].Offset, tables[_nextTable].Blob);
    }
}
