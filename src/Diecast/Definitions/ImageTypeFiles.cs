using Diecast.Definitions.Records;
using Diecast.Definitions.Yaml;
using Diecast.ImageTypes;

namespace Diecast.Definitions;

/// <summary>
/// Image types that are written in YAML: a file NAME.yaml with a description, the type that it starts from, and the image and
/// system that lie under the definition's.
/// </summary>
/// <param name="directories">Where they are looked for first.</param>
/// <param name="definitionDirectory">The definition's directory; its <c>types</c> is looked at last.</param>
/// <param name="known">Types of the definition's own, which no file replaces.</param>
/// <param name="loader">Reads the files.</param>
/// <param name="problems">Told of faults.</param>
internal sealed class ImageTypeFiles(ValueList<string> directories, string definitionDirectory, ValueList<ImageType> known, IncludeLoader loader, Problems problems)
{
    internal const string DirectoryName = "types";
    private const string Extension = ".yaml";
    private const string Description = "description";
    private const string Extends = "extends";
    private const string System = "system";
    private const string Image = "image";
    private const string Rule = "an image type has a description, and may have extends, image and system";

    /// <summary>Most types that one starts from through others.</summary>
    private const int MostSteps = 16;

    private readonly List<ImageType> _used = [];

    /// <summary>The types that the definition names.</summary>
    internal ValueList<ImageType> Used => _used.ToValueList();

    /// <summary>Every type that the directories have, in the order of their names; of two of one name the first.</summary>
    internal IReadOnlyList<ImageType> All()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string directory in Directories().Where(Directory.Exists))
            names.UnionWith(Directory.EnumerateFiles(directory, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)));
        var types = new List<ImageType>();
        foreach (string name in names)
        {
            if (Read(name) is { } read)
                types.Add(read.Type);
        }

        return types;
    }

    /// <summary>The overrides, where a type of the command line also brings what its consumer takes.</summary>
    internal DefinitionOverrides WithFormats(DefinitionOverrides overrides)
    {
        if (overrides.Flags.All(flag => flag.Path != DefinitionOverrides.TypePath))
            return overrides;
        var flags = new List<FlagOverride>();
        foreach (FlagOverride flag in overrides.Flags)
        {
            flags.Add(flag);
            if (flag.Path == DefinitionOverrides.TypePath && Find(flag.Value) is { } consumer && (consumer.BringsFormat || consumer.Accepts.Count > 0))
            {
                flags.Add(new FlagOverride(flag.Flag, "image.format", string.Join(',', consumer.Format.Select(format => format.Name))));
                // A disk's size says nothing of what is as large as its content.
                if (consumer.Kind != ImageKind.Disk)
                    flags.Add(new FlagOverride(flag.Flag, "image.size", ImageSize.Auto.ToString()));
            }
        }

        return overrides with { Flags = flags.ToValueList() };
    }

    /// <summary>Lays a definition over the type that it names, if that is one of a file.</summary>
    internal YamlMapping Apply(YamlMapping root)
    {
        if (root.Find(Image) is not YamlMapping image || image.Find("type") is not YamlScalar { IsUnset: false } type || Read(type.Text) is not { } read)
            return root;
        _used.Add(read.Type);
        return (YamlMapping)DefinitionShape.Shape.Merge(read.Values, root);
    }

    private ImageType? Find(string name) => Given(name) ?? Read(name)?.Type;

    private ImageType? Given(string name) => ImageCatalogue.Find(name) ?? known.FirstOrDefault(type => type.Name == name);

    private IEnumerable<string> Directories() => [.. directories, Path.Combine(definitionDirectory, DirectoryName)];

    /// <summary>The type of a file, with the values of all that it starts from; null when there is none, or it has faults.</summary>
    private Reading? Read(string name, int step = 0)
    {
        if (Given(name) is not null || !Forms.TypeNameForm.IsMatch(name))
            return null;
        string? path = Directories().Select(directory => Path.Combine(directory, name + Extension)).FirstOrDefault(File.Exists);
        if (path is null || loader.OpenOnce(path) is not { } source)
            return null;
        if (YamlReader.Read(source, problems) is not YamlMapping map)
        {
            problems.AddAt(new SourcePosition(source, 1, 1), "", "not an image type", null, Rule, "write key: value lines");
            return null;
        }

        foreach (YamlEntry entry in map.Entries.Where(entry => entry.Key.Text is not (Description or Extends or System or Image)))
        {
            problems.AddAt(entry.Key.Position, entry.Key.Text, "unknown key", entry.Key.Text, Rule,
                Suggestion.Nearest(entry.Key.Text, [Description, Extends, System, Image]) is { } near ? $"did you mean {near}?" : "remove it");
        }

        if (Text(map, Description) is not { } description)
        {
            problems.AddAt(map.Position, Description, "missing", null, Rule, "add description: with one line");
            return null;
        }

        string baseName = Text(map, Extends) ?? GenericTypes.Disk.Name;
        Reading? under = step == MostSteps ? null : Read(baseName, step + 1);
        if ((under?.Type ?? Given(baseName)) is not { } start)
        {
            problems.AddAt(map.Find(Extends)?.Position ?? map.Position, Extends, step == MostSteps ? "too many steps" : "no such image type", baseName,
                $"a type starts from another one, through {MostSteps} at most", "take one that diecast types lists");
            return null;
        }

        var values = new YamlMapping(map.Position, [.. map.Entries.Where(entry => entry.Key.Text is System or Image)]);
        return new Reading(
            start with { Name = name, Description = description },
            under is null ? values : (YamlMapping)DefinitionShape.Shape.Merge(under.Values, values));
    }

    private static string? Text(YamlMapping map, string key) =>
        map.Find(key) is YamlScalar { IsUnset: false } scalar && scalar.Text.Length > 0 ? scalar.Text : null;

    /// <summary>A type, and the values that lie under a definition which names it.</summary>
    private sealed record Reading(ImageType Type, YamlMapping Values);
}
