using System.CommandLine;
using System.Text.Json;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast types</c>: the image types.</summary>
internal static class TypesCommand
{
    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("types", "List the image types.");
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        command.Options.Add(json);
        Option<string[]> directories = DefinitionOptions.TypeDirectories();
        command.Options.Add(directories);
        if (!session.IsDeclared)
            command.Example("", "the types; build --type NAME picks one");
        command.SetAction(result =>
        {
            IReadOnlyList<ImageType> all = session.Types((result.GetValue(directories) ?? []).ToValueList());
            if (result.GetValue(json))
            {
                TypeJson[] types = [.. all.Select(type => new TypeJson(
                    type.Name,
                    type.Description,
                    [.. type.Format.Select(format => format.Name)],
                    type.Accepts.Count == 0 ? null : [.. type.Accepts.Select(format => format.Name).Distinct()],
                    type.SizeMultiple?.Bytes))];
                session.Terminal.Output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(types, JsonDocuments.Text.TypeJsonArray));
                return ExitCodes.Done;
            }

            var table = new TextTable();
            foreach (ImageType type in all)
                table.Add(new TextTable.Cell(type.Name, "bold"), type.Description);
            table.Write(session.Terminal);
            return ExitCodes.Done;
        });
        return command;
    }
}
