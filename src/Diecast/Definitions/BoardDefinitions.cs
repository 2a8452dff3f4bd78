using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;
using Diecast.ImageTypes;

namespace Diecast.Definitions;

/// <summary>
/// Definitions that come with the program, one a board: its ready-made system and its image type. A definition includes one
/// by <c>board:NAME</c>, as if it were a file.
/// </summary>
internal static class BoardDefinitions
{
    /// <summary>What tells a board's name from a path.</summary>
    internal const string Prefix = "board:";

    private const string RawSuffix = "-raw";

    /// <summary>The boards' names: those of their image types, without <c>-raw</c>.</summary>
    internal static IEnumerable<string> Names => Boards.All.Select(NameOf);

    /// <summary>The text of a board's definition, by its name or its image type's; null when no board has it.</summary>
    internal static string? Find(string name) =>
        Boards.All.FirstOrDefault(board => board.Name == name || NameOf(board) == name) is { } found ? TextOf(found) : null;

    private static string NameOf(Board board) =>
        board.Name.EndsWith(RawSuffix, StringComparison.Ordinal) ? board.Name[..^RawSuffix.Length] : board.Name;

    private static string TextOf(Board board)
    {
        var definition = new Definition { Name = board.Name, System = board.Barebones, Image = new Image { Type = board.Name } };
        var printed = (YamlMapping)DefinitionShape.Shape.Print(definition, PrintMode.Compact);

        // A definition's name is its file's unless it says otherwise, and this is not that file.
        return YamlWriter.Write(new YamlMapping(null, [.. printed.Entries.Where(entry => entry.Key.Text != "name")]));
    }
}
