using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>A container image that was read: of a docker archive or an OCI layout.</summary>
/// <remarks>
/// Documents are read and checked when it is opened; layers when they are asked for, and their digests are held against their
/// bytes then. See docs/formats/container.md for what is refused.
/// </remarks>
public sealed class ContainerImage
{
    /// <summary>
    /// A chain that Docker unpacks has at most 125 layers, and histories some more; a thousand is beyond anything honest.
    /// </summary>
    internal const int MostLayers = 1000;

    internal ContainerImage()
    {
    }

    /// <summary>Whether it is a docker archive, an OCI layout or both.</summary>
    public required ContainerArchiveKinds Kinds { get; init; }

    /// <summary>Names that it goes by, as the archive has them; for OCI layouts often a tag only.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>How it is run.</summary>
    public required ContainerConfiguration Configuration { get; init; }

    /// <summary>Digest of the configuration, which Docker calls the image's id.</summary>
    public required string ConfigurationDigest { get; init; }

    /// <summary>Digest of the OCI manifest; null in a docker archive without one.</summary>
    public required string? ManifestDigest { get; init; }

    /// <summary>The layers, the lowest first.</summary>
    public required IReadOnlyList<PackedLayer> Layers { get; init; }

    /// <summary>Reads a layout or an archive's files.</summary>
    /// <param name="layout">The files: of an OCI layout's directory, or of an unpacked docker archive or OCI archive.</param>
    /// <param name="options">Which image is meant, or null for the only one.</param>
    /// <exception cref="InvalidImageException">It is damaged or hostile, of a kind that is not supported, or holds several images and none was named.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ContainerImage Open(FileTree layout, ContainerReadOptions? options = null) =>
        new ContainerReader(layout, options ?? new ContainerReadOptions()).Read();

    /// <summary>Whether files are those of a docker archive or an OCI layout.</summary>
    public static bool IsContainer(FileTree layout) =>
        layout.ResolveFile(ContainerLayout.DockerManifestFile) is not null
        || (layout.ResolveFile(ContainerLayout.LayoutFile) is not null && layout.ResolveFile(ContainerLayout.IndexFile) is not null);

    /// <summary>
    /// Whether a tar archive that begins with a block may be of a container image: its first entry has a name of those that
    /// Docker, podman, skopeo, umoci and Diecast begin with.
    /// </summary>
    internal static bool IsFirstBlock(ReadOnlySpan<byte> block)
    {
        if (!TarLayout.IsChecksumRight(block) || !block.ContainsAnyExcept((byte)0))
            return false;
        string name = System.Text.Encoding.Latin1.GetString(TarLayout.Text(block[TarLayout.Name]));
        if (name.StartsWith("./", StringComparison.Ordinal))
            name = name[2..];
        string first = name.Split('/', '.')[0];
        return name is "" or "manifest.json" or "index.json" || first is "blobs" or "oci-layout" or "repositories"
            || (first.Length == 64 && first.All(char.IsAsciiHexDigitLower));
    }

    /// <summary>The tree that a container of the image starts with: all layers, one over the other.</summary>
    /// <param name="spool">Where files of compressed layers go; those of others are read where they are.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="InvalidImageException">A layer is damaged or hostile, or is not what its digests say.</exception>
    /// <exception cref="Compression.MissingLibraryException">The library for a layer's compression is not installed.</exception>
    /// <exception cref="IOException">A layer cannot be read, or the spool cannot be written.</exception>
    public FileTree Flatten(ContentSpool spool, CancellationToken cancellation = default)
    {
        var tree = new FileTree();
        foreach (PackedLayer layer in Layers)
            LayerReader.Apply(layer, tree, spool, cancellation);
        return tree;
    }
}

/// <summary>Which image of several is read.</summary>
public sealed record ContainerReadOptions
{
    /// <summary>Its name, as in <c>server:latest</c>, or only its tag. Default: none, there is but one image.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// The architecture, as Go names it, where one name stands for images of several; with a variant behind a slash, as in
    /// <c>arm/v7</c>, or without. Default: none, there is but one.
    /// </summary>
    public string? Architecture { get; init; }

    /// <summary>The architecture to take, in the same form, of those that are still meant; no error where none is of it. Default: none.</summary>
    public string? Preferred { get; init; }
}
