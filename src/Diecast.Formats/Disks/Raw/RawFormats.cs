using Diecast.Formats.Compression;

namespace Diecast.Formats.Disks;

/// <summary>Raw disks, plain and compressed, in the catalogue.</summary>
internal static class RawFormats
{
    private const int GzipBlock = 1 << 20;
    private const int ZstdBlock = 4 << 20;

    /// <summary>
    /// The dictionary is no larger than a block, so that a compressor takes 12 MB, not a hundred. With twice as much an image
    /// would be a thousandth smaller and take a third more time.
    /// </summary>
    private const int XzBlock = 1 << 20;

    private static readonly ImageFormatOption Bmap = new("bmap", "on: write the block map (bmap 2.0, for bmaptool) beside it, IMAGE.bmap", "off");

    internal static readonly ImageFormat Raw = new()
    {
        Name = "raw",
        Aliases = ["disk-image"],
        Extension = ".raw",
        OtherExtensions = [".img", ".dd"],
        Description = "the disk's bytes, in a sparse file",
        Options = [Bmap],
        Read = (file, _) => file,
        QemuName = "raw",
        Write = request => WithBmap(request, new RawDiskWriter(request.Outputs.Main)),
        FindsZeros = _ => true,
    };

    internal static readonly ImageFormat Gzip = Compressed("raw.gz", ".gz", "the disk's bytes, compressed by gzip", "1, fast, to 12, small", 6, 12,
        [], (request, level) => new CompressedRawWriter(GzipSections.Codec(level), GzipBlock, new GzipFraming(), request.Outputs.Main, request.Write));

    internal static readonly ImageFormat Xz = Compressed("raw.xz", ".xz", "the disk's bytes, compressed by xz", "1, fast, to 9, small", 6, 9,
        [], (request, level) => new CompressedRawWriter(BlockCodecs.Xz(level, XzBlock), XzBlock, new XzFraming(), request.Outputs.Main, request.Write));

    internal static readonly ImageFormat Zstd = Compressed("raw.zst", ".zst", "the disk's bytes, compressed by Zstandard", "1, fast, to 19, small", 3, 19,
        [new ImageFormatOption("seekable", "on: end with the table of zstd's seekable format", "off")],
        (request, level) => new CompressedRawWriter(
            BlockCodecs.Zstd(level),
            ZstdBlock,
            request.Values.Switch("seekable", false) ? new SeekableFraming() : new PlainFraming(),
            request.Outputs.Main,
            request.Write));

    private static ImageFormat Compressed(
        string name,
        string extension,
        string description,
        string levels,
        int level,
        int most,
        IReadOnlyList<ImageFormatOption> options,
        Func<ImageWriteRequest, int, DiskWriter> open) => new()
        {
            Name = name,
            Extension = ".raw" + extension,
            OtherExtensions = [".img" + extension, extension],
            Description = description,
            Options = [new ImageFormatOption("level", levels, level.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. options, Bmap],
            FindsZeros = _ => true,
            Write = request => WithBmap(request, open(request, request.Values.Number("level", 1, most, level))),
        };

    private static DiskWriter WithBmap(ImageWriteRequest request, DiskWriter writer)
    {
        bool hasMap = request.Values.Switch("bmap", false);
        if (hasMap)
            writer = new CompositeDiskWriter([writer, new BmapWriter(request.Outputs.Beside(request.Outputs.Name + ".bmap"))]);
        // The map is of what is found; compressors find zeros by themselves.
        if (hasMap && request.ZeroGrain > 0)
            return new ZeroFindingWriter(writer, request.ZeroGrain);
        return writer is RawDiskWriter ? request.LeavingOutZeros(writer, request.Outputs.Main) : writer;
    }
}
