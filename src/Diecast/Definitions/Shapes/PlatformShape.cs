using System.Text.Json.Nodes;

namespace Diecast.Definitions.Shapes;

/// <summary>A platform, by any of its names.</summary>
internal sealed class PlatformShape : ScalarShape<Platform>
{
    internal override string Noun => "a platform";

    internal override string Reference => string.Join(", ", Platform.All.Select(platform => $"`{platform.DebianArchitecture}`"));

    internal override Platform Placeholder => Platform.Amd64;

    internal override string Rule =>
        $"it is one of {string.Join(", ", Platform.All.Select(platform => platform.DebianArchitecture))}, or its triplet or name as in {Platform.Arm64.Name}";

    internal override JsonObject Schema(SchemaDefinitions definitions) => new()
    {
        ["enum"] = new JsonArray([.. Names.Select(name => JsonValue.Create(name))]),
    };

    internal override void Check(Platform value, string path, Problems problems)
    {
        // A platform can only be one of the catalogue.
    }

    private protected override bool TryParse(string text, out Platform value)
    {
        Platform? found = Platform.Find(text);
        value = found ?? Placeholder;
        return found is not null;
    }

    private protected override string Format(Platform value) => value.DebianArchitecture;

    private protected override string Fix(string text) =>
        Suggestion.Nearest(text, Names) is { } near ? $"did you mean {near}?" : "take one of them";

    private static IEnumerable<string> Names =>
        Platform.All.SelectMany(platform => (string[])[platform.DebianArchitecture, platform.Name, platform.Triplet]).Distinct();
}
