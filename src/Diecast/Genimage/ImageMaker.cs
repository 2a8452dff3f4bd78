using System.Security.Cryptography;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Planning;

namespace Diecast.Genimage;

/// <summary>Makes images: each is composed of what it is made of, and written with it in one pass.</summary>
internal sealed partial class ImageMaker(
    GenimageContext context, ImageTrees trees, PackingPlace packing, IReadOnlyDictionary<string, GenimageImage> images, ConfigProblems problems, CancellationToken cancellation)
{
    /// <summary>Checks what is said of an image, as far as that can be told before anything is made.</summary>
    internal void Check(GenimageImage image) => problems.Try(() =>
    {
        if (image.NeedsTree && image.Type.Name is not ("file" or "custom"))
            problems.Try(() => trees.PathOf(image));
        _ = Prepare(image);
    });

    /// <summary>Decides what is in an image.</summary>
    /// <exception cref="ConfigException">It cannot be made; the fault is where it is declared.</exception>
    /// <exception cref="BuildException">A program that makes it fails.</exception>
    internal void Make(GenimageImage image)
    {
        try
        {
            image.Content = Prepare(image)();
        }
        catch (Exception exception) when (exception is UnrepresentableException or ArgumentException or DoesNotFitException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw image.Section.Position.Wrong($"{image.File} cannot be made: {exception.Message}");
        }
    }

    /// <summary>Takes an image as its file is now.</summary>
    internal static void Reopen(GenimageImage image) => image.Content = OpenFile(image.OutputPath!);

    /// <summary>Reads what is said of an image.</summary>
    /// <returns>What makes it.</returns>
    private Func<Blob> Prepare(GenimageImage image) => image.Type.Name switch
    {
        "hdimage" => Disk(image),
        "file" => Existing(image),
        "ext2" or "ext3" or "ext4" => Ext(image),
        "vfat" => Fat(image),
        "squashfs" => Squashfs(image),
        "erofs" => Erofs(image),
        "btrfs" or "f2fs" => Foreign(image),
        "iso" => Iso(image),
        "cpio" => Cpio(image),
        "tar" => Tar(image),
        "qemu" => Qemu(image),
        "android-sparse" => AndroidSparseImage(image),
        "verity" => Verity(image),
        "verity-sig" => VeritySignatureOf(image),
        "flash" => Flash(image),
        "fip" => Fip(image),
        "mdraid" => Raid(image),
        "cramfs" => Cramfs(image),
        "jffs2" => Jffs2(image),
        "ubifs" => Ubifs(image),
        "ubi" => Ubi(image),
        "fit" or "FIT" => Fit(image),
        "rauc" => Rauc(image),
        "custom" => Custom(image),
        _ => throw image.Type.Position.Wrong($"there is no image type {image.Type.Name}"),
    };

    private Blob ContentOf(string file, ConfigPosition position) => images.GetValueOrDefault(file) switch
    {
        { IsDirectory: true } => throw position.Wrong($"{file} is a directory, and no image"),
        { Content: { } content } => content,
        _ => throw position.Wrong($"there is no image {file}"),
    };

    /// <summary>Whether another image is made of one.</summary>
    private bool IsPart(GenimageImage image) => images.Values.Any(other => other.Uses.Any(used => used.File == image.File));

    /// <summary>A file that is there already: its own name in the input directory, or the one that is given.</summary>
    private Func<Blob> Existing(GenimageImage image)
    {
        string name = image.Type.Text("infile") ?? image.Type.Text("name") ?? image.File;
        string path = Path.Combine(context.InputPath, name);
        if (image.Type.Flag("copy") == false || path == image.OutputPath)
            image.OutputPath = null;
        image.InputPath = path;
        image.Holes = HolesOf(image.Type);
        if (image.IsImplicit && Directory.Exists(path))
        {
            image.IsDirectory = true;
            return () => Blob.Empty;
        }

        if (!File.Exists(path))
        {
            throw image.Section.Position.Wrong(
                $"{name} is no image of this configuration, and there is no file {path}",
                image.IsImplicit ? "declare the image, or name its directory with --inputpath=" : "name its directory with --inputpath=");
        }

        long length = HostFile.FromPath(path).MeasureLength();
        image.Expected = image.Size ?? length;
        return image.Size is not { } size || size >= length
            ? () => Padded(OpenFile(path), image.Size ?? 0)
            : throw image.Section.Wrong("size", $"{image.File} has {size} bytes, and {path} {length}", $"set size = {length}, or leave it out");
    }

    /// <summary>A file with its holes.</summary>
    private static Blob OpenFile(string path) => HostFileBlob.WithHoles(HostFile.FromPath(path));

    private static Blob Padded(Blob content, long size) => content.Length < size ? Blob.Concat(content, Blob.Zeros(size - content.Length)) : content;

    /// <summary>Ranges as <c>(START; END)</c>.</summary>
    private static List<(long Start, long End)> HolesOf(ConfigSection section)
    {
        var holes = new List<(long, long)>();
        foreach (string text in section.List("holes"))
        {
            string[] ends = text.Trim().TrimStart('(').TrimEnd(')').Split(';');
            if (ends.Length != 2 || ConfigNumbers.Size(ends[0]) is not { } start || ConfigNumbers.Size(ends[1]) is not { } end || start >= end)
                throw section.Wrong("holes", $"{text} is no hole", "write it as \"(440; 1K)\": its first byte, and the first one after it");
            holes.Add((start, end));
        }

        return holes;
    }
}
