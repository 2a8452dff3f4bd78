using Diecast.Definitions.Yaml;

namespace Diecast.Definitions.Shapes;

/// <summary>What reading values needs beside them: where faults and origins go, and where relative paths start.</summary>
internal sealed class Binder(DefinitionOrigins origins, Problems problems, string directory, bool isIncomplete)
{
    /// <summary>The definition's directory.</summary>
    internal string Directory => directory;

    /// <summary>Whether a file's values could not be read, so that a key which is not there may be in it.</summary>
    internal bool IsIncomplete => isIncomplete;

    /// <summary>Notes where a value is written.</summary>
    internal void Place(string path, YamlNode node)
    {
        if (node.Position is not null && !node.IsUnset)
            origins.Set(path, node.Position);
    }

    /// <summary>Notes that a value cannot be read, and that no further rule applies to it.</summary>
    internal void Unreadable(YamlNode node, string path, string message, string? value, string rule, string fix)
    {
        problems.AddAt(node.Position, path, message, value, rule, fix);
        problems.MarkUnreadable(path);
    }

    /// <summary>Notes a fault beside the values: an unknown key.</summary>
    internal void Add(YamlNode node, string path, string message, string? value, string rule, string fix) =>
        problems.AddAt(node.Position, path, message, value, rule, fix);
}
