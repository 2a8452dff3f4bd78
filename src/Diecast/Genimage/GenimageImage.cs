using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Genimage;

/// <summary>An image of a configuration.</summary>
internal sealed class GenimageImage
{
    private GenimageImage(string file, ConfigSection section, ConfigSection type, bool isImplicit)
    {
        (File, Section, Type, IsImplicit) = (file, section, type, isImplicit);
        FlashType = section.Text("flashtype");
    }

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
    internal long? Percent => Section.Share("size");

    /// <summary>What is in it; null until it is made.</summary>
    internal Blob? Content { get; set; }

    /// <summary>The format of its file.</summary>
    internal ImageFormat Format { get; set; } = DiskFormats.Raw;

    /// <summary>Options of that format.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> FormatOptions { get; set; } = [];

    internal ImageFormatValues FormatValues() => new(Format, FormatOptions);

    /// <summary>Ranges that hold nothing.</summary>
    internal IReadOnlyList<(long Start, long End)> Holes { get; set; } = [];

    /// <summary>Where its file is, or will be; null for a file that is only read.</summary>
    internal string? OutputPath { get; set; }

    /// <summary>The root hash of what it protects, for verity.</summary>
    internal ReadOnlyMemory<byte>? RootHash { get; set; }

    /// <summary>Bytes that it will have, as far as that can be told before; 0 where not.</summary>
    internal long Expected { get; set; }

    /// <summary>The file that is read, where it is one that is there already.</summary>
    internal string? InputPath { get; set; }

    /// <summary>Where its bytes stand once it is made.</summary>
    internal string FilePath => OutputPath ?? InputPath ?? throw new InvalidOperationException($"{File} has no file");

    /// <summary>Whether its file stands where it belongs already.</summary>
    internal bool IsInPlace { get; set; }

    /// <summary>The chip that it is for: its own, or that of what it is part of.</summary>
    internal string? FlashType { get; set; }

    /// <summary>Whether a program of the host makes it, from files.</summary>
    internal bool IsByProgram => Type.Name is "custom" or "fit" or "FIT" or "rauc" or "ubi" or "ubifs" or "jffs2" or "cramfs";

    /// <summary>Whether it is filled with a directory tree.</summary>
    internal bool NeedsTree => !IsEmpty && Section.Find("srcpath") is null && Type.Name switch
    {
        "file" => !IsImplicit && (ExecPre is not null || ExecPost is not null),
        "vfat" => !Type.All("file").Any() && Type.List("files").Count == 0,
        "custom" => true,
        "hdimage" or "flash" or "qemu" or "android-sparse" or "verity" or "verity-sig" or "mdraid" or "fip" or "fit" or "FIT" or "rauc" or "ubi" => false,
        _ => true,
    };

    internal bool IsEmpty => Section.Flag("empty") == true;

    /// <summary>Members that name this one as their parent, so far.</summary>
    internal int Roles { get; set; }

    /// <summary>How it is a member of an array.</summary>
    internal RaidMember? Raid { get; set; }

    /// <summary>The ids that its disk and partitions get, where it gives none itself.</summary>
    internal DiskIds? Ids { get; set; }

    /// <summary>The images that it is made of, with where they are named.</summary>
    internal IEnumerable<(string File, ConfigPosition Position)> Uses
    {
        get
        {
            foreach (ConfigSection partition in Section.All("partition"))
            {
                if (partition.Text("image") is { Length: > 0 } image)
                    yield return (image, partition.Find("image")!.ValuePosition);
            }

            foreach (ConfigSection file in Type.All("file"))
                yield return (file.Text("image") ?? file.Title ?? "", file.Find("image")?.ValuePosition ?? file.Position);
            foreach (string option in OptionsOfFiles(Type.Name))
            {
                foreach (string file in Type.List(option).Where(file => !file.StartsWith(Token, StringComparison.Ordinal)))
                    yield return (file, Type.Find(option)!.ValuePosition);
            }
        }
    }

    /// <summary>Options of a type whose values are files.</summary>
    private static IEnumerable<string> OptionsOfFiles(string type) => type switch
    {
        "vfat" => ["files"],
        "android-sparse" or "verity" or "verity-sig" => ["image"],
        "mdraid" => ["parent", "image"],
        "fit" or "FIT" => ["its"],
        "rauc" => ["key", "cert", "keyring", "intermediate", "files"],
        "fip" => ["tos-fw", .. FirmwarePackage.Options],
        _ => [],
    };

    /// <summary>What a key in a token begins with: it is no file.</summary>
    internal const string Token = "pkcs11:";

    internal static GenimageImage Of(ConfigSection section) => new(section.Title!, section, GenimageSchema.TypeOf(section), isImplicit: false);

    /// <summary>A file that something names.</summary>
    internal static GenimageImage OfFile(string file, ConfigPosition position) =>
        new(file, new ConfigSection("image", file, position), new ConfigSection("file", null, position), isImplicit: true);
}
