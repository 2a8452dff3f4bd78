using System.Text.Json.Nodes;
using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How a definition is written: the root of all shapes.</summary>
internal static class DefinitionShape
{
    /// <summary>The key whose files lie under a definition. It is dealt with before the definition is read.</summary>
    internal const string Include = "include";

    internal const string IncludeText =
        "Definition files to start from, relative to this one: a path or a list. Maps are merged key by key, single values and lists "
        + "replaced; a later file wins over an earlier, and this file over all of them. board:NAME, as in board:pine64, is the ready-made "
        + "system of a board with its image type. Default: none.";

    /// <summary>The key whose maps lie over the definition when they are asked for. It is dealt with before, too.</summary>
    internal const string Profiles = "profiles";

    internal const string ProfilesText =
        "Parts of a definition by their names, each a map of keys as in system and image. `--profile NAME` lays one over the files. Default: none.";

    internal static readonly RecordShape<Definition> Shape = new("a definition", () => new Definition { Name = "" },
    [
        Field.Required(nameof(Definition.Name), Texts.Name, (Definition d) => d.Name, (d, v) => d with { Name = v }),
        Field.Optional(nameof(Definition.System), SystemShapes.System, (Definition d) => d.System, (d, v) => d with { System = v }),
        Field.Of(nameof(Definition.Image), ImageShapes.Image, (Definition d) => d.Image, (d, v) => d with { Image = v }),
        Field.OptionalValue(nameof(Definition.Epoch), new EpochShape(), (Definition d) => d.Epoch, (d, v) => d with { Epoch = v }),
        Field.OptionalValue(nameof(Definition.Seed), Scalars.Uuid, (Definition d) => d.Seed, (d, v) => d with { Seed = v }),
    ])
    {
        MayBePartial = true,
        Unwritten = [nameof(Definition.Directory), nameof(Definition.Types)],
        EarlierKeys = [(Include, IncludeSchema, IncludeText), (Profiles, ProfilesSchema, ProfilesText)],
    };

    private static JsonObject ProfilesSchema() => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = new JsonObject { ["$ref"] = "#" },
    };

    private static JsonObject IncludeSchema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "string" },
            new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } }),
    };
}
