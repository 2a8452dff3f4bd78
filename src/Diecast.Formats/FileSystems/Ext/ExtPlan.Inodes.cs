using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    /// <summary>The inodes of a group that are in use; the rest of the table is a hole.</summary>
    private Blob InodeTableBlob(int group, int used)
    {
        int first = group * _geometry.InodesPerGroup;
        int perBlock = _blockSize / _options.InodeSize;
        return ExtPieces.Blocks(Units.Divide(used, perBlock), _blockSize, (index, block) =>
        {
            int from = (int)index * perBlock;
            for (int i = from; i < Math.Min(from + perBlock, used); i++)
                FillInode(first + i, block.Slice((i - from) * _options.InodeSize, _options.InodeSize));
        });
    }

    private void FillInode(int place, Span<byte> inode)
    {
        ref ExtNode node = ref _tree.Nodes[place];
        if (place == ExtTree.PlaceOf(ExtFormat.ResizeInode) && _resizeBlock > 0)
            FillResizeInode(inode);
        else if (place == ExtTree.PlaceOf(ExtFormat.BadBlocksInode))
            SetTimes(inode, _options.Time, extra: false);
        else if (node.Source is { } source)
            FillInode(place, node, source, inode);

        if (_checksums)
        {
            uint checksum = Crc32C.Append(ChecksumSeedOf(place), inode);
            ExtInodeLayout.ChecksumLo.Set(inode, (ulong)(checksum & 0xffff));
            if (inode.Length > ExtFormat.OldInodeSize && ExtInodeLayout.ExtraIsize.Get(inode) > 0)
                ExtInodeLayout.ChecksumHi.Set(inode, (ulong)(checksum >> 16));
        }
    }

    private void FillInode(int place, in ExtNode node, Inode source, Span<byte> inode)
    {
        Set(inode, ExtInodeLayout.Uid, ExtInodeLayout.UidHigh, source.Uid);
        Set(inode, ExtInodeLayout.Gid, ExtInodeLayout.GidHigh, source.Gid);
        Set(inode, ExtInodeLayout.SizeLo, ExtInodeLayout.SizeHigh, node.Size);
        Set(inode, ExtInodeLayout.BlocksLo, ExtInodeLayout.BlocksHigh, SectorsOf(place, node));
        ExtInodeLayout.Mode.Set(inode, (long)source.FullMode);
        ExtInodeLayout.LinksCount.Set(inode, (long)node.Links);
        SetTimes(inode, source.ModifiedTime, extra: true);

        uint flags = node.Flags;
        bool isInline = (flags & ExtFormat.InodeInlineData) != 0;
        byte[] inlineData = [];
        Span<byte> map = ExtInodeLayout.Block.In(inode);
        switch (source)
        {
            case Inode when isInline:
                inlineData = InlineData(node);
                inlineData.AsSpan(0, map.Length).CopyTo(map);
                break;
            case SymlinkInode link when node.RunCount == 0:
                link.Target.Span.CopyTo(map);
                break;
            case SpecialInode special:
                SetDevice(special, map);
                break;
            default:
                flags |= _hasExtents ? ExtFormat.InodeExtents : 0;
                WriteMap(place, node, map);
                break;
        }

        if (node.Directory > 0 && _tree.Directories[node.Directory - 1].Layout is { IsIndexed: true })
            flags |= ExtFormat.InodeIndexed;
        ExtInodeLayout.Flags.Set(inode, (ulong)flags);
        FillHurd(place, source, inode);
        if (node.XattrBlock > 0)
            Set(inode, ExtInodeLayout.FileAclLo, ExtInodeLayout.FileAclHigh, _tree.XattrBlocks[node.XattrBlock - 1].Physical);
        if (node.Project > 0)
            ExtInodeLayout.Projid.Set(inode, (ulong)node.Project);
        if (node.XattrValue > 0)
            SetXattrValue(_tree.XattrValues[node.XattrValue - 1], inode);
        if (inode.Length > ExtInodeLayout.Size)
        {
            ReadOnlyMemory<byte> rest = isInline ? inlineData.AsMemory(map.Length) : default;
            ExtXattrs.WriteInode(_tree.XattrsOf(node), inode[ExtInodeLayout.Size..], isInline, rest);
        }
    }

    private void FillResizeInode(Span<byte> inode)
    {
        Set(inode, ExtInodeLayout.SizeLo, ExtInodeLayout.SizeHigh, ResizeSize());
        ExtInodeLayout.BlocksLo.Set(inode, ResizeSectors());
        ExtInodeLayout.Mode.Set(inode, (long)((int)InodeType.File | 0b110_000_000));
        ExtInodeLayout.LinksCount.Set(inode, 1L);
        Span<byte> pointer = ExtInodeLayout.Block.In(inode)[(ExtFormat.DoubleIndirectPointer * sizeof(uint))..];
        BinaryPrimitives.WriteUInt32LittleEndian(pointer, (uint)_resizeBlock);
        SetTimes(inode, _options.Time, extra: true);
    }

    /// <summary>Sectors of all blocks that are the inode's: content, map, attributes, translator.</summary>
    private long SectorsOf(int place, in ExtNode node)
    {
        long blocks = (node.XattrBlock > 0 ? 1 : 0) + (_tree.TranslatorOf(place) is null ? 0 : 1);
        foreach (ExtExtent extent in ExtentsOf(node))
            blocks += extent.Blocks;
        if (_features.Has(ExtFeature.XattrInodes))
            blocks += _tree.XattrsOf(node)?.ValueBlocks ?? 0;
        return blocks * (_blockSize / ExtFormat.SectorSize);
    }

    private void SetTimes(Span<byte> inode, Timestamp time, bool extra)
    {
        uint seconds = ExtTime.Seconds(time);
        ExtInodeLayout.Atime.Set(inode, (ulong)seconds);
        ExtInodeLayout.Ctime.Set(inode, (ulong)seconds);
        ExtInodeLayout.Mtime.Set(inode, (ulong)seconds);
        if (!extra || _options.InodeSize == ExtFormat.OldInodeSize)
            return;
        uint rest = ExtTime.Extra(time);
        ExtInodeLayout.ExtraIsize.Set(inode, (long)ExtFormat.ExtraInodeSize);
        ExtInodeLayout.Crtime.Set(inode, (ulong)seconds);
        ExtInodeLayout.AtimeExtra.Set(inode, (ulong)rest);
        ExtInodeLayout.CtimeExtra.Set(inode, (ulong)rest);
        ExtInodeLayout.MtimeExtra.Set(inode, (ulong)rest);
        ExtInodeLayout.CrtimeExtra.Set(inode, (ulong)rest);
    }

    /// <summary>Numbers below 256 in the first word, as all kernels read them; larger ones in the second.</summary>
    private static void SetDevice(SpecialInode special, Span<byte> map)
    {
        (uint major, uint minor) = (special.Device.Major, special.Device.Minor);
        if (major < 256 && minor < 256)
            BinaryPrimitives.WriteUInt32LittleEndian(map, (major << 8) | minor);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(map[sizeof(uint)..], (minor & 0xff) | (major << 8) | ((minor & ~0xffu) << 12));
    }
}
