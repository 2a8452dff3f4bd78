using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Google's and Android's formats in the catalogue.</summary>
internal static class OtherFormats
{
    private static readonly ImageFormat Gce = new()
    {
        Name = "gce",
        Extension = ".tar.gz",
        Description = "Google Compute Engine: disk.raw in a tar.gz; whole GiB",
        Options = [new("level", "1, fast, to 12, small", "6")],
        RoundSize = (size, _) => Units.RoundUp(Math.Max(size, 1), Disks.Gce.SizeUnit),
        Probe = file => VmwareFormats.IsTar(file) && VmwareFormats.Name(file) == "disk.raw",
        // The type of a tar's member; S is GNU's for a file with a map of its holes.
        Describe = file => [new("sparse", file.Slice(156, 1).ToArray()[0] == (byte)'S' ? "on" : "off")],
        Read = (file, context) =>
        {
            if (context.MakeSpool is null)
                throw new InvalidImageException("gce", "the archive must be unpacked, and there is nowhere to do that");
            using Stream archive = file.OpenRead();
            return Disks.Gce.Read(archive, context.MakeSpool());
        },
        Write = request => Disks.Gce.OpenWriter(
            request.Disk, request.Outputs.Main, new GceOptions { Level = request.Values.Number("level", 1, 12, 6) }, request.Write),
    };

    private static readonly ImageFormat AndroidSparse = new()
    {
        Name = "android-sparse",
        Aliases = ["simg"],
        Extension = ".simg",
        Description = "fastboot",
        Options =
        [
            new("block_size", "bytes in a block, a multiple of 4", "4096"),
            new("holes", "skip, or fill for media that are not erased", "skip"),
            new("checksum", "none, or crc32 for loaders that ask for one", "none"),
            new("split_size", "the most bytes of a file: where that may not be enough there are NAME.0, NAME.1 and so on", "4G less 1"),
        ],
        RoundSize = (size, values) => Units.RoundUp(size, Math.Max(1, values.Bytes("block_size", AndroidSparseOptions.Default.BlockSize))),
        Probe = Disks.AndroidSparse.IsAndroidSparse,
        Read = (file, context) => Disks.AndroidSparse.Read(Parts(file, context)),
        FindsZeros = _ => true,
        Describe = file =>
        {
            AndroidSparseLayout.Header header = AndroidSparseLayout.ReadHeader(file.Slice(0, AndroidSparseLayout.HeaderBytes).ToArray());
            return
            [
                new("version", string.Create(CultureInfo.InvariantCulture, $"{header.Major}")),
                new("block_size", string.Create(CultureInfo.InvariantCulture, $"{header.BlockSize}")),
                new("blocks", string.Create(CultureInfo.InvariantCulture, $"{header.Blocks}")),
                new("chunks", string.Create(CultureInfo.InvariantCulture, $"{header.Chunks}")),
            ];
        },
        Write = request =>
        {
            var options = new AndroidSparseOptions
            {
                BlockSize = request.Values.Bytes("block_size", AndroidSparseOptions.Default.BlockSize),
                Holes = request.Values.Choice("holes", AndroidSparseHoles.DontCare, ("skip", AndroidSparseHoles.DontCare), ("fill", AndroidSparseHoles.Fill)),
                Checksum = request.Values.Choice("checksum", AndroidSparseChecksum.None, ("none", AndroidSparseChecksum.None), ("crc32", AndroidSparseChecksum.Crc32)),
                LargestPart = request.Values.LongBytes("split_size", AndroidSparseOptions.Default.LargestPart),
            };
            return Disks.AndroidSparse.FitsOnePart(request.Disk, options)
                ? Disks.AndroidSparse.OpenWriter(request.Disk, request.Outputs.Main, options)
                : Disks.AndroidSparse.OpenWriter(request.Disk, part => request.Outputs.Beside(PartName(request.Outputs.Name, part)), options);
        },
    };

    /// <summary>More than any image has; a name that ends with a larger number is another thing.</summary>
    private const int MostParts = 10_000;

    internal static IReadOnlyList<ImageFormat> All => [Gce, AndroidSparse];

    /// <summary>As simg2simg and the build of Android call them.</summary>
    private static string PartName(string name, int part) => string.Create(CultureInfo.InvariantCulture, $"{name}.{part}");

    /// <summary>The image itself, or with the others beside it when its name is that of one of several parts.</summary>
    private static List<Blob> Parts(Blob file, ImageReadContext context)
    {
        string name = Path.GetFileName(context.Path ?? "");
        int dot = name.LastIndexOf('.');
        if (context.OpenBeside is not { } open
            || !int.TryParse(name.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int own)
            || own >= MostParts
            || dot <= 0
            || PartName(name[..dot], own) != name)
        {
            return [file];
        }

        var parts = new List<Blob>();
        for (int i = 0; i < MostParts; i++)
        {
            Blob? part = i == own ? file : open(PartName(name[..dot], i));
            if (part is null || !Disks.AndroidSparse.IsAndroidSparse(part))
            {
                // Without the first it is no set, and a number in the name is only that.
                if (i == 0)
                    return [file];
                if (i < own)
                    throw new InvalidImageException("android-sparse", $"the part {PartName(name[..dot], i)} is missing");
                break;
            }

            parts.Add(part);
        }

        return parts;
    }
}
