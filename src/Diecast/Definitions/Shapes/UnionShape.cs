using System.Text.Json.Nodes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>One of a union's cases: a map of one key to a value, of a derived record.</summary>
internal abstract class UnionCase<TBase>
{
    internal abstract string Key { get; }

    internal abstract Shape Shape { get; }

    internal abstract bool Holds(TBase value);

    internal abstract TBase Bind(YamlNode node, string path, Binder binder);

    internal abstract YamlNode Print(TBase value, PrintMode mode);

    internal abstract void Check(TBase value, string path, Problems problems);
}

/// <summary>A case with its type.</summary>
internal sealed class UnionCase<TBase, TCase>(string key, Shape<TCase> shape) : UnionCase<TBase>
    where TBase : class
    where TCase : class, TBase
{
    internal override string Key => key;

    internal override Shape Shape => shape;

    internal override bool Holds(TBase value) => value is TCase;

    internal override TBase Bind(YamlNode node, string path, Binder binder) => shape.Bind(node, path, binder);

    internal override YamlNode Print(TBase value, PrintMode mode) => shape.Print((TCase)value, mode);

    internal override void Check(TBase value, string path, Problems problems) => shape.Check((TCase)value, path, problems);
}

/// <summary>One of several records, told apart by a key: <c>{debian: …}</c> or <c>{tar: …}</c>.</summary>
internal sealed class UnionShape<TBase>(string noun, TBase placeholder, IReadOnlyList<UnionCase<TBase>> cases) : Shape<TBase>
    where TBase : class
{
    internal override string Noun => noun;

    internal override bool IsChoice => true;

    internal override TBase Placeholder => placeholder;

    /// <summary>The case that a single value stands for; null when there is none.</summary>
    internal string? Shorthand { get; init; }

    /// <summary>The type's name in the schema.</summary>
    internal static string TypeName => typeof(TBase).Name;

    internal override string Reference => $"[{WithoutArticle(noun)}](#{TypeName.ToLowerInvariant()})";

    internal override IEnumerable<(string Key, Shape Shape)> Children => cases.Select(c => (c.Key, c.Shape));

    internal override Shape? Entry(string key) => Find(key)?.Shape;

    internal override YamlNode Expand(YamlNode node) =>
        Shorthand is { } key && node is YamlScalar { IsUnset: false } ? YamlMapping.Of(key, node) : node;

    /// <summary>The same case is merged; another one replaces, as half of each would be neither.</summary>
    internal override YamlNode Merge(YamlNode under, YamlNode over) =>
        Expand(under) is YamlMapping { Entries: [var below] } && Expand(over) is YamlMapping { Entries: [var above] } mapping
        && below.Key.Text == above.Key.Text && Find(above.Key.Text) is { } union
            ? new YamlMapping(mapping.Position, [above with { Value = union.Shape.Merge(below.Value, above.Value) }])
            : over;

    internal override TBase Bind(YamlNode node, string path, Binder binder)
    {
        binder.Place(path, node);
        string choices = string.Join(", ", cases.Select(c => c.Key));
        string rule = $"{noun} is a map with one of the keys {choices}";
        if (Expand(node) is not YamlMapping mapping)
        {
            binder.Unreadable(node, path, $"{node.Kind} where {noun} belongs", (node as YamlScalar)?.Text, rule, Advice(node));
            return placeholder;
        }

        if (mapping.Entries is not [var entry])
        {
            binder.Unreadable(node, path, mapping.Entries.Count == 0 ? "empty map" : $"{mapping.Entries.Count} keys where one belongs",
                mapping.Entries.Count == 0 ? null : string.Join(", ", mapping.Entries.Select(e => e.Key.Text)), rule, "keep one of them");
            return placeholder;
        }

        if (Find(entry.Key.Text) is { } found)
            return found.Bind(entry.Value, DefinitionOrigins.Join(path, found.Key), binder);
        binder.Unreadable(entry.Key, path, "unknown key", entry.Key.Text, rule,
            Suggestion.Nearest(entry.Key.Text, cases.Select(c => c.Key)) is { } near ? $"did you mean {near}?" : "take one of them");
        return placeholder;
    }

    internal override YamlNode Print(TBase value, PrintMode mode)
    {
        UnionCase<TBase> held = Held(value);
        YamlNode inner = held.Print(value, mode);
        return mode != PrintMode.Full && held.Key == Shorthand && inner is YamlScalar ? inner : YamlMapping.Of(held.Key, inner);
    }

    internal override void Check(TBase value, string path, Problems problems)
    {
        // A program can derive a record of its own, which nothing here knows how to build.
        if (cases.FirstOrDefault(c => c.Holds(value)) is { } held)
            held.Check(value, DefinitionOrigins.Join(path, held.Key), problems);
        else
            problems.Add(path, $"not {noun} that can be built", value.GetType().Name, $"it is one of {string.Join(", ", cases.Select(c => c.Key))}", "use one of them");
    }

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Reference(TypeName, () =>
        {
            var choices = new JsonArray();
            if (Shorthand is { } key)
                choices.Add((JsonNode)Entry(key)!.Schema(definitions));
            foreach (UnionCase<TBase> union in cases)
            {
                choices.Add((JsonNode)new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject { [union.Key] = union.Shape.Schema(definitions) },
                    ["required"] = new JsonArray(JsonValue.Create(union.Key)),
                    ["additionalProperties"] = false,
                });
            }

            return new JsonObject { ["description"] = ModelText.Of(TypeName), ["anyOf"] = choices };
        });

    private UnionCase<TBase>? Find(string key) => cases.FirstOrDefault(c => c.Key == key);

    private UnionCase<TBase> Held(TBase value) => cases.First(c => c.Holds(value));

    private string Advice(YamlNode node) =>
        node is YamlScalar { IsUnset: false } scalar && Find(scalar.Text) is { } meant
            ? $"write {{{meant.Key}: …}} with {Shape.WithoutArticle(meant.Shape.Noun)}'s own keys"
            : $"write {{{cases[0].Key}: …}}";
}
