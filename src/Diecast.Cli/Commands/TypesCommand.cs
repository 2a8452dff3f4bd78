using System.CommandLine;
using System.Text.Json;
using Diecast.Cli.Json;
using Diecast.ImageTypes;
using Spectre.Console;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast types</c>: the image types.</summary>
internal static class TypesCommand
{
    internal static Command Create(Session session)
    {
        var command = new Command("types", "List the image types.");
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        command.Options.Add(json);
        command.SetAction(result =>
        {
            IAnsiConsole output = session.Terminal.Output;
            if (result.GetValue(json))
            {
                TypeJson[] types = [.. ImageCatalogue.Types.Select(type => new TypeJson(type.Name, type.Description))];
                output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(types, JsonText.Default.TypeJsonArray));
                return ExitCodes.Done;
            }

            Grid grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
            foreach (ImageType type in ImageCatalogue.Types)
                grid.AddRow(new Markup($"[bold]{Markup.Escape(type.Name)}[/]"), new Text(type.Description));
            output.Write(grid);
            return ExitCodes.Done;
        });
        return command;
    }
}
