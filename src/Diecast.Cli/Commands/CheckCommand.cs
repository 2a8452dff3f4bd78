using System.CommandLine;
using System.Text.Json;
using Diecast.Cli.Json;
using Diecast.Definitions;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast check FILE</c>: everything that can be known to be wrong before any work.</summary>
internal static class CheckCommand
{
    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("check", "Check a definition and list every error in it.");
        DefinitionOptions definition = DefinitionOptions.AddTo(command, session);
        var json = new Option<bool>("--json") { Description = "Print the errors as one JSON document, on standard output." };
        command.Options.Add(json);
        command.Example(session.File("server.yaml"), "lists every error with its place and its fix; exit code 2 if there is one");
        command.SetAction(result =>
        {
            TextWriter output = session.Terminal.Output.Profile.Out.Writer;
            if (result.GetValue(json))
                return PrintJson(output, () => session.Load(result, definition));
            LoadedDefinition loaded = session.Load(result, definition);
            output.WriteLine($"{loaded.Definition.Name}: no errors");
            return ExitCodes.Done;
        });
        return command;
    }

    private static int PrintJson(TextWriter output, Action load)
    {
        ErrorJson[] errors = [];
        try
        {
            load();
        }
        catch (DefinitionException exception)
        {
            errors = [.. exception.Errors.Select(ToJson)];
        }

        output.WriteLine(JsonSerializer.Serialize(errors, JsonDocuments.Text.ErrorJsonArray));
        return errors.Length == 0 ? ExitCodes.Done : ExitCodes.Usage;
    }

    private static ErrorJson ToJson(DefinitionError error)
    {
        string? path = error.Path.Length > 0 ? error.Path : null;
        return new ErrorJson(
            error.Position?.Source.Name, error.Position?.Line, error.Position?.Column, path, error.Message, error.Value, error.Rule, error.Fix);
    }
}
