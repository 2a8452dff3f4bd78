namespace Diecast.Definitions;

/// <summary>A text that values come from: a definition file, or one <c>--set</c> or flag of the command line.</summary>
public sealed class DefinitionSource
{
    private DefinitionSource(string name, string text, string directory, int order, bool isFile) =>
        (Name, Text, Directory, Order, IsFile) = (name, text, directory, order, isFile);

    /// <summary>The file's path as it was given, or the flag, as in <c>--set</c>.</summary>
    public string Name { get; }

    /// <summary>The whole text; for a flag its argument.</summary>
    public string Text { get; }

    /// <summary>Whether it is a file (or a text read as one) and not a flag.</summary>
    public bool IsFile { get; }

    /// <summary>Directory that relative paths in it start from.</summary>
    internal string Directory { get; }

    /// <summary>Place in the order of reading: the definition, what it includes, flags.</summary>
    internal int Order { get; }

    internal static DefinitionSource File(string name, string text, string directory, int order) =>
        new(name, text, directory, order, isFile: true);

    internal static DefinitionSource Flag(string name, string text, string directory, int order) =>
        new(name, text, directory, order, isFile: false);
}
