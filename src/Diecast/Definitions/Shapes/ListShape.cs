using System.Globalization;
using System.Text.Json.Nodes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>A list.</summary>
internal sealed class ListShape<T>(Shape<T> item, string plural) : Shape<ValueList<T>>
{
    /// <summary>Whether one text with commas is read as a list of its parts.</summary>
    internal bool MayBeOneText { get; init; }

    /// <summary>Whether one item that is no list is read as a list of it.</summary>
    internal bool MayBeOneItem { get; init; }

    internal override string Noun => $"a list of {plural}";

    internal override string Reference => (MayBeOneItem ? $"{item.Reference}, or " : "")
        + (item is IRecordShape or UnionShape<Service> ? $"list of {item.Reference}" : $"list of {plural}");

    internal override ValueList<T> Placeholder => [];

    internal override IEnumerable<(string Key, Shape Shape)> Children => [("[]", item)];

    internal override YamlNode Expand(YamlNode node) => MayBeOneText && node is YamlScalar { IsUnset: false } text
        ? new YamlSequence(text.Position, [.. text.Text.Split(',', StringSplitOptions.TrimEntries).Select(part => new YamlScalar(text.Position, part))])
        : MayBeOneItem && node is YamlMapping ? new YamlSequence(node.Position, [node])
        : node;

    internal override ValueList<T> Bind(YamlNode node, string path, Binder binder)
    {
        binder.Place(path, node);
        if (Expand(node) is not YamlSequence sequence)
        {
            string fix = node is YamlScalar scalar ? $"write [{Problems.Show(scalar.Text)}]" : "put each item behind a dash";
            binder.Unreadable(node, path, $"{node.Kind} where {Noun} belongs", (node as YamlScalar)?.Text, $"it is {Noun}", fix);
            return [];
        }

        var values = new T[sequence.Items.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = item.Bind(sequence.Items[i], Index(path, i), binder);
        return ValueList.Create<T>(values);
    }

    internal override YamlNode Print(ValueList<T> value, PrintMode mode) => MayBeOneItem && mode != PrintMode.Full && value is [var only]
        ? item.Print(only, mode)
        : new YamlSequence(null, [.. value.Select(v => item.Print(v, mode))]);

    internal override void Check(ValueList<T> value, string path, Problems problems)
    {
        for (int i = 0; i < value.Count; i++)
            item.Check(value[i], Index(path, i), problems);
    }

    internal override JsonObject Schema(SchemaDefinitions definitions)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.Schema(definitions) };
        return MayBeOneItem ? new JsonObject { ["anyOf"] = new JsonArray(item.Schema(definitions), list) }
            : MayBeOneText ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, list) }
            : list;
    }

    private static string Index(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
}
