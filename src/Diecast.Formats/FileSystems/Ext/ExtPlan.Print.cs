using System.Globalization;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer)
    {
        writer.WriteLine(Text($"ext4 profile {_options.Profile.Name}"));
        writer.WriteLine(Text($"features {_features}"));
        string characters = _options.HashCharacters == ExtHashCharacters.Signed ? "signed" : "unsigned";
        writer.WriteLine(Text($"uuid {_options.Uuid} hash seed {_hashSeed} {characters}"));
        writer.WriteLine(Text($"label '{_options.Label}' time {_options.Time.Seconds}"));
        writer.WriteLine(Text($"length {Length}: {_geometry.Blocks} blocks of {_blockSize}, {FreeBlockCount} free, {_geometry.ReservedBlocks} reserved"));
        writer.WriteLine(Text($"inodes {_geometry.Inodes} of {_options.InodeSize} bytes, {FreeInodeCount} free"));
    }

    /// <inheritdoc/>
    public override void Print(TextWriter writer)
    {
        PrintSummary(writer);
        for (int group = 0; group < _geometry.Groups; group++)
            PrintGroup(group, writer);
        if (_geometry.JournalBlocks > 0)
            PrintInode(ExtTree.PlaceOf(ExtFormat.JournalInode), "(journal)", writer);
        if (_resizeBlock > 0)
            writer.WriteLine(Text($"inode {ExtFormat.ResizeInode} (resize) block {_resizeBlock}"));
        if (_geometry.OrphanBlocks > 0)
            PrintInode(_orphanPlace, "(orphan file)", writer);
        foreach (ExtXattrValue value in _tree.XattrValues.Span)
            PrintInode(value.Place, "(attribute value)", writer);
        foreach ((int place, ExtQuotaFile file) in _tree.Quotas)
            PrintInode(place, $"({file.Type} quota)", writer);
        PrintTree(writer);
    }

    private void PrintGroup(int group, TextWriter writer)
    {
        GroupState state = StateOf(group);
        int descriptors = _geometry.DescriptorsIn(group).Count;
        string super = (_geometry.HoldsSuperblock(group) ? Text($" superblock {_geometry.FirstBlock(group)}") : "")
            + (descriptors > 0 ? Text($" descriptors +{descriptors} reserved +{_geometry.ReservedDescriptorBlocks}") : "");
        string flags = (state.BlocksUninitialized ? " block_uninit" : "") + (state.InodesUninitialized ? " inode_uninit" : "");
        writer.Write(Text($"group {group}: blocks {_geometry.FirstBlock(group)}+{_geometry.BlocksIn(group)}{super}"));
        writer.Write(Text($" bitmaps {_map.BlockBitmaps[group]} {_map.InodeBitmaps[group]}"));
        writer.Write(Text($" inode table {_map.InodeTables[group]}+{_geometry.InodeTableBlocks}"));
        int freeInodes = _geometry.InodesPerGroup - state.UsedInodes;
        writer.WriteLine(Text($" free {state.FreeBlocks} blocks {freeInodes} inodes{flags}"));
    }

    private void PrintTree(TextWriter writer)
    {
        var stack = new Stack<(int Directory, int Next, string Path)>();
        var printed = new HashSet<int> { ExtTree.PlaceOf(ExtFormat.RootInode) };
        PrintInode(ExtTree.PlaceOf(ExtFormat.RootInode), "/", writer);
        stack.Push((0, 0, ""));
        while (stack.TryPop(out (int Directory, int Next, string Path) at))
        {
            ExtDirectory directory = _tree.Directories[at.Directory];
            if (at.Next == directory.Count)
                continue;
            stack.Push((at.Directory, at.Next + 1, at.Path));
            int place = _tree.Children[directory.FirstChild + at.Next];
            FileName name = ((DirectoryInode)_tree.Nodes[directory.Node].Source!).Entries[at.Next].Name;
            string path = $"{at.Path}/{name}";
            if (!printed.Add(place))
            {
                writer.WriteLine(Text($"inode {NumberOf(place)} again {path}"));
                continue;
            }

            PrintInode(place, path, writer);
            if (_tree.Nodes[place].Directory > 0)
                stack.Push((_tree.Nodes[place].Directory - 1, 0, path));
        }
    }

    private void PrintInode(int place, string path, TextWriter writer)
    {
        ExtNode node = _tree.Nodes[place];
        Inode source = node.Source!;
        writer.Write(Text($"inode {NumberOf(place)} {path} {Convert.ToString(source.FullMode, 8)} {source.Uid}:{source.Gid} links {node.Links} size {node.Size}"));
        if ((node.Flags & ExtFormat.InodeInlineData) != 0)
            writer.Write(" inline");
        if ((node.Flags & ExtInodeFlags.Verity) != 0)
            writer.Write(" verity");
        if (node.Project > 0)
            writer.Write(Text($" project {node.Project}"));
        ReadOnlySpan<ExtExtent> extents = ExtentsOf(node);
        foreach (ExtExtent extent in extents[..node.ExtentCount])
            writer.Write(Text($" {extent.Logical}+{extent.Blocks}@{extent.Physical}"));
        foreach (ExtExtent tree in extents[node.ExtentCount..])
            writer.Write(_hasExtents ? Text($" tree@{tree.Physical}") : Text($" map+{tree.Blocks}@{tree.Physical}"));
        if (node.XattrBlock > 0)
            writer.Write(Text($" xattrs@{_tree.XattrBlocks[node.XattrBlock - 1].Physical}"));
        if (_tree.TranslatorOf(place) is { } translator)
            writer.Write(Text($" translator@{translator.Physical}"));
        writer.WriteLine();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
