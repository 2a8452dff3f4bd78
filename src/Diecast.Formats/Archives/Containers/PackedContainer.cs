using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>
/// A container image, packed: its layers compressed and all digests known, so that an archive or a layout of it is but a list
/// of what stands where. See docs/formats/container.md.
/// </summary>
/// <remarks>
/// Equal layers, configuration and options give equal bytes, whatever the number of workers. What is compressed is in a
/// <see cref="ContentSpool"/>, and the image is good until that is disposed; what is not compressed refers to the trees.
/// </remarks>
public sealed class PackedContainer
{
    internal const string Format = "container";

    /// <summary>More than Docker unpacks: its layer store refuses deeper chains (layer.maxLayerDepth).</summary>
    internal const int MostLayers = 125;

    private readonly ContainerConfiguration _configuration;
    private readonly byte[] _configurationText;
    private readonly byte[] _manifestText;

    private PackedContainer(ContainerConfiguration configuration, IReadOnlyList<PackedLayer> layers, string? codec)
    {
        _configuration = configuration;
        Layers = layers;
        Codec = codec;
        _configurationText = ContainerDocuments.Configuration(configuration, [.. layers.Select(layer => (layer.DiffId, layer.CreatedBy))]);
        ConfigurationDigest = Digest(_configurationText);
        _manifestText = ContainerDocuments.Manifest(
            new ContainerDocuments.Descriptor(ContainerLayout.ConfigType, ConfigurationDigest, _configurationText.Length),
            [.. layers.Select(layer => new ContainerDocuments.Descriptor(layer.MediaType, layer.Digest, layer.Size))]);
        ManifestDigest = Digest(_manifestText);
    }

    /// <summary>The layers, the lowest first.</summary>
    public IReadOnlyList<PackedLayer> Layers { get; }

    /// <summary>Digest of the configuration, which Docker calls the image's id.</summary>
    public string ConfigurationDigest { get; }

    /// <summary>Digest of the OCI manifest, which registries call the image's.</summary>
    public string ManifestDigest { get; }

    /// <summary>Name, version and level of the codec that the bytes depend on; null where nothing is compressed.</summary>
    public string? Codec { get; }

    /// <summary>Packs an image.</summary>
    /// <param name="layers">The layers, the lowest first; one or more.</param>
    /// <param name="configuration">How the image is run.</param>
    /// <param name="spool">Where compressed layers go.</param>
    /// <param name="options">How layers are compressed, or null for the default.</param>
    /// <param name="run">Workers, progress (bytes of the uncompressed layers) and cancellation, or null for the default.</param>
    /// <exception cref="UnrepresentableException">A tree holds what a layer cannot: a socket, or a name that begins with <c>.wh.</c>; or an option is out of range.</exception>
    /// <exception cref="MissingLibraryException">The compressor's library is not installed.</exception>
    /// <exception cref="IOException">A file cannot be read, or the spool cannot be written.</exception>
    public static PackedContainer Pack(
        IReadOnlyList<ContainerLayer> layers,
        ContainerConfiguration configuration,
        ContentSpool spool,
        ContainerPackOptions? options = null,
        PackOptions? run = null)
    {
        if (layers.Count is 0 or > MostLayers)
            throw new UnrepresentableException(Format, null, FormattableString.Invariant($"{layers.Count} layers; an image has 1 to {MostLayers}"));
        options ??= new ContainerPackOptions();
        run ??= new PackOptions();
        BlockCodec? codec = LayerPacker.Codec(options);
        var packed = new List<PackedLayer>();
        long before = 0;
        foreach (ContainerLayer layer in layers)
        {
            RefuseWhiteouts(layer.Tree);
            Blob archive = TarWriter.Write(layer.Tree);
            packed.Add(LayerPacker.Pack(archive, layer.CreatedBy, codec, options.Compression == CompressionFormat.Gzip, spool, run, before));
            before += archive.Length;
        }

        return new PackedContainer(configuration, packed, codec?.Identity);
    }

