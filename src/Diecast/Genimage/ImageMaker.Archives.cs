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

    private Blob Tar(GenimageImage image)
    {
        Blob archive = TarWriter.Write(trees.Of(image));
        string name = image.File;
        CompressionFormat format = name switch
        {
            _ when Ends(".gz", ".tgz") => CompressionFormat.Gzip,
            _ when Ends(".xz", ".txz") => CompressionFormat.Xz,
            _ when Ends(".zst", ".tzst") => CompressionFormat.Zstd,
            _ when Ends(".bz2", ".tbz2", ".lzma", ".lzo", ".lz") => throw image.Section.Position.Wrong($"{name} would be compressed by its suffix, and there is no such compressor", "use .tar.gz, .tar.xz or .tar.zst"),
            _ => CompressionFormat.None,
        };
        return Compressed(image, archive, format);

        bool Ends(params string[] suffixes) => Array.Exists(suffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal));
    }

    private Blob Cpio(GenimageImage image)
    {
        if (image.Type.Text("extraargs") is { Length: > 0 } arguments)
            throw image.Type.Wrong("extraargs", $"extraargs = {arguments}: no cpio program is called", "leave it out");
        FileTree tree = trees.Of(image, HostXattrs.None);
        Blob archive = image.Type.Text("format") switch
        {
            null or "newc" => CpioWriter.Write(tree, new CpioOptions { Times = CpioTimes.Keep }),
            "tar" or "ustar" => TarWriter.Write(tree),
            var other => throw image.Type.Wrong("format", $"there is no writer for cpio archives of the format {other}", "use newc, which Linux unpacks, or ustar"),
        };
        CompressionFormat format = image.Type.Text("compress")?.Split(' ')[0] switch
        {
            null or "" or "none" => CompressionFormat.None,
            "gzip" or "pigz" => CompressionFormat.Gzip,
            "xz" => CompressionFormat.Xz,
            "zstd" => CompressionFormat.Zstd,
            var other => throw image.Type.Wrong("compress", $"there is no compressor {other}", "use one of gzip, xz, zstd"),
        };
        return Compressed(image, archive, format);
    }

    /// <summary>What nothing else is made of is compressed as it is written; the rest must be known before.</summary>
    private Blob Compressed(GenimageImage image, Blob content, CompressionFormat format)
    {
        if (format == CompressionFormat.None)
            return content;
        if (!images.Values.Any(other => other.Uses.Any(used => used.File == image.File)) && image.ExecPost is null)
        {
            image.Format = DiskFormats.Find(format switch { CompressionFormat.Gzip => "raw.gz", CompressionFormat.Xz => "raw.xz", _ => "raw.zst" })!;
            return content;
        }

        ICompressor compressor = format switch { CompressionFormat.Gzip => Compressors.Gzip(), CompressionFormat.Xz => Compressors.Xz(), _ => Compressors.Zstd() };
        return Blob.FromMemory(compressor.Compress(content));
    }

    private Blob Iso(GenimageImage image)
    {
        if (image.Type.Text("extraargs") is { Length: > 0 } arguments && Words.Split(arguments)?.Find(word => word is not ("-r" or "-R" or "-rock" or "-J" or "-joliet" or "-quiet" or "-l")) is { } odd)
            throw image.Type.Wrong("extraargs", $"extraargs: {odd} is not an option that the writer has", "leave it out");
        bool hasJoliet = Words.Split(image.Type.Text("extraargs") ?? "")?.Exists(word => word is "-J" or "-joliet") == true;
        IsoBootEntry[] boot = [];
        if (image.Type.Text("boot-image") is { } path)
        {
            if (image.Type.Text("bootargs") is { } bootArguments && bootArguments.Trim() is not (BootInfoTable or ""))
                throw image.Type.Wrong("bootargs", $"bootargs = {bootArguments}: only the usual ones are understood", $"leave it out; it means {BootInfoTable}");
            boot = [new IsoBootEntry { Path = "/" + path.TrimStart('/'), LoadSectors = 4, Patches = IsoBootPatches.InfoTable }];
        }

        return IsoFileSystem.Plan(trees.Of(image), new IsoOptions
        {
            VolumeId = image.Type.Text("volume-id") ?? "CDROM",
            CreationTime = context.Time,
            Joliet = hasJoliet ? IsoJoliet.Long : IsoJoliet.None,
            Boot = boot,
        }).ToBlob();
    }

    /// <summary>Partitions one after the other, or where their offsets say, in a disk of another format.</summary>
    private Blob Qemu(GenimageImage image)
    {
        if (image.Type.Text("extraargs") is { Length: > 0 } arguments)
            throw image.Type.Wrong("extraargs", $"extraargs = {arguments}: qemu-img is not called", "leave it out");
        string name = image.Type.Text("format") ?? "qcow2";
        image.Format = DiskFormats.All.FirstOrDefault(format => format.QemuName == name && format.Write is not null)
            ?? throw image.Type.Wrong("format", $"there is no writer for disks of the format {name}", $"use one of {string.Join(", ", DiskFormats.All.Where(format => format.QemuName is not null).Select(format => format.QemuName).Distinct())}");
        ConfigSection[] partitions = [.. image.Section.All("partition")];
        if (partitions.Length == 0)
            throw image.Section.Position.Wrong($"{image.File} has no partition", "name the image that is converted: partition disk { image = \"disk.img\" }");
        if (images.Values.Any(other => other.Uses.Any(used => used.File == image.File)))
            throw image.Section.Position.Wrong($"{image.File} is part of another image; only its disk could be, not its file", "take the image that it is made of");
        var disk = new OverlayBuilder();
        foreach (ConfigSection partition in partitions)
        {
            (Blob? content, _) = ContentOf(partition);
            disk.Lay(partition.Size("offset") ?? disk.End, content ?? throw partition.Position.Wrong($"{partition.Title} has no image"));
        }

        long length = Math.Max(disk.End, image.Size ?? 0);
        return disk.ToBlob(Formats.Units.RoundUp(length, DiskSettings.Sector));
    }

    private Blob AndroidSparseImage(GenimageImage image)
    {
        if (image.Type.Flag("add-crc") == true)
            throw image.Type.Wrong("add-crc", "add-crc: checksums are not written; many boot loaders refuse them", "leave it out");
        Blob source = SourceOf(image);
        int block = (int)Math.Min(image.Type.Size("block-size") ?? 4096, int.MaxValue);
        if (block <= 0 || block % DiskSettings.Sector != 0)
            throw image.Type.Wrong("block-size", $"block-size = {block} is no multiple of 512");
        return AndroidSparse.Encode(Padded(source, Formats.Units.RoundUp(source.Length, block)), new AndroidSparseOptions
        {
            BlockSize = block,
            Holes = image.Type.Flag("fill-holes") == true ? AndroidSparseHoles.Fill : AndroidSparseHoles.DontCare,
        });
    }

    private Blob SourceOf(GenimageImage image) => image.Type.Text("image") is { Length: > 0 } source
        ? ContentOf(source, image.Type.Find("image")!.Position)
        : throw image.Type.Position.Wrong($"{image.File} is made of no image", "set image");

    private Blob Verity(GenimageImage image)
    {
        Blob data = SourceOf(image);
        var options = new DmVerityOptions
        {
            Uuid = context.Derive(image.File, "verity"),
            Salt = Salt(image),
        };
        DmVerityTree tree = DmVerity.Build(data, options, cancellation);
        image.RootHash = tree.RootHash;
        return tree.Hash;
    }

    private byte[] Salt(GenimageImage image) =>
        [.. context.Derive(image.File, "verity salt").ToByteArray(bigEndian: true), .. context.Derive(image.File, "verity salt, rest").ToByteArray(bigEndian: true)];

    /// <summary>The signature of a root hash, as systemd wants it in a partition of its own.</summary>
    private Blob VeritySignatureOf(GenimageImage image)
    {
        string name = image.Type.Text("image") ?? "";
        if (images.GetValueOrDefault(name)?.RootHash is not { } hash)
            throw image.Type.Wrong("image", $"{name} is no verity image of this configuration, so that there is no root hash to sign", "name the image with verity { }");
        VeritySigner signer = VeritySigner.FromPem(Pem(image, "cert"), Pem(image, "key"));
        using (signer.Certificate)
            return VeritySignature.Create(hash, signer);
    }

    private string Pem(GenimageImage image, string option)
    {
        string path = image.Type.Text(option) ?? throw image.Type.Position.Wrong($"{image.File} has no {option}", $"set {option} to a file in PEM");
        string found = File.Exists(path) ? path : Path.Combine(context.InputPath, path);
        return File.Exists(found)
            ? File.ReadAllText(found)
            : throw image.Type.Wrong(option, $"there is no file {path}, here or in {context.InputPath}", path.StartsWith("pkcs11:", StringComparison.Ordinal) ? "keys in tokens are not used here" : null);
    }
}
