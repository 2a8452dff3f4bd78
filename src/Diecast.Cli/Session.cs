using System.CommandLine;
using Diecast.Cli.Rendering;
using Diecast.Definitions;

namespace Diecast.Cli;

/// <summary>What every command has: the terminal, and a definition when the program declares one itself.</summary>
internal sealed class Session(Terminal terminal, Definition? declared)
{
    internal Terminal Terminal => terminal;

    /// <summary>Whether the program itself is the definition.</summary>
    internal bool IsDeclared => declared is not null;

    /// <summary>What the user calls the program.</summary>
    internal string ProgramName => IsDeclared ? AppDomain.CurrentDomain.FriendlyName.Replace(' ', '-') : "diecast";

    /// <summary>A definition's file in an example, or nothing where the program is the definition.</summary>
    internal string File(string name) => IsDeclared ? "" : name + " ";

    /// <summary>The definition of a command line: its file, or the program's own, with the overrides.</summary>
    internal LoadedDefinition Load(ParseResult result, DefinitionOptions options, params FlagOverride[] flags) =>
        Load(result.CommandResult.Command.Name, declared is null ? result.GetRequiredValue(options.File!) : null, result.GetValue(options.Set) ?? [], flags);

    /// <summary>The definition in a file, or the program's own where there is none, with overrides.</summary>
    internal LoadedDefinition Load(string command, string? file, string[] set, params FlagOverride[] flags)
    {
        if (file is not null && System.IO.Path.GetExtension(file) is ".cs" or ".csx")
            throw new UsageException($"{file} is a program, and reads its own command line", $"dotnet run {file} -- {command}");
        var overrides = new DefinitionOverrides { Set = set.ToValueList(), Flags = flags.ToValueList() };
        return declared is null ? DefinitionReader.Read(file!, overrides) : LoadedDefinition.Of(declared, overrides);
    }
}
