using System.Text.Json.Nodes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>A map of free names to texts.</summary>
/// <param name="plural">What they are.</param>
/// <param name="example">A map, for messages.</param>
/// <param name="make">From a name and a value.</param>
/// <param name="nameOf">The name.</param>
/// <param name="valueOf">The value.</param>
internal class MapShape<T>(string plural, string example, Func<string, string, T> make, Func<T, string> nameOf, Func<T, string> valueOf) : Shape<ValueList<T>>
{
    private string Rule => $"it is a map of names to single values, as in {example}";

    internal override string Noun => $"a map of {plural}";

    internal override ValueList<T> Placeholder => [];

    /// <summary>What a value is, for messages.</summary>
    internal string ItemNoun { get; init; } = "a single value";

    /// <summary>What is wrong with a name and its value, the rule and what to do; null where nothing is.</summary>
    internal Func<string, string, (string Wrong, string Rule, string Fix)?>? Test { get; init; }

    internal override ValueList<T> Bind(YamlNode node, string path, Binder binder)
    {
        binder.Place(path, node);
        if (node is not YamlMapping mapping)
        {
            binder.Unreadable(node, path, $"{node.Kind} where {Noun} belongs", (node as YamlScalar)?.Text, Rule, "write name: value");
            return [];
        }

        var values = new List<T>();
        foreach (YamlEntry entry in mapping.Entries)
        {
            string at = DefinitionOrigins.Join(path, entry.Key.Text);
            binder.Place(at, entry.Value);
            if (entry.Value is not YamlScalar scalar)
                binder.Unreadable(entry.Value, at, $"{entry.Value.Kind} where {ItemNoun} belongs", null, Rule, "write name: value");
            else if (!scalar.IsUnset)
                values.Add(make(entry.Key.Text, scalar.Text));
        }

        return values.ToValueList();
    }

    internal override YamlNode Merge(YamlNode under, YamlNode over)
    {
        if (under is not YamlMapping below || over is not YamlMapping above)
            return over;
        var entries = new List<YamlEntry>(below.Entries.Where(entry => above.Find(entry.Key.Text) is null));
        entries.AddRange(above.Entries);
        return new YamlMapping(below.Position, entries);
    }

    internal override YamlNode Print(ValueList<T> value, PrintMode mode) => new YamlMapping(
        null, [.. value.Select(item => new YamlEntry(new YamlScalar(null, nameOf(item)), new YamlScalar(null, valueOf(item))))]);

    internal override void Check(ValueList<T> value, string path, Problems problems)
    {
        if (Test is null)
            return;
        foreach (T item in value)
        {
            if (Test(nameOf(item), valueOf(item)) is { } fault)
                problems.Add(DefinitionOrigins.Join(path, nameOf(item)), fault.Wrong, nameOf(item), fault.Rule, fault.Fix);
        }
    }

    internal override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") },
    };
}
