using System.CommandLine;
using Diecast.Definitions;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast check FILE</c>: everything that can be known to be wrong before any work.</summary>
internal static class CheckCommand
{
    internal static Command Create(Session session)
    {
        var command = new Command("check", "Check a definition and list every error in it.");
        DefinitionOptions definition = DefinitionOptions.AddTo(command, session);
        command.SetAction(result =>
        {
            LoadedDefinition loaded = session.Load(result, definition);
            session.Terminal.Output.Profile.Out.Writer.WriteLine($"{loaded.Definition.Name}: no errors");
            return ExitCodes.Done;
        });
        return command;
    }
}
