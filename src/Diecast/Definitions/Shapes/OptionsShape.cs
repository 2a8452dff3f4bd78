using System.Text.Json.Nodes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>A disk format's options: a map of names that are the format's business to texts.</summary>
internal sealed class OptionsShape : Shape<ValueList<FormatOption>>
{
    private const string Rule = "it is a map of names to single values, as in {cluster_size: 128k}";

    internal override string Noun => "a map of options";

    internal override ValueList<FormatOption> Placeholder => [];

    internal override ValueList<FormatOption> Bind(YamlNode node, string path, Binder binder)
    {
        binder.Place(path, node);
        if (node is not YamlMapping mapping)
        {
            binder.Unreadable(node, path, $"{node.Kind} where {Noun} belongs", (node as YamlScalar)?.Text, Rule, "write name: value");
            return [];
        }

        var options = new List<FormatOption>();
        foreach (YamlEntry entry in mapping.Entries)
        {
            string at = DefinitionOrigins.Join(path, entry.Key.Text);
            binder.Place(at, entry.Value);
            if (entry.Value is not YamlScalar scalar)
                binder.Unreadable(entry.Value, at, $"{entry.Value.Kind} where an option's value belongs", null, Rule, "write name: value");
            else if (!scalar.IsUnset)
                options.Add(new FormatOption(entry.Key.Text, scalar.Text));
        }

        return options.ToValueList();
    }

    internal override YamlNode Print(ValueList<FormatOption> value, PrintMode mode) => new YamlMapping(
        null, [.. value.Select(option => new YamlEntry(new YamlScalar(null, option.Name), new YamlScalar(null, option.Value)))]);

    /// <summary>Which options there are, and what they may be, depends on the format: the image's rules look at that.</summary>
    internal override void Check(ValueList<FormatOption> value, string path, Problems problems)
    {
    }

    internal override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
    };
}
