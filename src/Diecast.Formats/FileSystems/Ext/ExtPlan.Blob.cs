using System.Buffers.Binary;
using System.Diagnostics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    /// <inheritdoc/>
    public override Blob ToBlob()
    {
        var pieces = new ExtPieces(_blockSize, Tables());
        if (_geometry.JournalBlocks > 0 && _map.JournalFirst == 0)
            AddContent(ExtTree.PlaceOf(ExtFormat.JournalInode), JournalBlob(), pieces);
        if (_resizeBlock > 0)
            pieces.Add(_resizeBlock, ResizeBlob());
        if (_geometry.OrphanBlocks > 0)
            AddContent(_orphanPlace, null, pieces);
        for (int place = 0; place < _tree.Nodes.Count; place++)
        {
            ref ExtNode node = ref _tree.Nodes[place];
            if ((node.Flags & ExtInodeFlags.Verity) != 0)
                AddVerityContent(place, pieces);
            else if (node.RunCount > 0)
                AddContent(place, ContentOf(place), pieces);
            if (node.XattrBlock > 0)
            {
                ref ExtXattrBlock block = ref _tree.XattrBlocks[node.XattrBlock - 1];
                if (block.Physical >= pieces.ContentEnd)
                    pieces.Add(block.Physical, XattrBlob(block));
            }

            AddTranslator(place, pieces);
        }

        if (pieces.ContentEnd > _map.Next)
            throw new UnreachableException($"ext4: content ends at block {pieces.ContentEnd}; the plan ends it at {_map.Next}");
        return pieces.ToBlob(Length);
    }

    private Blob ContentOf(int place)
    {
        ref ExtNode node = ref _tree.Nodes[place];
        Blob content = node.Source switch
        {
            FileInode file => file.Content,
            SymlinkInode link => Blob.FromMemory(link.Target.Memory),
            DirectoryInode => DirectoryBlob(node.Directory - 1),
            _ => throw new UnreachableException($"ext4: inode {NumberOf(place)} has no content"),
        };
        return content.Length == node.Size
            ? content
            : throw new UnreachableException(
                $"ext4: inode {NumberOf(place)} was planned with {node.Size} bytes and has {content.Length}");
    }

    /// <summary>Lays a file's extents and the blocks of its map. Without content it is the orphan file.</summary>
    private void AddContent(int place, Blob? content, ExtPieces pieces)
    {
        ExtNode node = _tree.Nodes[place];
        ReadOnlySpan<ExtExtent> extents = ExtentsOf(node);
        foreach (ExtExtent extent in extents[..node.ExtentCount])
        {
            long offset = (long)extent.Logical * _blockSize;
            long length = Math.Min((long)extent.Blocks * _blockSize, node.Size - offset);
            pieces.Add(extent.Physical, content is null ? OrphanBlob(extent) : content.Slice(offset, length));
        }

        AddMap(place, node, pieces);
    }

    private void AddMap(int place, ExtNode node, ExtPieces pieces)
    {
        for (int i = 0; i < node.MapCount; i++)
            pieces.Add(ExtentsOf(node)[node.ExtentCount + i].Physical, MapBlob(place, node, i));
    }

    private Blob XattrBlob(ExtXattrBlock record) => ExtPieces.Blocks(1, _blockSize, (_, block) =>
    {
        record.Xattrs.WriteBlock(block, record.References);
        if (_checksums)
        {
            uint checksum = Crc32C.Append(Crc32C.Append(_checksumSeed, (ulong)record.Physical), block);
            ExtXattrHeaderLayout.Checksum.Set(block, (ulong)checksum);
        }
    });

    /// <summary>What the checksums of everything that belongs to an inode begin with: its number and generation.</summary>
    private uint ChecksumSeedOf(int place) =>
        Crc32C.Append(Crc32C.Append(_checksumSeed, (uint)NumberOf(place)), 0u);
}
