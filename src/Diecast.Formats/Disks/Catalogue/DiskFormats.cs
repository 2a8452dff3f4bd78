using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Disks;

/// <summary>The catalogue of disk image formats.</summary>
public static class DiskFormats
{
    /// <summary>The disk's bytes as they are; holes stay holes.</summary>
    public static ImageFormat Raw => RawFormats.Raw;

    /// <summary>QEMU's format, version 3, clusters of 64 KiB.</summary>
    public static ImageFormat Qcow2 => QemuFormats.Qcow2;

    /// <summary>ISO 9660 volumes, whose bytes are those of the disk.</summary>
    public static ImageFormat Iso => IsoFormats.Iso;

    /// <summary>All formats, in the order in which they are listed and probed.</summary>
    public static IReadOnlyList<ImageFormat> All { get; } =
    [
        RawFormats.Raw, RawFormats.Gzip, RawFormats.Xz, RawFormats.Zstd, QemuFormats.Qcow2, QemuFormats.CompressedQcow2, QemuFormats.Qcow2Compressed, .. MicrosoftFormats.All, QemuFormats.Parallels,
        .. VmwareFormats.All, .. OtherFormats.All, IsoFormats.Iso,
    ];

    /// <summary>The format of a name or alias, or null.</summary>
    public static ImageFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name || format.Aliases.Contains(name));

    /// <summary>The format that a file's name ends with; the longest end decides. Null when no format has it.</summary>
    public static ImageFormat? FindByFileName(string fileName)
    {
        ImageFormat? found = null;
        int longest = 0;
        foreach (ImageFormat format in All)
        {
            foreach (string extension in (string[])[format.Extension, .. format.OtherExtensions])
            {
                if (extension.Length > longest && fileName.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                {
                    found = format;
                    longest = extension.Length;
                }
            }
        }

        return found;
    }

    /// <summary>The format that a file is in, by its content; raw when no format's mark is there.</summary>
    public static ImageFormat Probe(Blob file) => All.FirstOrDefault(format => format.Read is not null && format.Probe(file)) ?? Raw;

    /// <summary>Says what is wrong with options before any disk is there: a blank one is encoded to nowhere.</summary>
    /// <exception cref="UnrepresentableException">The format is not written, or an option's value is not one that it takes.</exception>
    /// <exception cref="MissingLibraryException">A compressor's library is not installed.</exception>
    public static void CheckOptions(ImageFormat format, ImageFormatValues values)
    {
        const long AnySize = 1L << 30;
        using DiskWriter writer = Open(format, new ImageWriteRequest
        {
            Disk = Blob.Zeros(format.RoundSize(AnySize, values)),
            Values = values,
            Outputs = new Nowhere(format),
            Ids = _ => Guid.Empty,
            Write = new DiskWriteOptions { Workers = 1 },
        });
    }

    /// <summary>A writer of an output in a format.</summary>
    /// <exception cref="UnrepresentableException">The format is not written, or cannot hold the disk or an option.</exception>
    /// <exception cref="NotSupportedException">The output is a stream and the format needs a file.</exception>
    public static DiskWriter Open(ImageFormat format, ImageWriteRequest request) => format.Write is { } write
        ? write(request)
        : throw new UnrepresentableException(format.Name, null, "the format is read, not written");

    private sealed class Nowhere(ImageFormat format) : ImageOutputs
    {
        public override string Name => "disk" + format.Extension;

        public override DiskOutput Main => new NullDiskOutput(Name);

        public override DiskOutput Beside(string name) => new NullDiskOutput(name);
    }
}
