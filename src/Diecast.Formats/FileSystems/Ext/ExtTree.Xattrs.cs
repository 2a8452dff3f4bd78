using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtTree
{
    private readonly Dictionary<(Xattrs Xattrs, int Room), ExtXattrs> _xattrs = [];
    private Dictionary<(Xattrs Xattrs, string Placement), int> _xattrBlocks = [];
    private Dictionary<FileName, ExtXattrValue> _values = [];

    /// <summary>Values of attributes that have inodes of their own.</summary>
    internal ExtList<ExtXattrValue> XattrValues { get; } = new();

    /// <summary>The attributes of an inode as they are stored, or null when it has none.</summary>
    internal ExtXattrs? XattrsOf(in ExtNode node) =>
        node.Source is { Xattrs.Count: > 0 } source ? _xattrs[(source.Xattrs, XattrRoom(node))] : null;

    private int InodeRoom => Math.Max(0, _options.InodeSize - ExtInodeLayout.Size);

    /// <summary>Bytes of an inode that are left for attributes.</summary>
    private int XattrRoom(in ExtNode node)
    {
        if ((node.Flags & ExtFormat.InodeInlineData) != 0)
            return InodeRoom - ExtXattrs.InlineSize(InlineRest(node.Size));
        // By the blocks of the value, e2fsck takes a fast link for one with a block, unless it has one of attributes.
        return node.Source is SymlinkInode { Xattrs.Count: > 0 } link && XattrsFor(link, InodeRoom).LeadsToInodes ? 0 : InodeRoom;
    }

    private ExtXattrs XattrsFor(Inode inode, int room)
    {
        if (!_xattrs.TryGetValue((inode.Xattrs, room), out ExtXattrs? xattrs))
        {
            Xattrs stored = WithoutTranslator(inode.Xattrs);
            if (stored.Count > 0 && !_options.Profile.Features.Has(ExtFeature.ExtAttr))
                throw Refused(inode, "extended attributes need the feature ext_attr");
            bool allowsInodes = _options.Profile.Features.Has(ExtFeature.XattrInodes);
            xattrs = ExtXattrs.Create(stored, room, _options.BlockSize, allowsInodes, out string? error)
                ?? throw Refused(inode, error!);
            _xattrs.Add((inode.Xattrs, room), xattrs);
        }

        return xattrs;
    }

    /// <summary>The inode of a value, made where there is none yet.</summary>
    private ExtXattrValue ValueOf(ReadOnlyMemory<byte> bytes)
    {
        var key = new FileName(bytes.ToArray());
        if (_values.TryGetValue(key, out ExtXattrValue? known))
            return known;
        int place = Nodes.AddDefaults(1);
        var value = new ExtXattrValue(key.Memory, Crc32C.Append(_checksumSeed, key.Span), place);
        _values.Add(key, value);
        Nodes[place] = new ExtNode
        {
            Source = new FileInode(Blob.FromMemory(key.Memory), 0b110_000_000) { ModifiedTime = _options.Time },
            Size = key.Length,
            Links = 1,
            FirstRun = Runs.Add(new ExtRun(0, (uint)Units.Divide(key.Length, _options.BlockSize))),
            RunCount = 1,
            XattrValue = XattrValues.Add(value) + 1,
            Flags = ExtFormat.InodeHoldsXattr,
        };
        return value;
    }

    /// <summary>Drops what only the walk needs.</summary>
    private void ForgetXattrs()
    {
        _xattrBlocks = [];
        _values = [];
    }
}
