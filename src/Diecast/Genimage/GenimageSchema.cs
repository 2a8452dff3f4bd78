using Diecast.Definitions;

namespace Diecast.Genimage;

/// <summary>Which sections there are and which options each has, in genimage 16 to 19.</summary>
internal static class GenimageSchema
{
    private const string Raw = "raw flash is written by its own programs, which have no place here";

    /// <summary>The image types that are made, each with its options.</summary>
    private static readonly Dictionary<string, string[]> Types = new(StringComparer.Ordinal)
    {
        ["hdimage"] = ["align", "disk-signature", "disk-uuid", "partition-table", "partition-table-type", "extended-partition", "gpt", "gpt-location", "gpt-no-backup", "fill"],
        ["ext2"] = Ext,
        ["ext3"] = Ext,
        ["ext4"] = Ext,
        ["vfat"] = ["extraargs", "label", "files", "file{}"],
        ["squashfs"] = ["extraargs", "compression", "block-size"],
        ["erofs"] = ["extraargs", "label", "fs-timestamp"],
        ["btrfs"] = ["extraargs", "label"],
        ["f2fs"] = ["extraargs", "label"],
        ["iso"] = ["boot-image", "bootargs", "extraargs", "input-charset", "volume-id"],
        ["cpio"] = ["format", "extraargs", "compress"],
        ["tar"] = [],
        ["qemu"] = ["format", "extraargs"],
        ["file"] = ["name", "copy", "holes", "infile"],
        ["android-sparse"] = ["image", "block-size", "fill-holes", "add-crc"],
        ["verity"] = ["image"],
        ["verity-sig"] = ["image", "cert", "key"],
    };

    /// <summary>The image types that are not made, each with the reason.</summary>
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["flash"] = Raw,
        ["jffs2"] = Raw,
        ["ubi"] = Raw,
        ["ubifs"] = Raw,
        ["cramfs"] = "squashfs and erofs have taken its place, and there is no writer for it",
        ["rauc"] = "bundles are made and signed by rauc; give it the images made here",
        ["fip"] = "firmware packages are made by fiptool; give the partition its output",
        ["FIT"] = "mkimage makes FIT images; give the partition its output",
        ["fit"] = "mkimage makes FIT images; give the partition its output",
        ["mdraid"] = "there is no writer for the superblocks of RAID members",
        ["custom"] = "it is a command of its own; use exec-post of another image, or run it before",
    };

    private static readonly string[] Common =
        ["name", "size", "mountpoint", "srcpath", "empty", "temporary", "exec-pre", "exec-post", "flashtype", "partition{}"];

    private static readonly string[] Partition =
    [
        "offset", "size", "align", "partition-type", "image", "imageoffset", "autoresize", "fill", "sparse", "bootable", "read-only", "hidden",
        "no-automount", "growfs", "in-partition-table", "forced-primary", "partition-uuid", "partition-type-uuid", "holes",
    ];

    private static string[] Ext => ["use-mke2fs", "mke2fs-conf", "extraargs", "features", "label", "fs-timestamp", "root-owner", "usage-type"];

    /// <summary>Checks every section and option by name.</summary>
    /// <exception cref="BuildException">One is not known, or not made here.</exception>
    internal static void Check(ConfigSection top)
    {
        Names(top, ["image{}", "flash{}", "config{}"]);
        foreach (ConfigSection image in top.All("image"))
        {
            if (string.IsNullOrEmpty(image.Title))
                throw image.Position.Wrong("the image has no name", "write image NAME { ... }");
            Names(image, [.. Common, .. Types.Keys.Concat(Refused.Keys).Select(type => type + "{}")]);
            ConfigSection type = TypeOf(image);
            Names(type, Types[type.Name]);
            foreach (ConfigSection partition in image.All("partition"))
                Names(partition, Partition);
            foreach (ConfigSection file in type.All("file"))
                Names(file, ["image"]);
        }
    }

    /// <summary>The section that says of which type an image is.</summary>
    /// <exception cref="BuildException">There is none, or more than one, or the type is not made here.</exception>
    internal static ConfigSection TypeOf(ConfigSection image)
    {
        ConfigSection[] types = [.. image.Sections.Where(section => Types.ContainsKey(section.Name) || Refused.ContainsKey(section.Name))];
        if (types.Length == 0)
            throw image.Position.Wrong($"{image.Title} has no type", "give it a section such as hdimage { } or ext4 { }");
        if (types.FirstOrDefault(type => type.Name != types[0].Name) is { } second)
            throw second.Position.Wrong($"{image.Title} is of two types, {types[0].Name} and {second.Name}", "leave one of them out");
        return Refused.TryGetValue(types[0].Name, out string? reason)
            ? throw types[0].Position.Wrong($"{image.Title} is of the type {types[0].Name}, which is not made here: {reason}")
            : types[^1];
    }

    /// <summary>Names that end in braces are sections.</summary>
    private static void Names(ConfigSection section, IReadOnlyCollection<string> known)
    {
        // The config section names programs, of which none is run.
        if (section.Name is "config" or "flash")
            return;
        string where = section.Name.Length == 0 ? "a configuration" : section.Name;
        foreach (ConfigOption option in section.Options)
        {
            if (!known.Contains(option.Name))
                throw option.Position.Wrong($"{where} has no option {option.Name}", Meant(option.Name, known.Where(name => !name.EndsWith('}'))));
        }

        foreach (ConfigSection inner in section.Sections)
        {
            if (!known.Contains(inner.Name + "{}"))
                throw inner.Position.Wrong($"{where} has no section {inner.Name}", Meant(inner.Name, known.Where(name => name.EndsWith('}')).Select(name => name[..^2])));
        }
    }

    private static string? Meant(string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        return Suggestion.Nearest(name, names) is { } nearest
            ? $"write {nearest}"
            : names.Length > 0 ? $"it has {string.Join(", ", names)}" : null;
    }
}
