using Diecast.Formats;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;

namespace Diecast.ImageTypes;

/// <summary>The formats of images that are a tree: archives, and one that is a directory.</summary>
internal static class TreeFormats
{
    internal const string CompressionOption = "compression";
    internal const string LevelOption = "level";
    internal const string LayoutOption = "oci";

    private const int GzipBlock = 1 << 20;
    private const int ZstdBlock = 4 << 20;
    private const int XzBlock = 1 << 20;

    private static readonly ImageFormatOption Level =
        new(LevelOption, "how hard it compresses: gzip 1 to 12, xz 1 to 9, zstd 1 to 19", "6, for zstd 3");

    internal static readonly ImageFormat Tarball = new()
    {
        Name = "tarball",
        Extension = ".tar.gz",
        OtherExtensions = [".tar", ".tar.xz", ".tar.zst", ".tgz"],
        Description = "a tar archive of the tree",
        Options = [new ImageFormatOption(CompressionOption, "gzip, xz, zstd or none", "gzip"), Level],
        Write = request => Open(request, TreeCompression.Of(Tarball!, request.Values)),
    };

    internal static readonly ImageFormat Docker = new()
    {
        Name = "docker",
        Extension = ".docker.tar",
        Description = "a docker archive that is an OCI layout as well, for docker load and podman load",
        Options =
        [
            Layers,
            Level,
            new ImageFormatOption(LayoutOption, "on: be an OCI layout as well, as docker save writes it from version 25 on", "on"),
        ],
        Write = request => new RawDiskWriter(request.Outputs.Main),
    };

    internal static readonly ImageFormat Oci = new()
    {
        Name = "oci",
        Extension = ".oci.tar",
        Description = "an OCI layout in a tar archive",
        Options = [Layers, Level],
        Write = request => new RawDiskWriter(request.Outputs.Main),
    };

    internal static readonly ImageFormat OciDirectory = new()
    {
        Name = "oci-dir",
        Extension = ".oci",
        Description = "an OCI layout, a directory",
        Options = [Layers, Level],
    };

    internal static readonly ImageFormat Wsl = new()
    {
        Name = "wsl2",
        Extension = ".wsl",
        Description = "a tar archive that the Windows Subsystem for Linux installs",
        Options = [new ImageFormatOption(CompressionOption, "gzip or xz", "gzip"), Level],
        Write = request => Open(request, TreeCompression.Of(Wsl!, request.Values)),
    };

    /// <summary>All of them, in the order in which they are listed.</summary>
    internal static readonly ValueList<ImageFormat> All = [Tarball, Docker, Oci, OciDirectory, Wsl];

    private static ImageFormatOption Layers => new(CompressionOption, "how layers are compressed: gzip, zstd or none", "gzip");

    /// <summary>The format of a name, or null.</summary>
    internal static ImageFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>How a directory of a format is known; null where the format is a file.</summary>
    internal static OutputMark? MarkOf(ImageFormat format) => format == OciDirectory ? new OutputMark("oci-layout", "index.json") : null;

    /// <summary>The end of an output's name.</summary>
    internal static string ExtensionOf(ImageFormat format, DiskFormat declared)
    {
        if (format != Tarball)
            return format.Extension;
        return declared.Options.LastOrDefault(option => option.Name == CompressionOption)?.Value switch
        {
            "xz" => ".tar.xz",
            "zstd" => ".tar.zst",
            "none" => ".tar",
            _ => format.Extension,
        };
    }

    /// <summary>The compression that a tarball's name tells, or null.</summary>
    internal static ImageCompression? CompressionOf(string fileName) => fileName.ToLowerInvariant() switch
    {
        var name when name.EndsWith(".tar", StringComparison.Ordinal) => ImageCompression.None,
        var name when name.EndsWith(".tar.gz", StringComparison.Ordinal) || name.EndsWith(".tgz", StringComparison.Ordinal) => ImageCompression.Gzip,
        var name when name.EndsWith(".tar.xz", StringComparison.Ordinal) => ImageCompression.Xz,
        var name when name.EndsWith(".tar.zst", StringComparison.Ordinal) => ImageCompression.Zstd,
        _ => null,
    };

    /// <summary>Says what is wrong with options.</summary>
    /// <exception cref="UnrepresentableException">An option's value is not one that the format takes.</exception>
    /// <exception cref="MissingLibraryException">A compressor's library is not installed.</exception>
    internal static void CheckOptions(ImageFormat format, ImageFormatValues values)
    {
        TreeCompression compression = TreeCompression.Of(format, values);
        _ = values.Switch(LayoutOption, true);
        if (compression.Format != CompressionFormat.None)
            _ = Codec(compression);
    }

    private static DiskWriter Open(ImageWriteRequest request, TreeCompression compression)
    {
        DiskOutput output = request.Outputs.Main;
        return compression.Format switch
        {
            CompressionFormat.Gzip => new CompressedRawWriter(Codec(compression), GzipBlock, new GzipFraming(), output, request.Write),
            CompressionFormat.Xz => new CompressedRawWriter(Codec(compression), XzBlock, new XzFraming(), output, request.Write),
            CompressionFormat.Zstd => new CompressedRawWriter(Codec(compression), ZstdBlock, new PlainFraming(), output, request.Write),
            _ => new RawDiskWriter(output),
        };
    }

    private static BlockCodec Codec(TreeCompression compression) => compression.Format switch
    {
        CompressionFormat.Gzip => GzipSections.Codec(compression.Level),
        CompressionFormat.Xz => BlockCodecs.Xz(compression.Level, XzBlock),
        _ => BlockCodecs.Zstd(compression.Level),
    };
}

/// <summary>How a directory is known that a format's output is.</summary>
/// <param name="File">The file that is in each of them.</param>
/// <param name="DigestFile">The file that names all others by their digests, so that its own stands for all.</param>
internal sealed record OutputMark(string File, string DigestFile);
