using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Diecast.Definitions.Shapes;

/// <summary>A whole number within limits.</summary>
internal sealed class NumberShape<T>(string noun, T least, T most, params T[] choices) : ScalarShape<T>
    where T : struct, IBinaryInteger<T>
{
    internal override string Noun => noun;

    internal override string Reference => choices.Length > 0 ? string.Join(" or ", Choices) : $"{least} to {most}";

    internal override T Placeholder => choices.Length > 0 ? choices[0] : least;

    internal override string Rule => choices.Length > 0
        ? $"it is {string.Join(" or ", Choices)}"
        : string.Create(CultureInfo.InvariantCulture, $"it is a whole number from {least} to {most}");

    private IEnumerable<string> Choices => choices.Select(Format);

    internal override void Check(T value, string path, Problems problems)
    {
        bool within = choices.Length > 0 ? choices.Contains(value) : value >= least && value <= most;
        if (!within)
            problems.Add(path, $"not {noun}", Format(value), Rule, $"give {noun} within the limits");
    }

    internal override JsonObject Schema(SchemaDefinitions definitions)
    {
        if (choices.Length > 0)
            return new JsonObject { ["enum"] = new JsonArray([.. choices.Select(c => JsonValue.Create(long.CreateChecked(c)))]) };
        return new JsonObject
        {
            ["type"] = "integer",
            ["minimum"] = long.CreateChecked(least),
            ["maximum"] = long.CreateChecked(most),
        };
    }

    private protected override bool TryParse(string text, out T value) =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private protected override string Format(T value) => value.ToString(null, CultureInfo.InvariantCulture);
}
