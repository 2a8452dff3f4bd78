using System.CommandLine;
using Diecast.Cli.Rendering;
using Diecast.Definitions;
using Diecast.ImageTypes;

namespace Diecast.Cli;

/// <summary>What every command has: the terminal, and a definition when the program declares one itself.</summary>
internal sealed class Session(Terminal terminal, Definition? declared)
{
    internal Terminal Terminal => terminal;

    /// <summary>Whether the program itself is the definition.</summary>
    internal bool IsDeclared => declared is not null;

    /// <summary>The arguments of commands that name a definition's file.</summary>
    internal HashSet<Argument> DefinitionFiles { get; } = [];

    /// <summary>What the user calls the program.</summary>
    internal string ProgramName => IsDeclared ? AppDomain.CurrentDomain.FriendlyName.Replace(' ', '-') : "diecast";

    /// <summary>A definition's file in an example, or nothing where the program is the definition.</summary>
    internal string File(string name) => IsDeclared ? "" : name + " ";

    /// <summary>The definition of a command line: its file, or the program's own, with the overrides.</summary>
    internal LoadedDefinition Load(ParseResult result, DefinitionOptions options, params FlagOverride[] flags) =>
        Load(declared is null ? result.GetRequiredValue(options.File!) : null, new DefinitionOverrides
        {
            Profiles = (declared is null ? result.GetValue(options.Profile) ?? [] : []).ToValueList(),
            Set = (result.GetValue(options.Set) ?? []).ToValueList(),
            TypeDirectories = (result.GetValue(options.Types) ?? []).ToValueList(),
            Flags = [.. result.GetValue(options.Type) is { } type ? [new FlagOverride("--type", DefinitionOverrides.TypePath, type)] : Array.Empty<FlagOverride>(), .. flags],
        });

    /// <summary>The image types: built in, the program's own, and those of files.</summary>
    internal IReadOnlyList<ImageType> Types(ValueList<string> directories) =>
        [.. ImageCatalogue.Types, .. declared?.Types ?? [], .. DefinitionReader.ReadTypes(directories, declared?.Directory ?? ".")];

    /// <summary>The definition in a file, or the program's own where there is none, with overrides.</summary>
    internal LoadedDefinition Load(string? file, DefinitionOverrides overrides) =>
        declared is null ? DefinitionReader.Read(file!, overrides) : LoadedDefinition.Of(declared, overrides);
}
