using System.CommandLine;

namespace Diecast.Cli;

/// <summary>The arguments that name a definition: FILE and <c>--set</c>.</summary>
internal sealed class DefinitionOptions
{
    private DefinitionOptions(Argument<string>? file, Option<string[]> set)
    {
        File = file;
        Set = set;
    }

    /// <summary>The definition file; null where the program itself is the definition.</summary>
    internal Argument<string>? File { get; }

    internal Option<string[]> Set { get; }

    internal static DefinitionOptions AddTo(Command command, Session session)
    {
        Argument<string>? file = null;
        if (!session.IsDeclared)
        {
            file = new Argument<string>("FILE") { Description = "The definition: a YAML file. One in C# runs itself: dotnet run FILE.cs -- COMMAND." };
            command.Arguments.Add(file);
        }

        var set = new Option<string[]>("--set")
        {
            Description = "Override one value of the definition; `diecast show` lists their names. May be given more than once.",
            HelpName = "key=value",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        command.Options.Add(set);
        return new DefinitionOptions(file, set);
    }
}
