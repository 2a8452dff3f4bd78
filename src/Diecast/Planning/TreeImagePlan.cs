using Diecast.Formats.Archives;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>An image that is a tree of files, and what each output makes of it.</summary>
internal sealed class TreeImagePlan : ImagePlan
{
    private readonly FileTree _tree;
    private readonly OutputContent[] _contents;

    /// <summary>Decides what stands in each output.</summary>
    /// <param name="tree">The finished tree.</param>
    /// <param name="formats">The image's formats, in order.</param>
    internal TreeImagePlan(FileTree tree, ValueList<DiskFormat> formats)
    {
        _tree = tree;
        var tar = new Lazy<OutputContent>(() => new OutputContent(TarWriter.Write(tree)));
        _contents = [.. formats.Select(_ => tar.Value)];
        Length = tree.Walk().Sum(entry => (entry.Inode as FileInode)?.Content.Length ?? 0);
    }

    internal override long Length { get; }

    internal override OutputContent Content(int format) => _contents[format];

    internal override void Print(Action<FormattableString> line, PlanDetail detail)
    {
        line($"tree {_tree.Walk().Count()} entries, {Length} bytes of content");
        if (detail == PlanDetail.Summary)
            return;
        foreach (TreeEntry entry in _tree.Walk())
            line($"  {Convert.ToString(entry.Inode.FullMode, 8)} {entry.Inode.Uid}:{entry.Inode.Gid} {(entry.Inode as FileInode)?.Content.Length ?? 0} {entry.Path}");
    }
}
