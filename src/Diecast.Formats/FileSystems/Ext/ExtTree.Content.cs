using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtTree
{
    /// <summary>Inodes that share a block of attributes at most (EXT4_XATTR_REFCOUNT_MAX).</summary>
    private const int MaximumXattrReferences = 1024;

    private void AddContent(FileInode file)
    {
        int blockSize = _options.BlockSize;
        long blocks = Units.Divide(file.Content.Length, blockSize);
        long limit = _hasExtents ? ExtFormat.MaximumFileBlocks : ExtPointerMap.MaximumFileBlocks(blockSize);
        if (blocks > limit)
            throw Refused(file, $"the file has {file.Content.Length} bytes; {limit} blocks of {blockSize} are possible");
        if (file.Content.Length > int.MaxValue && !_options.Profile.Features.Has(ExtFeature.LargeFile))
            throw Refused(file, $"the file has {file.Content.Length} bytes; more than {int.MaxValue} need the feature large_file");

        if (!file.Content.MayHaveHoles)
        {
            if (blocks > 0)
                Runs.Add(new ExtRun(0, (uint)blocks));
            return;
        }

        long first = 0;
        long end = 0;
        foreach (BlobRange range in file.Content.DataRanges())
        {
            long from = range.Offset / blockSize;
            if (from > end)
            {
                AddRun(first, end);
                first = from;
            }

            end = Units.Divide(range.End, blockSize);
        }

        AddRun(first, end);
    }

    private void AddRun(long first, long end)
    {
        if (end > first)
            Runs.Add(new ExtRun((uint)first, (uint)(end - first)));
    }

    private void AddTarget(SymlinkInode symlink, ref ExtNode node)
    {
        // The kernel ends a target with NUL and allows PATH_MAX and a block with that.
        int limit = Math.Min(4096, _options.BlockSize) - 1;
        if (symlink.Target.Length == 0 || symlink.Target.Length > limit || symlink.Target.Span.Contains((byte)0))
            throw Refused(symlink, $"the link's target has {symlink.Target.Length} bytes; 1 to {limit} without NUL are possible");
        if (symlink.Target.Length >= ExtFormat.FastSymlinkSize && !SetInline(symlink, ref node))
            Runs.Add(new ExtRun(0, 1));
    }

    /// <summary>i_blocks has 32 bits of sectors, with huge_file 48.</summary>
    private void CheckSectors(in ExtNode node, long blocks)
    {
        long sectors = (blocks + (node.XattrBlock > 0 ? 1 : 0) + (_translators.Count > 0 ? 1 : 0)) * (_options.BlockSize / ExtFormat.SectorSize);
        if (sectors > uint.MaxValue && !_options.Profile.Features.Has(ExtFeature.HugeFile))
            throw Refused(node.Source!, $"it takes {sectors} sectors; more than {uint.MaxValue} need the feature huge_file");
    }

    private void CheckDevice(SpecialInode special)
    {
        // The Hurd looks at the first word alone (ext2fs/inode.c, diskfs_user_read_node).
        if (_options.Creator == ExtCreator.Hurd && (special.Device.Major > 0xff || special.Device.Minor > 0xff))
            throw Refused(special, $"the device {special.Device.Major}:{special.Device.Minor} is past 255:255, where numbers of the Hurd end");
        if (special.Device is { Major: > 0xfff } or { Minor: > 0xfffff })
            throw Refused(special, $"the device {special.Device.Major}:{special.Device.Minor} is past 4095:1048575");
    }

    private void AddMetadata(Inode inode, ref ExtNode node)
    {
        if (!ExtTime.Fits(inode.ModifiedTime, _options.InodeSize))
            throw Refused(inode, $"the time {inode.ModifiedTime.Seconds} s is outside of {ExtTime.Range(_options.InodeSize)}");
        if (inode.Xattrs.Count == 0)
            return;
        ExtXattrs xattrs = XattrsFor(inode, XattrRoom(node));
        xattrs.Bind(_options.BlockSize, ValueOf);
        xattrs.ReferFromInode();
        if (!xattrs.NeedsBlock)
            return;
        (Xattrs, string) key = (inode.Xattrs, xattrs.Placement);
        if (!_xattrBlocks.TryGetValue(key, out int block) || XattrBlocks[block].References == MaximumXattrReferences)
        {
            block = XattrBlocks.Add(new ExtXattrBlock { Xattrs = xattrs });
            _xattrBlocks[key] = block;
            xattrs.ReferFromBlock();
        }

        XattrBlocks[block].References++;
        node.XattrBlock = block + 1;
    }

    private UnrepresentableException Refused(Inode inode, string message)
    {
        string? path = ReferenceEquals(inode, _tree.Root) ? "/" : null;
        var seen = new HashSet<Inode>();
        foreach (TreeEntry entry in _tree.Walk())
        {
            if (ReferenceEquals(entry.Inode, inode))
            {
                path ??= entry.Path;
                break;
            }

            // A directory that holds itself would be walked for ever.
            if (entry.Inode is DirectoryInode && !seen.Add(entry.Inode))
                break;
        }

        return new UnrepresentableException(ExtFormat.Name, path, message);
    }
}
