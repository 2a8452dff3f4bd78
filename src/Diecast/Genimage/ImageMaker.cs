using System.Security.Cryptography;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Partitioning;
using Diecast.Planning;

namespace Diecast.Genimage;

/// <summary>Makes images: each is composed of what it is made of, and written with it in one pass.</summary>
internal sealed partial class ImageMaker(
    GenimageContext context, ImageTrees trees, PackingPlace packing, IReadOnlyDictionary<string, GenimageImage> images, CancellationToken cancellation)
{
    /// <summary>Decides what is in an image.</summary>
    /// <exception cref="BuildException">It cannot be made; the message says where it is declared.</exception>
    internal void Make(GenimageImage image)
    {
        try
        {
            image.Content = Compose(image);
        }
        catch (Exception exception) when (exception is UnrepresentableException or ArgumentException or DoesNotFitException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new BuildException($"{image.Section.Position}: {image.File} cannot be made: {exception.Message}", null, null, exception);
        }
    }

    /// <summary>Takes an image as its file is now.</summary>
    internal static void Reopen(GenimageImage image) => image.Content = OpenFile(image.OutputPath!);

    private Blob Compose(GenimageImage image) => image.Type.Name switch
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
        _ => throw image.Type.Position.Wrong($"there is no image type {image.Type.Name}"),
    };

    private Blob ContentOf(string file, ConfigPosition position) => images.GetValueOrDefault(file) switch
    {
        { IsDirectory: true } => throw position.Wrong($"{file} is a directory, and no image"),
        { Content: { } content } => content,
        _ => throw position.Wrong($"there is no image {file}"),
    };

    /// <summary>A file that is there already: its own name in the input directory, or the one that is given.</summary>
    private Blob Existing(GenimageImage image)
    {
        string name = image.Type.Text("infile") ?? image.Type.Text("name") ?? image.File;
        string path = Path.Combine(context.InputPath, name);
        if (image.Type.Flag("copy") == false || path == image.OutputPath)
            image.OutputPath = null;
        image.Holes = HolesOf(image.Type);
        if (image.IsImplicit && Directory.Exists(path))
        {
            image.IsDirectory = true;
            return Blob.Empty;
        }

        if (!File.Exists(path))
        {
            throw image.Section.Position.Wrong(
                $"{name} is no image of this configuration, and there is no file {path}",
                image.IsImplicit ? "declare the image, or name its directory with --inputpath=" : "name its directory with --inputpath=");
        }

        Blob content = OpenFile(path);
        if (image.Size is not { } size || size == content.Length)
            return content;
        return size > content.Length
            ? Padded(content, size)
            : throw image.Section.Wrong("size", $"{image.File} has {size} bytes, and {path} {content.Length}");
    }

    private static Blob OpenFile(string path)
    {
        HostFile file = HostFile.FromPath(path);
        return Blob.FromFile(file, 0, file.MeasureLength());
    }

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

    private Blob Disk(GenimageImage image)
    {
        DiskSettings disk = DiskSettings.Read(image.Type, image.Size ?? 0, role => context.Derive(image.File, role));
        DiskEntry[] entries = [.. image.Section.All("partition").Select((section, index) => Entry(image, disk, section, index))];
        if (entries.Count(entry => entry.Autoresize) > 1)
            throw entries.Last(entry => entry.Autoresize).Section.Wrong("autoresize", "only one partition can fill the disk");
        long length = DiskLayouter.Place(image.Section, disk, entries);
        return DiskTables.Compose(disk, entries, length);
    }

    private DiskEntry Entry(GenimageImage image, DiskSettings disk, ConfigSection section, int index)
    {
        bool isListed = disk.Table != DiskTable.None && section.Flag("in-partition-table") != false;
        long align = section.Size("align") ?? (isListed || disk.Table == DiskTable.None ? disk.Align : 1);
        if (align < 1 || (isListed && (align < disk.Align || align % disk.Align != 0)))
            throw section.Wrong("align", $"align = {align} of {section.Title} is no multiple of the disk's {disk.Align}");
        if (!disk.HasGpt && disk.Table != DiskTable.None && section.Find("partition-type-uuid") is not null)
            throw section.Wrong("partition-type-uuid", "partition-type-uuid is of a GPT, and the disk has none", "set partition-type, or partition-table-type = gpt");
        if (disk.Table is DiskTable.Gpt && section.Find("partition-type") is not null)
            throw section.Wrong("partition-type", "partition-type is of an MBR, and the disk has none", "set partition-type-uuid, or partition-table-type = hybrid");
        if (section.Number("partition-type") is > byte.MaxValue)
            throw section.Wrong("partition-type", $"partition-type = {section.Text("partition-type")} does not fit a byte");
        long type = section.Number("partition-type") ?? 0;
        (Blob? content, IReadOnlyList<(long, long)> holes) = ContentOf(section);
        return new DiskEntry
        {
            Section = section,
            Content = content,
            Holes = holes,
            IsListed = isListed,
            Align = align,
            Autoresize = section.Flag("autoresize") == true,
            IsForcedPrimary = section.Flag("forced-primary") == true,
            MbrType = (byte)type,
            HasMbrType = type != 0,
            Type = disk.HasGpt ? PartitionKinds.Find(section, section.Text("partition-type-uuid") ?? "L") : Guid.Empty,
            Id = section.Id("partition-uuid") ?? context.Derive(image.File, FormattableString.Invariant($"partition {index}")),
            Attributes = AttributesOf(section),
            Bootable = section.Flag("bootable") == true,
            Fill = section.Flag("fill") == true,
        };
    }

    private (Blob? Content, IReadOnlyList<(long, long)> Holes) ContentOf(ConfigSection section)
    {
        if (section.Text("image") is not { Length: > 0 } name)
        {
            return section.Flag("in-partition-table") == false
                ? throw section.Position.Wrong($"{section.Title} stands in no table, and has no image", "set image")
                : (null, []);
        }

        Blob content = ContentOf(name, section.Position);
        IReadOnlyList<(long Start, long End)> holes = images[name].Holes;
        long from = section.Size("imageoffset") ?? 0;
        if (from > content.Length)
            throw section.Wrong("imageoffset", $"{name} has {content.Length} bytes, none of them from {from} on");
        if (section.Find("holes") is not null)
            holes = HolesOf(section);
        return (content.Slice(from), [.. holes.Select(hole => (hole.Start - from, hole.End - from))]);
    }

    private static ulong AttributesOf(ConfigSection section)
    {
        const ulong LegacyBoot = 1UL << 2;
        const ulong Hidden = 1UL << 62;
        ulong attributes = 0;
        foreach ((string option, ulong bit) in (ReadOnlySpan<(string, ulong)>)
        [
            ("bootable", LegacyBoot),
            ("growfs", GptAttributes.GrowFileSystem),
            ("read-only", GptAttributes.ReadOnly),
            ("hidden", Hidden),
            ("no-automount", GptAttributes.NoAuto),
        ])
        {
            if (section.Flag(option) == true)
                attributes |= bit;
        }

        return attributes;
    }
}
