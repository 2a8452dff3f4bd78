using System.Globalization;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Integrity;
using Diecast.Formats.Trees;
using Diecast.Repart.Definitions;

namespace Diecast.Genimage;

/// <content>Archives, disks in other formats, and what is made of other images.</content>
internal sealed partial class ImageMaker
{
    private const string BootInfoTable = "-no-emul-boot -boot-load-size 4 -boot-info-table -c boot.cat -hide boot.cat";

    private Func<Blob> Tar(GenimageImage image)
    {
        string name = image.File;
        CompressionFormat format = name switch
        {
            _ when Ends(".gz", ".tgz") => CompressionFormat.Gzip,
            _ when Ends(".xz", ".txz") => CompressionFormat.Xz,
            _ when Ends(".zst", ".tzst") => CompressionFormat.Zstd,
            _ when Ends(".bz2", ".tbz2", ".lzma", ".lzo", ".lz") => throw image.Section.Position.Wrong($"{name} would be compressed by its suffix, and there is no such compressor", "use .tar.gz, .tar.xz or .tar.zst"),
            _ => CompressionFormat.None,
        };
        return () => Compressed(image, TarWriter.Write(trees.Of(image)), format);

        bool Ends(params string[] suffixes) => Array.Exists(suffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal));
    }

    private Func<Blob> Cpio(GenimageImage image)
    {
        if (image.Type.Text("extraargs") is { Length: > 0 } arguments)
            throw image.Type.Wrong("extraargs", $"extraargs = {arguments}: no cpio program is called", "leave it out");
        string form = image.Type.Text("format") ?? "newc";
        if (form is not ("newc" or "tar" or "ustar"))
            throw image.Type.Wrong("format", $"there is no writer for cpio archives of the format {form}", "use newc, which Linux unpacks, or ustar");
        CompressionFormat format = image.Type.Text("compress")?.Split(' ')[0] switch
        {
            null or "" or "none" => CompressionFormat.None,
            "gzip" or "pigz" => CompressionFormat.Gzip,
            "xz" => CompressionFormat.Xz,
            "zstd" => CompressionFormat.Zstd,
            var other => throw image.Type.Wrong("compress", $"there is no compressor {other}", "use one of gzip, xz, zstd"),
        };
        return () =>
        {
            FileTree tree = trees.Of(image, HostXattrs.None);
            return Compressed(image, form == "newc" ? CpioWriter.Write(tree, new CpioOptions { Times = CpioTimes.Keep }) : TarWriter.Write(tree), format);
        };
    }

    /// <summary>What nothing else is made of is compressed as it is written; the rest must be known before.</summary>
    private Blob Compressed(GenimageImage image, Blob content, CompressionFormat format)
    {
        if (format == CompressionFormat.None)
            return content;
        if (!IsPart(image) && image.ExecPost is null)
        {
            image.Format = DiskFormats.Find(format switch { CompressionFormat.Gzip => "raw.gz", CompressionFormat.Xz => "raw.xz", _ => "raw.zst" })!;
            return content;
        }

        ICompressor compressor = format switch { CompressionFormat.Gzip => Compressors.Gzip(), CompressionFormat.Xz => Compressors.Xz(), _ => Compressors.Zstd() };
        return Blob.FromMemory(compressor.Compress(content));
    }

    private Func<Blob> Iso(GenimageImage image)
    {
        List<string> arguments = ArgumentsOf(image.Type);
        if (arguments.Find(word => word is not ("-r" or "-R" or "-rock" or "-J" or "-joliet" or "-quiet" or "-l")) is { } odd)
            throw image.Type.Wrong("extraargs", $"extraargs: {odd} is not an option that the writer has", "leave it out", "it has -r, -J and -l");
        if (image.Type.Text("input-charset") is { } charset && charset.ToUpperInvariant() is not ("DEFAULT" or "UTF-8" or "UTF8" or "ASCII" or "US-ASCII"))
            throw image.Type.Wrong("input-charset", $"input-charset = {charset}: names of files are UTF-8", "leave it out, and rename the files");
        IsoBootEntry[] boot = [];
        if (image.Type.Text("boot-image") is { } path)
        {
            if (image.Type.Text("bootargs") is { } bootArguments && bootArguments.Trim() is not (BootInfoTable or ""))
                throw image.Type.Wrong("bootargs", $"bootargs = {bootArguments}: only the usual ones are understood", $"leave it out; it means {BootInfoTable}");
            boot = [new IsoBootEntry { Path = "/" + path.TrimStart('/'), LoadSectors = 4, Patches = IsoBootPatches.InfoTable }];
        }

        return () => IsoFileSystem.Plan(trees.Of(image), new IsoOptions
        {
            VolumeId = image.Type.Text("volume-id") ?? "CDROM",
            CreationTime = context.Time,
            Joliet = arguments.Exists(word => word is "-J" or "-joliet") ? IsoJoliet.Long : IsoJoliet.None,
            Boot = boot,
        }).ToBlob();
    }

    /// <summary>Partitions one after the other, or where their offsets say, in a disk of another format.</summary>
    private Func<Blob> Qemu(GenimageImage image)
    {
        if (image.Type.Text("extraargs") is { Length: > 0 } arguments)
            throw image.Type.Wrong("extraargs", $"extraargs = {arguments}: qemu-img is not called", "leave it out");
        string name = image.Type.Text("format") ?? "qcow2";
        image.Format = DiskFormats.All.FirstOrDefault(format => format.QemuName == name && format.Write is not null)
            ?? throw image.Type.Wrong("format", $"there is no writer for disks of the format {name}", $"use one of {string.Join(", ", DiskFormats.All.Where(format => format.QemuName is not null).Select(format => format.QemuName).Distinct())}");
        ConfigSection[] partitions = [.. image.Section.All("partition")];
        if (partitions.Length == 0)
            throw image.Section.Position.Wrong($"{image.File} has no partition", "name the image that is converted: partition disk { image = \"disk.img\" }");
        if (Array.Find(partitions, partition => partition.Text("image") is not { Length: > 0 }) is { } empty)
            throw empty.Position.Wrong($"{empty.Title} has no image", "set image");
        if (IsPart(image))
            throw image.Section.Position.Wrong($"{image.File} is part of another image; only its disk could be, not its file", "take the image that it is made of");
        return () =>
        {
            var disk = new OverlayBuilder();
            foreach (ConfigSection partition in partitions)
                disk.Lay(partition.Size("offset") ?? disk.End, ContentOf(partition).Content!);
            return disk.ToBlob(Formats.Units.RoundUp(Math.Max(disk.End, image.Size ?? 0), DiskSettings.Sector));
        };
    }

    /// <summary>What nothing else is made of is looked at as it is written, so that blocks of one value take a few bytes.</summary>
    private Func<Blob> AndroidSparseImage(GenimageImage image)
    {
        string source = SourceOf(image);
        long block = image.Type.Size("block-size") ?? AndroidSparseOptions.Default.BlockSize;
        if (block is < DiskSettings.Sector or > 1 << 20 || (block & (block - 1)) != 0)
            throw image.Type.Wrong("block-size", $"block-size = {block} is no power of two from 512 to 1M", "write 4k, or leave it out");
        AndroidSparseOptions options = AndroidSparseOptions.Default with
        {
            BlockSize = (int)block,
            Holes = image.Type.Flag("fill-holes") == true ? AndroidSparseHoles.Fill : AndroidSparseHoles.DontCare,
            Checksum = image.Type.Flag("add-crc") == true ? AndroidSparseChecksum.Crc32 : AndroidSparseChecksum.None,
        };
        bool isWritten = !IsPart(image);
        if (!isWritten && options.Checksum != AndroidSparseChecksum.None)
            throw image.Type.Wrong("add-crc", $"add-crc: {image.File} is part of another image, and its checksum is known only once it is written", "leave it out");
        if (isWritten)
        {
            image.Format = DiskFormats.Find("android-sparse")!;
            image.FormatOptions =
            [
                new("block_size", block.ToString(CultureInfo.InvariantCulture)),
                new("holes", options.Holes == AndroidSparseHoles.Fill ? "fill" : "skip"),
                new("checksum", options.Checksum == AndroidSparseChecksum.Crc32 ? "crc32" : "none"),
                // Without parts, as genimage: its users send the file through fastboot, which cuts it.
                new("split_size", long.MaxValue.ToString(CultureInfo.InvariantCulture)),
            ];
        }

        return () =>
        {
            Blob content = ContentOf(source, image.Type.Find("image")!.ValuePosition);
            content = Padded(content, Formats.Units.RoundUp(content.Length, block));
            return isWritten ? content : AndroidSparse.Encode(content, options);
        };
    }

    private static string SourceOf(GenimageImage image) => image.Type.Text("image") is { Length: > 0 } source
        ? source
        : throw image.Type.Position.Wrong($"{image.File} is made of no image", "set image");

    private Func<Blob> Verity(GenimageImage image)
    {
        string source = SourceOf(image);
        DmVerityOptions options = VerityArguments(image);
        return () =>
        {
            DmVerityTree tree = DmVerity.Build(ContentOf(source, image.Type.Find("image")!.ValuePosition), options, cancellation);
            image.RootHash = tree.RootHash;
            return tree.Hash;
        };
    }

    /// <summary>What veritysetup format is told.</summary>
    private DmVerityOptions VerityArguments(GenimageImage image)
    {
        var options = new DmVerityOptions
        {
            Uuid = context.Derive(image.File, "verity"),
            Salt = Salt(image),
        };
        foreach (string word in ArgumentsOf(image.Type))
        {
            options = word.Split('=', 2) switch
            {
                ["--uuid", var text] when Guid.TryParseExact(text, "D", out Guid id) => options with { Uuid = id },
                ["--salt", "-"] => options with { Salt = ReadOnlyMemory<byte>.Empty },
                ["--salt", var text] when text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) => options with { Salt = Convert.FromHexString(text) },
                ["--data-block-size", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out int size) => options with { DataBlockSize = size },
                ["--hash-block-size", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out int size) => options with { HashBlockSize = size },
                ["--hash", "sha256"] or ["--format", "1"] => options,
                _ => throw image.Type.Wrong("extraargs", $"extraargs: {word} is not an option that the writer has", "leave it out", "it has --uuid=, --salt=, --data-block-size=, --hash-block-size= and --hash=sha256"),
            };
        }

        return options;
    }

    private byte[] Salt(GenimageImage image) =>
        [.. context.Derive(image.File, "verity salt").ToByteArray(bigEndian: true), .. context.Derive(image.File, "verity salt, rest").ToByteArray(bigEndian: true)];

    /// <summary>The signature of a root hash, as systemd wants it in a partition of its own.</summary>
    private Func<Blob> VeritySignatureOf(GenimageImage image)
    {
        string name = SourceOf(image);
        if (images.GetValueOrDefault(name) is not { Type.Name: "verity" } signed)
            throw image.Type.Wrong("image", $"{name} is no verity image of this configuration, so that there is no root hash to sign", "name the image with verity { }");
        (string certificate, string key) = (Pem(image, "cert"), Pem(image, "key"));
        return () =>
        {
            VeritySigner signer = VeritySigner.FromPem(certificate, key);
            using (signer.Certificate)
                return VeritySignature.Create(signed.RootHash!.Value, signer);
        };
    }

    private string Pem(GenimageImage image, string option)
    {
        string path = image.Type.Text(option) ?? throw image.Type.Position.Wrong($"{image.File} has no {option}", $"set {option} to a file in PEM");
        if (path.StartsWith(GenimageImage.Token, StringComparison.Ordinal))
            throw image.Type.Wrong(option, $"{path} is in a token, and keys in tokens are not used here", "set a file in PEM");
        string found = File.Exists(path) ? path : Path.Combine(context.InputPath, path);
        return File.Exists(found)
            ? File.ReadAllText(found)
            : throw image.Type.Wrong(option, $"there is no file {path}, here or in {context.InputPath}", "name its directory with --inputpath=");
    }
}
