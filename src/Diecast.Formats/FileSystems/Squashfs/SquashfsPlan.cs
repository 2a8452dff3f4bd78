using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>A squashfs whose content is compressed and which is yet to be written to its place.</summary>
public sealed class SquashfsPlan : PackedFileSystem
{
    private readonly SquashfsOptions _options;
    private readonly SquashfsScanner _scanner;
    private readonly byte[] _superblock;
    private readonly IReadOnlyList<(long Start, uint Size)> _fragments;
    private readonly Blob _blob;

    internal SquashfsPlan(
        SquashfsOptions options, SquashfsScanner scanner, byte[] superblock, IReadOnlyList<(long Start, uint Size)> fragments, string? codec, Blob blob)
    {
        _options = options;
        _scanner = scanner;
        _superblock = superblock;
        _fragments = fragments;
        Codec = codec;
        _blob = blob;
    }

    /// <inheritdoc/>
    public override long Length => _blob.Length;

    /// <inheritdoc/>
    public override string? Codec { get; }

    /// <inheritdoc/>
    public override Blob ToBlob() => _blob;

    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer)
    {
        ulong Field(LayoutField field) => field.Get(_superblock);
        string compression = _options.Compression.ToString().ToLowerInvariant();
        string flags = ((SquashfsFlags)Field(SquashfsLayout.Superblock.Flags)).ToString();
        Line(writer, $"squashfs 4.0 {compression} blocks of {_options.BlockSize} time {_options.Time.Seconds}");
        Line(writer, $"flags {flags}");
        Line(writer, $"length {Length}: {Field(SquashfsLayout.Superblock.BytesUsed)} used, {_scanner.Count} inodes, {_fragments.Count} fragments, {_scanner.Ids.Count} owners");
        Line(writer, $"inodes at {Field(SquashfsLayout.Superblock.InodeTable)} directories at {Field(SquashfsLayout.Superblock.DirectoryTable)} root {Reference(_scanner.Directories[0])}");
    }

    /// <inheritdoc/>
    public override void Print(TextWriter writer)
    {
        PrintSummary(writer);
        for (int i = 0; i < _fragments.Count; i++)
            Line(writer, $"fragment {i} at {_fragments[i].Start} size {Size(_fragments[i].Size)}");
        var printed = new HashSet<SquashfsNode>();
        Print(writer, _scanner.Directories[0], "/", isRoot: true);
        var stack = new Stack<(SquashfsDirectory Directory, string Path, int Next)>([(_scanner.Directories[0], "/", 0)]);
        while (stack.TryPop(out (SquashfsDirectory Directory, string Path, int Next) step))
        {
            if (step.Next == step.Directory.Children.Length)
                continue;
            stack.Push(step with { Next = step.Next + 1 });
            SquashfsNode node = step.Directory.Children[step.Next];
            string path = step.Path + ((DirectoryInode)step.Directory.Inode).Entries[step.Next].Name;
            if (printed.Add(node))
                Print(writer, node, path, isRoot: false);
            else
                Line(writer, $"inode {node.Number} again {path}");
            if (node is SquashfsDirectory directory)
                stack.Push((directory, path + "/", 0));
        }
    }

    private void Print(TextWriter writer, SquashfsNode node, string path, bool isRoot)
    {
        (uint uid, uint gid) = _scanner.OwnerOf(node.Inode, isRoot);
        int mode = (int)node.Inode.Type | ((isRoot ? _options.RootMode : null) ?? node.Inode.Mode);
        string rest = node switch
        {
            SquashfsDirectory { Listing: { } listing } => Text($" listing {listing.Place.Block}:{listing.Place.Offset}+{listing.Length} index {listing.Index.Count}"),
            { Data: { Length: > 0 } data } => Describe(data),
            _ => "",
        };
        Line(writer, $"inode {node.Number} {path} {Convert.ToString(mode, 8)} {uid}:{gid} links {node.Links} at {Reference(node)}{rest}");
    }

    private static string Describe(SquashfsFileData data)
    {
        string blocks = data.Blocks.Length == 0 ? "" : Text($" blocks at {data.Start} {string.Join(' ', data.Blocks.Select(Size))}");
        string fragment = data.Fragment == SquashfsLayout.NoFragment ? "" : Text($" fragment {data.Fragment}+{data.FragmentOffset}");
        return Text($" size {data.Length}{blocks}{fragment}");
    }

    private static string Reference(SquashfsNode node) => Text($"{node.Reference!.Value.Block}:{node.Reference.Value.Offset}");

    private static string Size(uint size) =>
        Text($"{size & ~SquashfsLayout.StoredData}{((size & SquashfsLayout.StoredData) != 0 ? " stored" : "")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(TextWriter writer, FormattableString line) => writer.WriteLine(Text(line));
}
