using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>A text, with the form that it must have.</summary>
internal class TextShape(string noun, string rule) : ScalarShape<string>
{
    internal override string Noun => noun;

    internal override string Placeholder => "";

    internal override string Rule => rule;

    /// <summary>The whole text's form for .NET; null for any.</summary>
    internal Regex? Form { get; init; }

    /// <summary>The same form for the JSON schema, without anchors.</summary>
    internal string? Pattern { get; init; }

    /// <summary>Most UTF-16 units.</summary>
    internal int? MaxLength { get; init; }

    /// <summary>What to do about a text that breaks the rule.</summary>
    internal Func<string, string>? Advice { get; init; }

    /// <summary>A rule that a regular expression does not say: returns what is wrong, or null.</summary>
    internal Func<string, string?>? Test { get; init; }

    /// <summary>Whether a wrong value may hold a secret, so that messages do not show it.</summary>
    internal bool IsSecret { get; init; }

    internal override JsonObject Schema(SchemaDefinitions definitions)
    {
        // A JSON schema sees 123 and yes as a number and a boolean where the reader sees their text.
        var schema = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean") };
        if (Pattern is not null)
            schema["pattern"] = $"^(?:{Pattern})$";
        if (MaxLength is { } most)
            schema["maxLength"] = most;
        return schema;
    }

    internal override void Check(string value, string path, Problems problems)
    {
        string? wrong =
            MaxLength is { } most && value.Length > most
                ? string.Create(CultureInfo.InvariantCulture, $"too long by {value.Length - most}")
            : Form is not null && !Form.IsMatch(value) ? value.Length == 0 ? "empty" : $"not {noun}"
            : Test?.Invoke(value);
        if (wrong is null)
            return;
        if (IsSecret)
            problems.AddSecret(path, wrong, rule, Fix(value));
        else
            problems.Add(path, wrong, value, rule, Fix(value));
    }

    private protected override bool TryParse(string text, out string value)
    {
        value = text;
        return true;
    }

    private protected override string Format(string value) => value;

    private protected override string Fix(string text) => Advice?.Invoke(text) ?? $"give {noun}";
}

/// <summary>A path on the host. In an included file it starts from that file's directory, and is read as if from the definition's.</summary>
internal sealed class HostPathShape(string noun) : TextShape(noun, "a path is relative to the file that names it, or absolute")
{
    private protected override string Localize(string value, YamlScalar scalar, Binder binder)
    {
        string from = scalar.Position?.Source.Directory ?? binder.Directory;
        return value.Length == 0 || Path.IsPathRooted(value) || value.StartsWith("file://", StringComparison.Ordinal) || from == binder.Directory || value.Contains('\0', StringComparison.Ordinal)
            ? value
            : Path.GetRelativePath(binder.Directory, Path.Combine(from, value));
    }
}
