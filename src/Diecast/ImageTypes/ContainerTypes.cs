namespace Diecast.ImageTypes;

/// <summary>Types whose images are a tree in an archive: what containers are made from.</summary>
internal static class ContainerTypes
{
    internal static readonly ImageType Tarball = Make("tarball", "tar archive of the system, compressed by gzip, xz or zstd", "tarball");

    /// <summary>In the order in which they are listed.</summary>
    internal static readonly ValueList<ImageType> All = [Tarball];

    /// <summary>A type that takes some formats, of which the first is its own. Nothing of a disk is filled in.</summary>
    private static ImageType Make(string name, string description, params ReadOnlySpan<DiskFormat> formats) =>
        new(name, description, static (_, image) => image)
        {
            Kind = ImageKind.Tree,
            Format = [formats[0]],
            Accepts = ValueList.Create(formats),
        };
}
