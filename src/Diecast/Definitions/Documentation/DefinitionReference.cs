using System.Text;
using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;
using Diecast.Formats.Disks;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Documentation;

/// <summary>The reference of all keys, as Markdown.</summary>
internal static class DefinitionReference
{
    private const string DefaultMark = "Default: ";

    /// <summary>One section for each record, with a line feed at the end.</summary>
    internal static string Write()
    {
        var text = new StringBuilder("## Reference\n");
        var written = new HashSet<string>(StringComparer.Ordinal);
        WriteShape(text, DefinitionShape.Shape, "", written);
        WriteTypes(text);
        WriteFormats(text);
        return text.ToString();
    }

    private static void WriteTypes(StringBuilder text)
    {
        text.Append("\n### Image types\n\n| type | formats | size | meaning |\n|--|--|--|--|\n");
        foreach (ImageType type in ImageCatalogue.Types)
        {
            string formats = type.Accepts.Count == 0 ? "any" : string.Join(", ", type.Accepts.Select(Written).Distinct());
            string size = type.SizeMultiple is { } multiple ? $"multiple of {multiple}" : "any";
            text.Append("| `").Append(type.Name).Append("` | ").Append(Cell(formats)).Append(" | ").Append(size).Append(" | ")
                .Append(Cell(type.Description)).Append(" |\n");
        }

        static string Written(DiskFormat format) => format.Options.Count == 0
            ? $"`{format.Name}`"
            : $"`{format.Name}` with {string.Join(", ", format.Options.Select(option => $"`{option.Name}: {option.Value}`"))}";
    }

    private static void WriteFormats(StringBuilder text)
    {
        text.Append("\n### Disk formats\n\n| format | other names | file name | read by | options |\n|--|--|--|--|--|\n");
        foreach (ImageFormat format in DiskFormats.All)
        {
            if (format.Write is null)
                continue;
            string options = string.Join("<br>", format.Options.Select(option => $"`{option.Name}`: {option.Description}; {option.Default} when not given"));
            text.Append("| `").Append(format.Name).Append("` | ").AppendJoin(", ", format.Aliases.Select(alias => $"`{alias}`"))
                .Append(" | `").Append(format.Extension).Append("` | ").Append(Cell(format.Description)).Append(" | ").Append(Cell(options)).Append(" |\n");
        }
    }

    private static void WriteShape(StringBuilder text, Shape shape, string path, HashSet<string> written)
    {
        switch (shape)
        {
            case IRecordShape { IsAlwaysShort: true }:
                return;
            case IRecordShape record when written.Add(record.TypeName):
                WriteRecord(text, record, Shape.WithoutArticle(shape.Noun), path);
                break;
            case IRecordShape:
                return;
            default:
                if (UnionName(shape) is { } union && written.Add(union))
                    WriteUnion(text, shape, union, path);
                break;
        }

        foreach ((string key, Shape child) in shape.Children)
            WriteShape(text, child, key == "[]" ? path + key : DefinitionOrigins.Join(path, key), written);
    }

    private static string? UnionName(Shape shape) => shape switch
    {
        UnionShape<SystemBase> => UnionShape<SystemBase>.TypeName,
        UnionShape<PartitionContent> => UnionShape<PartitionContent>.TypeName,
        UnionShape<Service> => UnionShape<Service>.TypeName,
        _ => null,
    };

    private static void WriteRecord(StringBuilder text, IRecordShape record, string title, string path)
    {
        WriteHeading(text, record.TypeName, title, path);
        text.Append(ModelText.Of(record.TypeName)).Append('\n');
        if (record.Shorthand is { } shorthand)
            text.Append("\nMay be written as a single value, which is its `").Append(shorthand).Append("`.\n");
        text.Append("\n| key | value | default | meaning |\n|--|--|--|--|\n");
        if (path.Length == 0)
        {
            WriteRow(text, DefinitionShape.Include, "path or list of paths", Presence.Optional, DefinitionShape.IncludeText, "", "");
            WriteRow(text, DefinitionShape.Profiles, "map of names", Presence.Optional, DefinitionShape.ProfilesText, "", "");
        }

        foreach (RecordKey key in record.Keys)
            WriteRow(text, key.Key, key.Shape.Reference, key.Presence, key.Text, Choices(key.Shape), key.Default is YamlSequence { Items.Count: 0 } ? "empty" : "");
    }

    private static void WriteUnion(StringBuilder text, Shape shape, string name, string path)
    {
        WriteHeading(text, name, Shape.WithoutArticle(shape.Noun), path);
        text.Append(ModelText.Of(name)).Append(" One of:\n\n| form | meaning |\n|--|--|\n");
        foreach ((string key, Shape child) in shape.Children)
        {
            var record = (IRecordShape)child;
            string value = record.IsAlwaysShort
                ? $"`{{{key}: {record.Shorthand!.ToUpperInvariant()}}}`"
                : $"`{{{key}: …}}`, {child.Reference}";
            text.Append("| ").Append(value).Append(" | ").Append(Cell(ModelText.Of(record.TypeName))).Append(" |\n");
        }
    }

    private static void WriteHeading(StringBuilder text, string anchor, string title, string path)
    {
        text.Append("\n<a id=\"").Append(anchor.ToLowerInvariant()).Append("\"></a>\n\n### ").Append(char.ToUpperInvariant(title[0])).Append(title.AsSpan(1));
        if (path.Length > 0)
            text.Append(" (`").Append(path).Append("`)");
        text.Append("\n\n");
    }

    private static void WriteRow(StringBuilder text, string key, string value, Presence presence, string meaning, string choices, string implied)
    {
        (string sentence, string? stated) = SplitDefault(meaning);
        string fallback = presence == Presence.Required && stated is null ? "required" : stated ?? implied;
        text.Append("| `").Append(key).Append("` | ").Append(Cell(value)).Append(" | ").Append(Cell(fallback)).Append(" | ")
            .Append(Cell(sentence + choices)).Append(" |\n");
    }

    /// <summary>Cuts <c>Default: …</c> out of a key's documentation, up to the end of its sentence.</summary>
    internal static (string Sentence, string? Default) SplitDefault(string text)
    {
        int start = text.IndexOf(DefaultMark, StringComparison.Ordinal);
        if (start < 0)
            return (text, null);
        int end = text.IndexOf(". ", start, StringComparison.Ordinal);
        string stated = (end < 0 ? text[start..] : text[start..end])[DefaultMark.Length..].TrimEnd('.');
        return ((text[..start] + (end < 0 ? "" : text[(end + 2)..])).TrimEnd(), stated);
    }

    private static string Choices(Shape shape) => shape is IChoices choices
        ? string.Concat(choices.Choices.Select(c => $"<br>`{c.Name}`: {ModelText.Of(c.Member)}"))
        : "";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace('\n', ' ');
}
