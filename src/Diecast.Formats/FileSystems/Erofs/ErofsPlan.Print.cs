using System.Globalization;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

public sealed partial class ErofsPlan
{
    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer)
    {
        writer.WriteLine(Text($"erofs {(_options.Compression is { } compression ? compression.Algorithm.ToString().ToLowerInvariant() : "uncompressed")}"));
        writer.WriteLine(Text($"uuid {_options.Uuid} label '{_options.Label}' time {_options.Time.Seconds}.{_options.Time.Nanoseconds:d9}"));
        writer.WriteLine(Text($"length {Length}: {BlockCount} blocks of {_blockSize}, metadata to block {_metaEnd / _blockSize}"));
        writer.WriteLine(Text($"inodes {InodeCount}, shared attributes {_tree.Xattrs.SharedSize} bytes at {_sharedStart}"));
    }

    /// <inheritdoc/>
    public override void Print(TextWriter writer)
    {
        PrintSummary(writer);
        var stack = new Stack<(int Directory, int Next, string Path)>();
        var printed = new HashSet<int> { 0 };
        PrintInode(0, "/", writer);
        stack.Push((0, 0, ""));
        while (stack.TryPop(out (int Directory, int Next, string Path) at))
        {
            ErofsDirectory directory = _tree.Directories[at.Directory];
            if (at.Next == directory.Count)
                continue;
            stack.Push((at.Directory, at.Next + 1, at.Path));
            int place = _tree.Children[directory.FirstChild + at.Next];
            FileName name = ((DirectoryInode)_tree.Nodes[directory.Node].Source).Entries[at.Next].Name;
            string path = $"{at.Path}/{name}";
            if (!printed.Add(place))
            {
                writer.WriteLine(Text($"inode {_tree.Nodes[place].Nid} again {path}"));
                continue;
            }

            PrintInode(place, path, writer);
            if (_tree.Nodes[place].Directory > 0)
                stack.Push((_tree.Nodes[place].Directory - 1, 0, path));
        }
    }

    private void PrintInode(int place, string path, TextWriter writer)
    {
        ErofsNode node = _tree.Nodes[place];
        Inode source = node.Source;
        (uint uid, uint gid) = _tree.OwnerOf(source);
        writer.Write(Text($"inode {node.Nid} {path} {Convert.ToString(source.FullMode, 8)} {uid}:{gid} links {node.Links} size {node.Size}"));
        writer.Write(Text($" {node.InodeSize}+{_tree.XattrSize(node)}+{node.MapSize}+{node.TailSize} {LayoutName(node.Layout)}"));
        if (node.Blocks > 0)
            writer.Write(Text($" {node.Blocks}@{node.StartBlock}"));
        writer.WriteLine();
    }

    private static string LayoutName(ErofsDataLayout layout) => layout switch
    {
        ErofsDataLayout.Plain => "plain",
        ErofsDataLayout.Inline => "inline",
        ErofsDataLayout.Chunks => "chunks",
        ErofsDataLayout.CompressedCompact => "compact",
        _ => "full",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