    /// <summary>The image as an OCI layout: its files, by their paths.</summary>
    /// <param name="reference">The name that it goes by.</param>
    public FileTree ToLayout(ContainerReference reference)
    {
        var tree = new FileTree();
        foreach ((string path, Blob content) in Files(reference, ContainerArchiveKinds.Oci))
            tree.Set(path, new FileInode(content) { ModifiedTime = _configuration.Created });
        return tree;
    }

    /// <summary>The image as a tar archive: Docker's, an OCI layout, or both.</summary>
    /// <remarks>Documents come before layers, so that who reads a stream knows what follows.</remarks>
    /// <param name="reference">The name that it goes by.</param>
    /// <param name="kinds">What it is.</param>
    public Blob ToArchive(ContainerReference reference, ContainerArchiveKinds kinds)
    {
        const int EndBlocks = 2;
        var archive = new BlobBuilder();
        long time = Math.Clamp(_configuration.Created.Seconds, 0, TarEntryHeader.LatestTime);
        foreach ((string path, Blob content) in Files(reference, kinds))
        {
            archive.Append(Blob.FromMemory(TarEntryHeader.Ustar(path, content.Length, time)));
            archive.Append(content);
            archive.Append(Blob.Zeros(TarLayout.Padding(content.Length)));
        }

        return archive.ToBlob(archive.End + (EndBlocks * TarLayout.BlockSize));
    }

    private List<(string Path, Blob Content)> Files(ContainerReference reference, ContainerArchiveKinds kinds)
    {
        var files = new List<(string, Blob)>();
        if (kinds.HasFlag(ContainerArchiveKinds.Oci))
        {
            Add(ContainerLayout.LayoutFile, ContainerDocuments.Layout());
            var manifest = new ContainerDocuments.Descriptor(ContainerLayout.ManifestType, ManifestDigest, _manifestText.Length);
            Add(ContainerLayout.IndexFile, ContainerDocuments.Index(manifest, _configuration, reference));
            Add(ContainerLayout.BlobPath(ManifestDigest), _manifestText);
        }

        if (kinds.HasFlag(ContainerArchiveKinds.Docker))
        {
            Add(ContainerLayout.DockerManifestFile, ContainerDocuments.DockerManifest(
                ContainerLayout.BlobPath(ConfigurationDigest), Layers.Select(layer => ContainerLayout.BlobPath(layer.Digest)), reference));
        }

        Add(ContainerLayout.BlobPath(ConfigurationDigest), _configurationText);
        // Equal layers are one file.
        files.AddRange(Layers.DistinctBy(layer => layer.Digest).Select(layer => (ContainerLayout.BlobPath(layer.Digest), layer.Content)));
        return files;

        void Add(string path, byte[] content) => files.Add((path, Blob.FromMemory(content)));
    }

    /// <summary>Readers would take such a name for the removal of another (layer.md, Whiteouts).</summary>
    private static void RefuseWhiteouts(FileTree tree)
    {
        foreach (ArchiveEntry entry in ArchiveEntry.List(tree))
        {
            if (entry.Path.AsSpan(entry.Path.AsSpan().LastIndexOf((byte)'/') + 1).StartsWith(ContainerLayout.Whiteout))
                throw new UnrepresentableException(Format, entry.Display, $"a name that begins with {Encoding.ASCII.GetString(ContainerLayout.Whiteout)} takes away another in a layer");
        }
    }

    private static string Digest(byte[] text) => ContainerLayout.DigestPrefix + Convert.ToHexStringLower(SHA256.HashData(text));
}

/// <summary>What an archive of a container image is; both together are one that every reader takes.</summary>
[Flags]
public enum ContainerArchiveKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>What <c>docker load</c> reads: a <c>manifest.json</c> that names the files.</summary>
    Docker = 1,

    /// <summary>An OCI layout: an index, and every other file by its digest.</summary>
    Oci = 2,
}
