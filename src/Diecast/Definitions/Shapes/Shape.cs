using System.Text.Json.Nodes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>How much of a value is printed.</summary>
internal enum PrintMode
{
    /// <summary>Every key, defaults too, in the long form.</summary>
    Full,

    /// <summary>What differs from the defaults, in the short form.</summary>
    Compact,

    /// <summary>As compact, without what has no part in the image's bytes.</summary>
    Identity,
}

/// <summary>
/// How the values of a type are written: the single source for reading, printing, checking, the JSON schema and the
/// reference page.
/// </summary>
internal abstract class Shape
{
    /// <summary>What a value is, with its article: <c>a size</c>.</summary>
    internal abstract string Noun { get; }

    /// <summary>The type in the reference page.</summary>
    internal virtual string Reference => WithoutArticle(Noun);

    /// <summary>Whether a map has one entry, which tells what the value is, so that another entry replaces it.</summary>
    internal virtual bool IsChoice => false;

    /// <summary>The shapes inside, by what is added to the path, in order.</summary>
    internal virtual IEnumerable<(string Key, Shape Shape)> Children => [];

    /// <summary>Lays a value over another of the same shape. Single values and lists replace.</summary>
    internal virtual YamlNode Merge(YamlNode under, YamlNode over) => over;

    /// <summary>The long form of a value that may be written in a short one.</summary>
    internal virtual YamlNode Expand(YamlNode node) => node;

    /// <summary>The shape of an entry of the long form; null when there is no such key.</summary>
    internal virtual Shape? Entry(string key) => null;

    /// <summary>The JSON schema of a value.</summary>
    internal abstract JsonObject Schema(SchemaDefinitions definitions);

    internal static string WithoutArticle(string noun) =>
        noun.Split(' ', 2) is ["a" or "an" or "the", var rest] ? rest : noun;
}

/// <summary>A shape with its type.</summary>
internal abstract class Shape<T> : Shape
{
    /// <summary>What stands for a value that could not be read.</summary>
    internal abstract T Placeholder { get; }

    /// <summary>Reads a value. Faults are noted and yield the placeholder.</summary>
    internal abstract T Bind(YamlNode node, string path, Binder binder);

    /// <summary>The value as YAML.</summary>
    internal abstract YamlNode Print(T value, PrintMode mode);

    /// <summary>Applies the rules for the value alone; those between values are the validator's.</summary>
    internal abstract void Check(T value, string path, Problems problems);
}

/// <summary>The named schemas that others refer to, in the order of their first use.</summary>
internal sealed class SchemaDefinitions
{
    private readonly List<(string Name, JsonObject Schema)> _schemas = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>A reference to a schema, which is made at its first use.</summary>
    internal JsonObject Reference(string name, Func<JsonObject> make)
    {
        if (_names.Add(name))
        {
            int index = _schemas.Count;
            _schemas.Add((name, []));
            _schemas[index] = (name, make());
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    internal JsonObject ToJson()
    {
        var all = new JsonObject();
        foreach ((string name, JsonObject schema) in _schemas)
            all[name] = schema;
        return all;
    }
}
