using System.Text.Json.Nodes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>What every record's shape can tell without knowing the record's type.</summary>
internal interface IRecordShape
{
    /// <summary>The record's type.</summary>
    string TypeName { get; }

    /// <summary>Key of the field that a single value sets; null when the record is always a map.</summary>
    string? Shorthand { get; }

    /// <summary>Whether the record is always written as that single value.</summary>
    bool IsAlwaysShort { get; }

    /// <summary>The keys in order.</summary>
    IEnumerable<RecordKey> Keys { get; }

    /// <summary>Properties that no key sets.</summary>
    IReadOnlyList<string> Unwritten { get; }
}

/// <summary>A key of a record, for documents.</summary>
internal readonly record struct RecordKey(string Key, string Property, Shape Shape, Presence Presence, string Text, YamlNode? Default);

/// <summary>A record: a map of keys, or a single value that stands for one of them.</summary>
internal sealed class RecordShape<T>(string noun, Func<T> create, IReadOnlyList<Field<T>> fields) : Shape<T>, IRecordShape
    where T : class
{
    internal override string Noun => noun;

    /// <summary>Without what is required.</summary>
    internal override T Placeholder => create();

    public string? Shorthand { get; init; }

    public bool IsAlwaysShort { get; init; }

    public IReadOnlyList<string> Unwritten { get; init; } = [];

    /// <summary>
    /// Whether several files may each give a part, so that an editor cannot tell from one file what is missing. Items of
    /// lists are given whole.
    /// </summary>
    internal bool MayBePartial { get; init; }

    /// <summary>Keys that are dealt with before the record is read, with their schema and meaning.</summary>
    internal IReadOnlyList<(string Key, Func<JsonObject> Schema, string Text)> EarlierKeys { get; init; } = [];

    public string TypeName => typeof(T).Name;

    public IEnumerable<RecordKey> Keys
    {
        get
        {
            T defaults = create();
            return fields.Select(f => new RecordKey(
                f.Key, f.Property, f.Shape, f.Presence, f.Text, f.Presence == Presence.Required ? null : f.Print(defaults, PrintMode.Compact)));
        }
    }

    internal override IEnumerable<(string Key, Shape Shape)> Children => fields.Select(f => (f.Key, f.Shape));

    internal override string Reference => $"[{WithoutArticle(noun)}](#{TypeName.ToLowerInvariant()})";

    internal override Shape? Entry(string key) => fields.FirstOrDefault(f => f.Key == key)?.Shape;

    internal override YamlNode Expand(YamlNode node) =>
        Shorthand is { } key && !IsAlwaysShort && node is YamlScalar { IsUnset: false } ? YamlMapping.Of(key, node) : node;

    internal override YamlNode Merge(YamlNode under, YamlNode over)
    {
        if (Expand(under) is not YamlMapping below || Expand(over) is not YamlMapping above)
            return over;
        var entries = new List<YamlEntry>(below.Entries);
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (YamlEntry entry in below.Entries)
            places[entry.Key.Text] = places.Count;
        foreach (YamlEntry entry in above.Entries)
        {
            if (!places.TryGetValue(entry.Key.Text, out int place))
                entries.Add(entry);
            else if (entries[place].Value.IsUnset || Entry(entry.Key.Text) is not { } shape)
                entries[place] = entry;
            else
                entries[place] = entry with { Value = shape.Merge(entries[place].Value, entry.Value) };
        }

        return new YamlMapping(below.Position, entries);
    }

    internal override T Bind(YamlNode node, string path, Binder binder)
    {
        if (IsAlwaysShort)
        {
            Field<T> only = fields.Single(f => f.Key == Shorthand);
            return only.Bind(create(), node, path, binder);
        }

        binder.Place(path, node);
        if (Expand(node) is not YamlMapping mapping)
        {
            binder.Unreadable(node, path, $"{node.Kind} where {noun} belongs", (node as YamlScalar)?.Text,
                $"{noun} is a map of {KeyList}", "write its keys below it");
            return create();
        }

        T record = create();
        foreach (YamlEntry entry in mapping.Entries)
        {
            Field<T>? field = fields.FirstOrDefault(f => f.Key == entry.Key.Text);
            if (field is null)
                AddUnknownKey(entry.Key, path, binder);
            else if (!entry.Value.IsUnset)
                record = field.Bind(record, entry.Value, DefinitionOrigins.Join(path, field.Key), binder);
        }

        foreach (Field<T> field in fields)
        {
            if (!binder.IsIncomplete && field.Presence == Presence.Required && mapping.Find(field.Key) is null or { IsUnset: true })
            {
                binder.Unreadable(mapping, DefinitionOrigins.Join(path, field.Key), "missing", null,
                    $"{noun} has a {field.Key}", $"add {field.Key}:");
            }
        }

        return record;
    }

    internal override YamlNode Print(T value, PrintMode mode)
    {
        if (IsAlwaysShort)
            return fields.Single(f => f.Key == Shorthand).Print(value, mode)!;
        T defaults = create();
        var entries = new List<YamlEntry>();
        foreach (Field<T> field in fields)
        {
            bool omitted = mode != PrintMode.Full && field.Presence == Presence.Optional && field.Key != Shorthand
                && field.IsSame(value, defaults);
            if (!omitted && !(mode == PrintMode.Identity && field.IsOutsideIdentity))
                entries.Add(new YamlEntry(new YamlScalar(null, field.Key), field.Print(value, mode) ?? YamlScalar.Unset()));
        }

        return mode != PrintMode.Full && entries is [{ Key.Text: { } only, Value: YamlScalar { IsUnset: false } scalar }] && only == Shorthand
            ? scalar
            : new YamlMapping(null, entries);
    }

    internal override void Check(T value, string path, Problems problems)
    {
        foreach (Field<T> field in fields)
            field.Check(value, IsAlwaysShort ? path : DefinitionOrigins.Join(path, field.Key), problems);
    }

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Reference(TypeName, () =>
        {
            JsonObject? single = Shorthand is { } key ? Entry(key)!.Schema(definitions) : null;
            if (IsAlwaysShort)
                return Described(single!, ModelText.Of(TypeName));
            JsonObject map = MapSchema(definitions);
            return Described(single is null ? map : new JsonObject { ["anyOf"] = new JsonArray(single, map) }, ModelText.Of(TypeName));
        });

    /// <summary>The schema of the map form, for the root of a document.</summary>
    internal JsonObject MapSchema(SchemaDefinitions definitions)
    {
        var properties = new JsonObject();
        foreach ((string key, Func<JsonObject> schema, string text) in EarlierKeys)
            properties[key] = Described(schema(), text);
        foreach (Field<T> field in fields)
        {
            JsonObject schema = field.Shape.Schema(definitions);
            if (field.Presence == Presence.Optional)
                schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
            properties[field.Key] = Described(schema, field.Text);
        }

        var map = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
        if (MayBePartial)
            return map;
        JsonNode[] required = [.. fields.Where(f => f.Presence == Presence.Required).Select(f => JsonValue.Create(f.Key))];
        if (required.Length > 0)
            map["required"] = new JsonArray(required);
        return map;
    }

    private static JsonObject Described(JsonObject schema, string text)
    {
        var described = new JsonObject { ["description"] = text };
        foreach ((string key, JsonNode? value) in schema.ToArray())
        {
            schema.Remove(key);
            described[key == "description" ? "$comment" : key] = value;
        }

        return described;
    }

    private string KeyList => string.Join(", ", EarlierKeys.Select(k => k.Key).Concat(fields.Select(f => f.Key)));

    private void AddUnknownKey(YamlScalar key, string path, Binder binder)
    {
        if (binder.HasEnough)
            return;
        string rule = $"the keys of {noun} are {KeyList}";
        string fix = Suggestion.Nearest(key.Text, EarlierKeys.Select(k => k.Key).Concat(fields.Select(f => f.Key))) is { } near
            ? $"did you mean {near}?"
            : KeyIndex.PathsOf(key.Text) is { Count: > 0 } paths
                ? $"{key.Text} is a key of {string.Join(" and ", paths)}"
                : "remove it";
        binder.Add(key, DefinitionOrigins.Join(path, key.Text), "unknown key", key.Text, rule, fix);
    }
}
