using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.FileSystems.Ext;

// What leads from an inode to its content: a tree of extents, or blocks of pointers.
public sealed partial class ExtPlan
{
    /// <summary>The map of pointers that was in use last; content is read in order, so mostly the next one is the same.</summary>
    private PointersOfNode? _lastPointers;

    /// <summary>Places the blocks of the map, after the content.</summary>
    private void FinishMap(ref ExtNode node, ExtBlockMap map)
    {
        node.ExtentCount = _extents.Count - node.FirstExtent;
        if (_hasExtents)
            PlaceExtentTree(node, map);
        else
            PlaceRun(0, ExtPointerMap.Count(_extents.Span.Slice(node.FirstExtent, node.ExtentCount), _blockSize), map);
        node.MapCount = _extents.Count - node.FirstExtent - node.ExtentCount;
    }

    /// <summary>One record for each block of the tree, with the logical number of the first block that is below it.</summary>
    private void PlaceExtentTree(in ExtNode node, ExtBlockMap map)
    {
        int first = node.FirstExtent;
        int length = node.ExtentCount;
        int perBlock = ExtExtentTree.EntriesPerBlock(_blockSize);
        while (length > ExtExtentTree.RootEntries)
        {
            int blocks = (int)Units.Divide(length, perBlock);
            for (int i = 0; i < blocks; i++)
                _extents.Add(new ExtExtent(_extents[first + (i * perBlock)].Logical, 1, map.TakeOne()));
            first += length;
            length = blocks;
        }
    }

    /// <summary>The extents of an inode and after them the blocks of its map.</summary>
    private ReadOnlySpan<ExtExtent> ExtentsOf(in ExtNode node) =>
        _extents.Span.Slice(node.FirstExtent, node.ExtentCount + node.MapCount);

    /// <summary>Fills i_block of an inode with content.</summary>
    private void WriteMap(int place, in ExtNode node, Span<byte> root)
    {
        ReadOnlySpan<ExtExtent> extents = ExtentsOf(node);
        if (_hasExtents)
            ExtExtentTree.WriteRoot(root, extents, node.ExtentCount, _blockSize);
        else
            PointersOf(place, node).WriteRoot(root, extents[..node.ExtentCount], extents[node.ExtentCount..]);
    }

    /// <summary>Blocks of the map that stand together.</summary>
    private Blob MapBlob(int place, ExtNode node, int index)
    {
        ExtExtent record = ExtentsOf(node)[node.ExtentCount + index];
        if (!_hasExtents)
        {
            return ExtPieces.Blocks(record.Blocks, _blockSize, (i, block) =>
            {
                ReadOnlySpan<ExtExtent> extents = ExtentsOf(node);
                PointersOf(place, node).WriteBlock(
                    block, extents[..node.ExtentCount], extents[node.ExtentCount..], record.Logical + i);
            });
        }

        return ExtPieces.Blocks(1, _blockSize, (_, block) =>
        {
            int end = ExtExtentTree.WriteBlock(block, ExtentsOf(node), node.ExtentCount, index);
            if (_checksums)
            {
                uint checksum = Crc32C.Append(ChecksumSeedOf(place), block[..end]);
                BinaryPrimitives.WriteUInt32LittleEndian(block[end..], checksum);
            }
        });
    }

    private ExtPointerMap PointersOf(int place, in ExtNode node)
    {
        PointersOfNode? last = Volatile.Read(ref _lastPointers);
        if (last is null || last.Place != place)
        {
            last = new PointersOfNode(place, new ExtPointerMap(ExtentsOf(node)[..node.ExtentCount], _blockSize));
            Volatile.Write(ref _lastPointers, last);
        }

        return last.Map;
    }

    private sealed record PointersOfNode(int Place, ExtPointerMap Map);
}
