using Diecast.Formats;
using Diecast.Formats.Disks;

namespace Diecast.ImageTypes;

/// <summary>The formats of an image: what its type fills in, and what they ask of its size.</summary>
internal static class ImageFormats
{
    private const string LogicalSectorSize = "logical_sector_size";

    /// <summary>More than any set of rules needs that a size can keep at all.</summary>
    private const int MostRounds = 64;

    /// <summary>The image with its formats, their options as far as the type sets them, and the multiple of its size.</summary>
    internal static Image Complete(ImageType type, Image image)
    {
        ValueList<DiskFormat> formats = image.Format.Count > 0 ? image.Format : type.Format;
        if (type.IsTree())
            return image with { Format = formats.Select(format => WithCompression(Accepted(type, format) ?? format, image.Compression)).ToValueList() };
        return image with
        {
            Format = formats.Select(format => WithSectorSize(Accepted(type, format) ?? format, image.SectorSize)).ToValueList(),
            SizeMultiple = image.SizeMultiple ?? type.SizeMultiple,
        };
    }

    /// <summary>The format of a name that images of a type are written in, or null.</summary>
    internal static ImageFormat? Find(ImageType? type, string name) => type.IsTree()
        ? TreeFormats.Find(name)
        : DiskFormats.Find(name) is { Write: not null } known ? known : null;

    /// <summary>The formats that images of a type are written in.</summary>
    internal static IEnumerable<ImageFormat> All(ImageType? type) => type.IsTree()
        ? TreeFormats.All
        : DiskFormats.All.Where(format => format.Write is not null);

    /// <summary>Says what is wrong with a format's options.</summary>
    /// <exception cref="Diecast.Formats.UnrepresentableException">An option's value is not one that the format takes.</exception>
    /// <exception cref="Diecast.Formats.Compression.MissingLibraryException">A compressor's library is not installed.</exception>
    internal static void CheckOptions(ImageType? type, ImageFormat known, ImageFormatValues values)
    {
        if (type.IsTree())
            TreeFormats.CheckOptions(known, values);
        else
            DiskFormats.CheckOptions(known, values);
    }

    /// <summary>A format as a type takes it, with the options that it must have; null when the type does not take it.</summary>
    internal static DiskFormat? Accepted(ImageType type, DiskFormat format)
    {
        if (type.Accepts.Count == 0)
            return format;
        string? name = Find(type, format.Name)?.Name;
        DiskFormat? accepted = type.Accepts.FirstOrDefault(known => known.Name == name && known.Options.All(option =>
            format.Options.LastOrDefault(given => given.Name == option.Name) is not { } given || given.Value == option.Value));
        return accepted is null ? null : format with
        {
            Options = [.. format.Options, .. accepted.Options.Where(option => format.Options.All(given => given.Name != option.Name))],
        };
    }

    /// <summary>The options, with their names checked.</summary>
    /// <exception cref="Diecast.Formats.UnrepresentableException">The format has no such option.</exception>
    internal static ImageFormatValues Values(ImageFormat known, DiskFormat format) =>
        new(known, format.Options.Select(option => KeyValuePair.Create(option.Name, option.Value)));

    /// <summary>The name of an output's file.</summary>
    internal static string FileName(string imageName, ImageFormat known, DiskFormat format) =>
        format.File ?? imageName + TreeFormats.ExtensionOf(known, format);

    /// <summary>
    /// The least size at or above one that is a multiple of <see cref="Image.SizeMultiple"/> and that every format holds
    /// exactly; null when no size is all of that.
    /// </summary>
    /// <exception cref="Diecast.Formats.UnrepresentableException">The size is beyond a format, or an option is wrong.</exception>
    internal static long? RoundSize(Image image, long size)
    {
        for (int round = 0; round < MostRounds; round++)
        {
            long rounded = image.SizeMultiple is { Bytes: > 0 } multiple ? Units.RoundUp(size, multiple.Bytes) : size;
            foreach (DiskFormat format in image.Format)
            {
                if (DiskFormats.Find(format.Name) is { } known)
                    rounded = known.RoundSize(rounded, Values(known, format));
            }

            if (rounded == size)
                return size;
            size = rounded;
        }

        return null;
    }

    private static DiskFormat WithCompression(DiskFormat format, ImageCompression? compression) =>
        compression is null || format.Options.Any(option => option.Name == TreeFormats.CompressionOption) ? format : format with
        {
            Options = [.. format.Options, new FormatOption(TreeFormats.CompressionOption, compression.Value.ToString().ToLowerInvariant())],
        };

    /// <summary>A VHDX tells the guest its sectors; the table is made for the image's.</summary>
    private static DiskFormat WithSectorSize(DiskFormat format, int sectorSize)
    {
        bool tells = DiskFormats.Find(format.Name)?.Options.Any(option => option.Name == LogicalSectorSize) == true;
        return sectorSize == 512 || !tells || format.Options.Any(option => option.Name == LogicalSectorSize) ? format : format with
        {
            Options = [.. format.Options, new FormatOption(LogicalSectorSize, sectorSize.ToString(System.Globalization.CultureInfo.InvariantCulture))],
        };
    }
}
