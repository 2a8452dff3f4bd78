using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Genimage;

/// <summary>An image of a configuration.</summary>
internal sealed class GenimageImage
{
    private GenimageImage(string file, ConfigSection section, ConfigSection type, bool isImplicit) =>
        (File, Section, Type, IsImplicit) = (file, section, type, isImplicit);

    /// <summary>Its title: the name of its file.</summary>
    internal string File { get; }

    internal ConfigSection Section { get; }

    /// <summary>The section that says of which type it is.</summary>
    internal ConfigSection Type { get; }

    /// <summary>Whether it is a file that a partition names, and no section of its own.</summary>
    internal bool IsImplicit { get; }

    /// <summary>Whether it is a directory of the host, which only a file system can take.</summary>
    internal bool IsDirectory { get; set; }

    internal string? ExecPre => Section.Text("exec-pre");

    internal string? ExecPost => Section.Text("exec-post");

    internal bool IsTemporary => Section.Flag("temporary") == true;

    internal string? Mountpoint => Section.Text("mountpoint")?.Trim('/');

    /// <summary>Bytes that are asked for; null where it is a share, or not said.</summary>
    internal long? Size => Percent is null ? Section.Size("size") : null;

    /// <summary>How large it is to be, as a share of what is in it.</summary>
    internal long? Percent => Section.Text("size") is not { } text || !text.EndsWith('%')
        ? null
        : ConfigNumbers.Whole(text[..^1]) is { } percent and >= 0 and <= 100_000 ? percent : throw Section.Wrong("size", $"size = {text} is no share", "write it as 120%");

    /// <summary>What is in it; null until it is made.</summary>
    internal Blob? Content { get; set; }

    /// <summary>The format of its file.</summary>
    internal ImageFormat Format { get; set; } = DiskFormats.Raw;

    /// <summary>Options of that format.</summary>
    internal ImageFormatValues FormatValues() => new(Format, []);

    /// <summary>Ranges that hold nothing.</summary>
    internal IReadOnlyList<(long Start, long End)> Holes { get; set; } = [];

    /// <summary>Where its file is, or will be; null for a file that is only read.</summary>
    internal string? OutputPath { get; set; }

    /// <summary>The root hash of what it protects, for verity.</summary>
    internal ReadOnlyMemory<byte>? RootHash { get; set; }

    /// <summary>The images that it is made of, with where they are named.</summary>
    internal IEnumerable<(string File, ConfigPosition Position)> Uses
    {
        get
        {
            foreach (ConfigSection partition in Section.All("partition"))
            {
                if (partition.Text("image") is { Length: > 0 } image)
                    yield return (image, partition.Find("image")!.Position);
            }

            foreach (ConfigSection file in Type.All("file"))
                yield return (file.Text("image") ?? file.Title ?? "", file.Position);
            if (Type.Name == "vfat")
            {
                foreach (string file in Type.List("files"))
                    yield return (file, Type.Find("files")!.Position);
            }

            if (Type.Text("image") is { Length: > 0 } source && Type.Name != "file")
                yield return (source, Type.Find("image")!.Position);
        }
    }

    internal static GenimageImage Of(ConfigSection section) => new(section.Title!, section, GenimageSchema.TypeOf(section), isImplicit: false);

    /// <summary>A file that something names.</summary>
    internal static GenimageImage OfFile(string file, ConfigPosition position) =>
        new(file, new ConfigSection("image", file, position), new ConfigSection("file", null, position), isImplicit: true);
}
