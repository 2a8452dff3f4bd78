using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>Short ways to read a definition in a test.</summary>
internal static class Yaml
{
    /// <summary>The least that is a definition.</summary>
    internal const string Disk = "image: { partitions: [{ fileSystem: ext4 }] }\n";

    internal static LoadedDefinition Load(string text, params string[] set) =>
        DefinitionReader.ReadText(text, "test.yaml", AppContext.BaseDirectory, new DefinitionOverrides { Set = [.. set] });

    internal static Definition Read(string text, params string[] set) => Load(text, set).Definition;

    internal static IReadOnlyList<DefinitionError> Errors(string text, params string[] set) =>
        Assert.Throws<DefinitionException>(() => Load(text, set)).Errors;

    internal static DefinitionError Error(string text, params string[] set)
    {
        IReadOnlyList<DefinitionError> errors = Errors(text, set);
        Assert.True(errors.Count == 1, string.Join('\n', errors));
        return errors[0];
    }
}
