using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// Data within inodes: the first bytes in i_block, the rest as the attribute system.data, which is there even when it
/// is empty (inlinedata.rst).
/// </summary>
internal sealed partial class ExtTree
{
    /// <summary>Bytes of i_block (EXT4_MIN_INLINE_DATA_SIZE).</summary>
    internal const int InlineFirstSize = ExtFormat.BlockPointers * sizeof(uint);

    /// <summary>In a directory i_block begins with the parent's number; neither dot entry is stored.</summary>
    internal const int InlineParentSize = 4;

    /// <summary>The bytes of inline data that do not fit i_block.</summary>
    internal static int InlineRest(long size) => (int)Math.Max(0, size - InlineFirstSize);

    /// <summary>
    /// Whether data of a size is to be within an inode: it fits, and does not drive attributes out into a block, for
    /// which it would only trade its own.
    /// </summary>
    private bool FitsInline(Inode inode, long size)
    {
        if (!_options.Profile.Features.Has(ExtFeature.InlineData) || size > InlineFirstSize + InodeRoom)
            return false;
        int room = InodeRoom - ExtXattrs.InlineSize(InlineRest(size));
        if (room < ExtXattrs.AreaOverhead)
            return false;
        return inode.Xattrs.Count == 0 || !XattrsFor(inode, room).NeedsBlock || XattrsFor(inode, InodeRoom).NeedsBlock;
    }

    /// <summary>
    /// Puts a link's target into its inode. Of such links e2fsck counts no usage and looks at no attributes elsewhere,
    /// so those have a block.
    /// </summary>
    private bool SetInline(SymlinkInode link, ref ExtNode node)
    {
        if (_options.EffectiveQuotaTypes != ExtQuotaTypes.None || !FitsInline(link, link.Target.Length))
            return false;
        if (link.Xattrs.Count > 0)
        {
            ExtXattrs xattrs = XattrsFor(link, InodeRoom - ExtXattrs.InlineSize(InlineRest(link.Target.Length)));
            if (xattrs.NeedsBlock || xattrs.LeadsToInodes)
                return false;
        }

        node.Flags |= ExtFormat.InodeInlineData;
        return true;
    }

    /// <summary>Puts a file's content into its inode. One that is all hole has no blocks to save, and stays a hole; one that is protected has a tree behind it.</summary>
    private bool AddInline(FileInode file, ref ExtNode node)
    {
        Blob content = file.Content;
        bool isHole = content.Length > 0 && content.Length <= _options.InodeSize && content.MayHaveHoles && content.DataRanges().Count == 0;
        if (isHole || VerityOf(file) is not null || !FitsInline(file, content.Length))
            return false;
        node.Flags |= ExtFormat.InodeInlineData;
        return true;
    }

    /// <summary>The size of a directory within its inode, or null where it does not fit.</summary>
    private long? InlineSize(DirectoryInode source)
    {
        if (!_options.Profile.Features.Has(ExtFeature.InlineData))
            return null;
        int left = InlineFirstSize - InlineParentSize;
        long rest = 0;
        foreach (DirectoryEntry entry in source.Entries)
        {
            int size = ExtDirectoryLayout.EntrySize(entry.Name.Length);
            if (size <= left)
                left -= size;
            else
                rest += size;
            if (rest > _options.InodeSize)
                return null;
        }

        return FitsInline(source, InlineFirstSize + rest) ? InlineFirstSize + rest : null;
    }

    private int AddInlineDirectory(DirectoryInode source, int place, int parent, long size, uint flags)
    {
        ExtNode node = new()
        {
            Source = source,
            Size = size,
            FirstRun = Runs.Count,
            Directory = Directories.Count + 1,
            Flags = flags | ExtFormat.InodeInlineData,
        };
        SetProject(source, parent, ref node);
        AddMetadata(source, ref node);
        Nodes[place] = node;
        return Directories.Add(new ExtDirectory
        {
            Node = place,
            Parent = parent,
            FirstChild = Children.AddDefaults(source.Count),
            Count = source.Count,
        });
    }
}
