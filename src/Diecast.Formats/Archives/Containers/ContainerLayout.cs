namespace Diecast.Formats.Archives;

/// <summary>Names of files, media types and annotations (OCI image specification 1.1; Docker's image specification 1.3).</summary>
internal static class ContainerLayout
{
    internal const string LayoutFile = "oci-layout";
    internal const string IndexFile = "index.json";
    internal const string BlobDirectory = "blobs/sha256/";
    internal const string DigestPrefix = "sha256:";

    /// <summary>Docker's own list of an archive's images.</summary>
    internal const string DockerManifestFile = "manifest.json";

    internal const string LayoutVersion = "1.0.0";

    internal const string IndexType = "application/vnd.oci.image.index.v1+json";
    internal const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    internal const string ConfigType = "application/vnd.oci.image.config.v1+json";
    internal const string LayerType = "application/vnd.oci.image.layer.v1.tar";

    internal const string DockerListType = "application/vnd.docker.distribution.manifest.list.v2+json";
    internal const string DockerManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>The tag, which skopeo, umoci and others find an image of a layout by (annotations.md).</summary>
    internal const string ReferenceAnnotation = "org.opencontainers.image.ref.name";

    /// <summary>The whole name, which containerd, Docker and podman give the image.</summary>
    internal const string NameAnnotation = "io.containerd.image.name";

    /// <summary>A file of this name's prefix takes away what it is named after (layer.md, Whiteouts).</summary>
    internal static ReadOnlySpan<byte> Whiteout => ".wh."u8;

    /// <summary>Takes away all that the directory has from layers below.</summary>
    internal static ReadOnlySpan<byte> OpaqueWhiteout => ".wh..wh..opq"u8;

    /// <summary>Begins the names that AUFS keeps for itself, of which only the one above says something.</summary>
    internal static ReadOnlySpan<byte> WhiteoutMetadata => ".wh..wh."u8;

    internal static string BlobPath(string digest) => BlobDirectory + digest[DigestPrefix.Length..];
}
