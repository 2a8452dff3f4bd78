using Diecast.Definitions;

namespace Diecast.Genimage;

/// <summary>Which sections there are and which options each has, in genimage 16 to 20.</summary>
internal static class GenimageSchema
{
    /// <summary>The options that each image type has, with what their values are; names that end in braces are sections.</summary>
    private static readonly OrderedDictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["hdimage"] = "align:size disk-signature disk-uuid:id partition-table:flag partition-table-type extended-partition:number gpt:flag gpt-location:size "
            + "gpt-no-backup:flag mbr-skip-optionals:flag fill:flag",
        ["ext2"] = Ext,
        ["ext3"] = Ext,
        ["ext4"] = Ext,
        ["vfat"] = "extraargs label files:list file{}",
        ["squashfs"] = "extraargs compression block-size:size",
        ["erofs"] = "extraargs label fs-timestamp",
        ["btrfs"] = "extraargs label",
        ["f2fs"] = "extraargs label",
        ["cramfs"] = "extraargs",
        ["jffs2"] = "extraargs",
        ["ubifs"] = "extraargs max-size:size space-fixup:flag",
        ["ubi"] = "extraargs",
        ["flash"] = "",
        ["iso"] = "boot-image bootargs extraargs input-charset volume-id",
        ["cpio"] = "format extraargs compress",
        ["tar"] = "",
        ["qemu"] = "format extraargs",
        ["file"] = "name copy:flag holes:list infile",
        ["android-sparse"] = "image block-size:size fill-holes:flag add-crc:flag",
        ["verity"] = "image extraargs",
        ["verity-sig"] = "image cert key intermediate:list",
        ["mdraid"] = "label level:number devices:number role:number timestamp:number raid-uuid:id disk-uuid:id image parent",
        ["fip"] = "extraargs tos-fw:list " + string.Join(' ', FirmwarePackage.Options),
        ["fit"] = "its keydir",
        ["FIT"] = "its keydir",
        ["rauc"] = "extraargs key cert keyring manifest intermediate:list files:list file{}",
        ["custom"] = "exec",
    };

    private const string Ext = "use-mke2fs:flag mke2fs-conf mke2fs_conf extraargs features label fs-timestamp root-owner usage-type";

    private const string Partition =
        "offset:size size:size align:size partition-type:number image imageoffset:size autoresize:flag fill:flag sparse:flag bootable:flag "
        + "read-only:flag hidden:flag no-automount:flag growfs:flag in-partition-table:flag forced-primary:flag partition-uuid:id partition-type-uuid holes:list";

    private const string Flash = "pebsize:size lebsize:size numpebs:size minimum-io-unit-size:size vid-header-offset:size sub-page-size:size";

    private static readonly string Image =
        "name size:share mountpoint srcpath empty:flag temporary:flag exec-pre exec-post flashtype partition{} " + string.Join(' ', Types.Keys.Select(type => type + "{}"));

    /// <summary>Settings that the config section can have beside the names of programs.</summary>
    private const string Config = "loglevel rootpath tmppath inputpath outputpath includepath randomseed config configdump gpt-shortcuts{}";

    /// <summary>Checks every section and option by name, and every value by its kind.</summary>
    internal static void Check(ConfigSection top, ConfigProblems problems)
    {
        Names(top, "image{} flash{} config{}", problems);
        foreach (ConfigSection config in top.All("config"))
            Names(config, Config + " " + string.Join(' ', HostPrograms.Names), problems);
        foreach (ConfigSection flash in top.All("flash"))
            Names(flash, Flash, problems);
        foreach (ConfigSection image in top.All("image"))
            CheckImage(image, problems);
    }

    /// <summary>The section that says of which type an image is.</summary>
    /// <exception cref="ConfigException">There is none, or more than one.</exception>
    internal static ConfigSection TypeOf(ConfigSection image)
    {
        ConfigSection[] types = [.. image.Sections.Where(section => Types.ContainsKey(section.Name))];
        if (types.Length == 0)
            throw image.Position.Wrong($"{image.Title} has no type", "give it a section such as hdimage { } or ext4 { }", $"an image is one of {string.Join(", ", Types.Keys)}");
        return types.FirstOrDefault(type => type.Name != types[0].Name) is { } second
            ? throw second.Position.Wrong($"{image.Title} is of two types, {types[0].Name} and {second.Name}", "leave one of them out")
            : types[^1];
    }

    private static void CheckImage(ConfigSection image, ConfigProblems problems)
    {
        if (string.IsNullOrEmpty(image.Title))
            problems.Add(image.Position.Wrong("the image has no name", "write image NAME { ... }"));
        Names(image, Image, problems);
        foreach (ConfigSection partition in image.All("partition"))
            Names(partition, Partition, problems);
        // Where the name of a section is wrong, that is why there is no type.
        if (image.Sections.Any(section => !Types.ContainsKey(section.Name) && section.Name != "partition") && !image.Sections.Any(section => Types.ContainsKey(section.Name)))
            return;
        if (problems.Try(() => TypeOf(image)) is not { } type)
            return;
        Names(type, Types[type.Name], problems);
        foreach (ConfigSection file in type.All("file"))
            Names(file, type.Name == "rauc" ? "image imageoffset:size" : "image", problems);
    }

    private static void Names(ConfigSection section, string known, ConfigProblems problems)
    {
        string where = section.Name.Length == 0 ? "a configuration" : section.Name;
        string[] words = known.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var kinds = words.Where(word => !word.EndsWith('}')).Select(word => word.Split(':')).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "text", StringComparer.Ordinal);
        string[] options = [.. words.Where(word => !word.EndsWith('}')).Select(word => word.Split(':')[0])];
        string[] sections = [.. words.Where(word => word.EndsWith('}')).Select(word => word[..^2])];
        foreach (ConfigOption option in section.Options)
        {
            if (kinds.TryGetValue(option.Name, out string? kind))
                problems.Try(() => Value(section, option.Name, kind));
            else
                problems.Add(option.Position.Wrong($"{where} has no option {option.Name}", Meant(option.Name, options), RuleOf("options", options), option.Name));
        }

        foreach (ConfigSection inner in section.Sections)
        {
            if (!sections.Contains(inner.Name, StringComparer.Ordinal))
                problems.Add(inner.Position.Wrong($"{where} has no section {inner.Name}", Meant(inner.Name, sections), RuleOf("sections", sections), inner.Name));
        }
    }

    private static void Value(ConfigSection section, string option, string kind)
    {
        _ = kind switch
        {
            "list" => section.List(option).Count >= 0,
            "size" => section.Size(option) >= 0,
            "share" => section.Share(option) >= 0 || section.Size(option) >= 0,
            "number" => section.Number(option) >= 0,
            "flag" => section.Flag(option) is not null,
            "id" => section.Id(option) is not null,
            _ => section.Text(option) is not null,
        };
    }

    private static string RuleOf(string what, string[] names) => names.Length > 0 ? $"its {what} are {string.Join(", ", names)}" : $"it has no {what}";

    private static string Meant(string name, string[] known) => Suggestion.Nearest(name, known) is { } nearest ? $"write {nearest}" : "take it out";
}
