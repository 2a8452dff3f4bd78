using Diecast.Formats.Compression;
using Diecast.Formats.Disks;

namespace Diecast.ImageTypes;

/// <summary>How an archive, or its layers, are compressed.</summary>
/// <param name="Format">By what.</param>
/// <param name="Level">How hard; 0 for none.</param>
internal sealed record TreeCompression(CompressionFormat Format, int Level)
{
    /// <summary>What the options of a format say.</summary>
    /// <exception cref="Diecast.Formats.UnrepresentableException">A value is not one that the format takes.</exception>
    internal static TreeCompression Of(ImageFormat format, ImageFormatValues values)
    {
        var gzip = ("gzip", CompressionFormat.Gzip);
        var xz = ("xz", CompressionFormat.Xz);
        var zstd = ("zstd", CompressionFormat.Zstd);
        var none = ("none", CompressionFormat.None);
        CompressionFormat compression = format.Name switch
        {
            "tarball" => values.Choice(TreeFormats.CompressionOption, CompressionFormat.Gzip, gzip, xz, zstd, none),
            "wsl2" => values.Choice(TreeFormats.CompressionOption, CompressionFormat.Gzip, gzip, xz),
            _ => values.Choice(TreeFormats.CompressionOption, CompressionFormat.Gzip, gzip, zstd, none),
        };
        return new TreeCompression(compression, compression switch
        {
            CompressionFormat.Gzip => values.Number(TreeFormats.LevelOption, 1, 12, 6),
            CompressionFormat.Xz => values.Number(TreeFormats.LevelOption, 1, 9, 6),
            CompressionFormat.Zstd => values.Number(TreeFormats.LevelOption, 1, 19, 3),
            _ => 0,
        });
    }
}
