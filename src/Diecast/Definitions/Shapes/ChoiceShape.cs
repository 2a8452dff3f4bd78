using System.Text;
using System.Text.Json.Nodes;

namespace Diecast.Definitions.Shapes;

/// <summary>One of an enumeration's names, in kebab case.</summary>
internal sealed class ChoiceShape<T>(string noun) : ScalarShape<T>
    where T : struct, Enum
{
    private static readonly T[] Values = Enum.GetValues<T>();
    private static readonly string[] Names = [.. Values.Select(v => Kebab(v.ToString()))];

    internal override string Noun => noun;

    internal override string Reference => string.Join(", ", Names.Select(n => $"`{n}`"));

    internal override T Placeholder => default;

    internal override string Rule => $"it is one of {string.Join(", ", Names)}";

    internal override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Reference(typeof(T).Name, static () => new JsonObject
        {
            ["description"] = string.Join('\n', Values.Select((v, i) => $"{Names[i]}: {ModelText.Of($"{typeof(T).Name}.{v}")}")),
            ["enum"] = new JsonArray([.. Names.Select(n => JsonValue.Create(n))]),
        });

    internal override void Check(T value, string path, Problems problems)
    {
        if (Array.IndexOf(Values, value) < 0)
            problems.Add(path, $"not {noun}", value.ToString(), Rule, "take one of them");
    }

    private protected override bool TryParse(string text, out T value)
    {
        int index = Array.IndexOf(Names, text);
        value = index < 0 ? default : Values[index];
        return index >= 0;
    }

    private protected override string Format(T value) => Kebab(value.ToString());

    private protected override string Fix(string text) =>
        Suggestion.Nearest(text, Names) is { } near ? $"did you mean {near}?" : "take one of them";

    /// <summary><c>NoPassword</c> as <c>no-password</c>.</summary>
    private static string Kebab(string name)
    {
        var kebab = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && kebab.Length > 0)
                kebab.Append('-');
            kebab.Append(char.ToLowerInvariant(c));
        }

        return kebab.ToString();
    }
}
