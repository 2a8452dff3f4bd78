namespace Diecast.ImageTypes;

/// <summary>Types whose images are a tree in an archive: what containers are made from.</summary>
internal static class ContainerTypes
{
    internal static readonly ImageType Tarball = Make(ImageKind.Tree, "tarball", "tar archive of the system, compressed by gzip, xz or zstd", "tarball");

    internal static readonly ImageType Docker = Make(
        ImageKind.Container, "docker", "container image for docker load and podman load, an OCI layout as well", "docker", "oci", "oci-dir", "tarball");

    internal static readonly ImageType Oci = Make(
        ImageKind.Container, "oci", "container image as an OCI layout, in an archive or a directory", "oci", "oci-dir", "docker", "tarball");

    internal static readonly ImageType Wsl = Make(ImageKind.Wsl, "wsl2", "distribution for the Windows Subsystem for Linux, a .wsl file", "wsl2");

    /// <summary>In the order in which they are listed.</summary>
    internal static readonly ValueList<ImageType> All = [Tarball, Docker, Oci, Wsl];

    /// <summary>A type that takes some formats, of which the first is its own. Nothing of a disk is filled in.</summary>
    private static ImageType Make(ImageKind kind, string name, string description, params ReadOnlySpan<DiskFormat> formats) =>
        new(name, description, static (_, image) => image)
        {
            Kind = kind,
            Format = [formats[0]],
            Accepts = ValueList.Create(formats),
        };
}
