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
        ],
        RoundSize = (size, values) => Units.RoundUp(size, Math.Max(1, values.Bytes("block_size", AndroidSparseOptions.Default.BlockSize))),
        Probe = Disks.AndroidSparse.IsAndroidSparse,
        Read = (file, _) => Disks.AndroidSparse.Read(file),
        Write = request => Disks.AndroidSparse.OpenWriter(request.Disk, request.Outputs.Main, new AndroidSparseOptions
        {
            BlockSize = request.Values.Bytes("block_size", AndroidSparseOptions.Default.BlockSize),
            Holes = request.Values.Choice("holes", AndroidSparseHoles.DontCare, ("skip", AndroidSparseHoles.DontCare), ("fill", AndroidSparseHoles.Fill)),
        }),
    };

    internal static IReadOnlyList<ImageFormat> All => [Gce, AndroidSparse];
}
