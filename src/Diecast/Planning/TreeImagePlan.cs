using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;

namespace Diecast.Planning;

/// <summary>An image that is a tree of files, and what each output makes of it.</summary>
internal sealed class TreeImagePlan : ImagePlan
{
    private readonly FileTree _tree;
    private readonly List<(TreeCompression Compression, PackedContainer Image)> _packed = [];
    private readonly OutputContent[] _contents;
    private readonly ContainerPlan? _container;

    /// <summary>Decides what stands in each output. Layers are packed here: only what they became tells their digests.</summary>
    /// <param name="tree">The finished tree.</param>
    /// <param name="formats">The image's formats, in order.</param>
    /// <param name="container">The container's layers and settings; null where no output is a container.</param>
    /// <param name="packing">Where layers are packed.</param>
    internal TreeImagePlan(FileTree tree, ValueList<DiskFormat> formats, ContainerPlan? container, PackingPlace packing)
    {
        _tree = tree;
        _container = container;
        var tar = new Lazy<OutputContent>(() => new OutputContent(TarWriter.Write(tree)));
        _contents = [.. formats.Select(format => ContentOf(format, tar, packing))];
        Length = tree.Walk().Select(entry => entry.Inode).OfType<FileInode>().Distinct().Sum(file => file.Content.Length);
    }

    internal override long Length { get; }

    internal override OutputContent Content(int format) => _contents[format];

    internal override void Print(Action<FormattableString> line, PlanDetail detail)
    {
        line($"tree {_tree.Walk().Count()} entries, {Length} bytes of content");
        foreach ((TreeCompression compression, PackedContainer image) in _packed)
        {
            line($"container {_container!.Reference} {_container.Configuration.OperatingSystem}/{_container.Configuration.Architecture}, layers {Name(compression)}, manifest {image.ManifestDigest}, configuration {image.ConfigurationDigest}");
            for (int i = 0; i < image.Layers.Count; i++)
            {
                PackedLayer layer = image.Layers[i];
                line($"layer {i + 1} {layer.Digest}, {layer.Size} bytes of {layer.ArchiveSize}, content {layer.DiffId}, \"{layer.CreatedBy}\"");
            }
        }

        if (detail == PlanDetail.Summary)
            return;
        foreach (TreeEntry entry in _tree.Walk())
            line($"  {Convert.ToString(entry.Inode.FullMode, 8)} {entry.Inode.Uid}:{entry.Inode.Gid} {(entry.Inode as FileInode)?.Content.Length ?? 0} {entry.Path}");
    }

    private static string Name(TreeCompression compression) => compression.Format switch
    {
        CompressionFormat.None => "not compressed",
        CompressionFormat.Gzip => "by gzip",
        _ => "by zstd",
    };

    private OutputContent ContentOf(DiskFormat format, Lazy<OutputContent> tar, PackingPlace packing)
    {
        ImageFormat known = TreeFormats.Find(format.Name)
            ?? throw new BuildException($"{format.Name} is no format of a tree", $"take one of {string.Join(", ", TreeFormats.All.Select(other => other.Name))}");
        if (known == TreeFormats.Tarball || known == TreeFormats.Wsl)
            return tar.Value;
        ContainerPlan container = _container
            ?? throw new BuildException($"{format.Name} is a container image, and the image type makes none", "take the image type docker or oci");
        ImageFormatValues values = ImageFormats.Values(known, format);
        TreeCompression compression = TreeCompression.Of(known, values);
        PackedContainer image = Pack(container, compression, packing);
        if (known == TreeFormats.OciDirectory)
            return new OutputContent(Blob.Empty, image.ToLayout(container.Reference));
        ContainerArchiveKinds kinds = known == TreeFormats.Oci ? ContainerArchiveKinds.Oci
            : values.Switch(TreeFormats.LayoutOption, true) ? ContainerArchiveKinds.Docker | ContainerArchiveKinds.Oci
            : ContainerArchiveKinds.Docker;
        return new OutputContent(image.ToArchive(container.Reference, kinds));
    }

    /// <summary>Outputs with the same compression have the same layers, which are packed once.</summary>
    private PackedContainer Pack(ContainerPlan container, TreeCompression compression, PackingPlace packing)
    {
        foreach ((TreeCompression known, PackedContainer there) in _packed)
        {
            if (known == compression)
                return there;
        }

        var options = new ContainerPackOptions { Compression = compression.Format, Level = compression.Format == CompressionFormat.None ? null : compression.Level };
        PackedContainer image = packing.Pack(
            (spool, run) => PackedContainer.Pack(container.Layers, container.Configuration, spool, options, run), packed => packed.Codec);
        _packed.Add((compression, image));
        return image;
    }
}

/// <summary>A container image before it is packed.</summary>
/// <param name="Layers">The layers, the lowest first.</param>
/// <param name="Configuration">How it is run.</param>
/// <param name="Reference">The name that it goes by.</param>
internal sealed record ContainerPlan(
    IReadOnlyList<ContainerLayer> Layers, ContainerConfiguration Configuration, ContainerReference Reference);
