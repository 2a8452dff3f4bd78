using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Diecast.Building;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Definitions;
using Diecast.ImageTypes;
using Diecast.Planning;
using Spectre.Console;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast show FILE</c>: every effective value with its origin, and the disk map.</summary>
internal static class ShowCommand
{
    /// <summary>What <see cref="EffectiveValue.Origin"/> says of a value that nobody gave.</summary>
    private const string DefaultOrigin = "default";

    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("show", "Show every effective value, where it comes from, and the disk map.");
        DefinitionOptions definition = DefinitionOptions.AddTo(command, session);
        var json = new Option<bool>("--json") { Description = "Print the values as one JSON document." };
        var yaml = new Option<bool>("--yaml") { Description = "Print the definition as canonical YAML." };
        foreach (Option option in new Option[] { json, yaml })
            command.Options.Add(option);
        string file = session.File("server.yaml");
        command.Example(file, "every value with the line that sets it, and where each partition goes");
        command.Example(file + "--set image.size=8G", "the same, as it would be with another size");
        command.Example(file + "--yaml", "the definition in one canonical form, its includes joined");
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                LoadedDefinition loaded = session.Load(result, definition);
                Terminal terminal = session.Terminal;
                TextWriter output = terminal.Output.Profile.Out.Writer;
                if (result.GetValue(yaml))
                {
                    output.Write(DefinitionPrinter.ToYaml(loaded.Definition));
                    return ExitCodes.Done;
                }

                Definition completed = ImageBuilder.CompleteDefinition(loaded.Definition);
                List<ValueJson> rows = Rows(loaded, completed);
                if (result.GetValue(json))
                {
                    output.WriteLine(JsonSerializer.Serialize(rows.ToArray(), JsonDocuments.Text.ValueJsonArray));
                    return ExitCodes.Done;
                }

                WriteValues(terminal, rows);
                if (ImageCatalogue.Of(completed).IsTree())
                    WriteOutputs(terminal, loaded);
                else
                    WriteMap(terminal, loaded, completed, cancellation);
                return ExitCodes.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static void WriteValues(Terminal terminal, List<ValueJson> rows)
    {
        var table = new TextTable();
        foreach (ValueJson row in rows)
        {
            string style = row.Origin is DefaultOrigin ? "dim" : "default";
            table.Add(
                new TextTable.Cell(row.Path, style),
                new TextTable.Cell(row.Value ?? "-", style),
                new TextTable.Cell(row.Origin, "dim"));
        }

        table.Write(terminal);
        terminal.Output.WriteLine();
    }

    /// <summary>Every effective value; one that the definition alone would not have comes from the image type.</summary>
    private static List<ValueJson> Rows(LoadedDefinition loaded, Definition completed)
    {
        string type = ImageCatalogue.Of(completed)!.Name;
        HashSet<EffectiveValue> own = [.. DefinitionPrinter.Rows(loaded.Definition, loaded.Origins)];
        return
        [
            .. DefinitionPrinter.Rows(completed, loaded.Origins)
                .Select(row => new ValueJson(row.Path, row.Value, own.Contains(row) ? row.Origin : $"image type {type}")),
        ];
    }

    /// <summary>What an image that is no disk would be written to: how large it is shows when it is packed.</summary>
    private static void WriteOutputs(Terminal terminal, LoadedDefinition loaded)
    {
        var table = new TextTable();
        table.Add(new TextTable.Cell("output", "bold"), new TextTable.Cell("format", "bold"));
        foreach (PlannedOutput output in ImageBuilder.Outputs(loaded, BuildCommand.Options(null, offline: true)))
            table.Add(Path.GetFileName(output.Path), new TextTable.Cell(output.Format, "dim"));
        table.Write(terminal);
    }

    /// <summary>
    /// The map with exact sizes where the base is at hand, else with what is declared: showing never starts a long
    /// installation.
    /// </summary>
    private static void WriteMap(Terminal terminal, LoadedDefinition loaded, Definition completed, CancellationToken cancellation)
    {
        try
        {
            if (completed.Image.Partitions.Any(partition => partition.FileSystem is
            { Type: FileSystemType.Squashfs or FileSystemType.Iso9660 or FileSystemType.Btrfs or FileSystemType.Xfs or FileSystemType.F2fs }
                or { Type: FileSystemType.Erofs, Compression: not (null or FileSystemCompression.None) }))
                throw new BuildException("how large a file system is that is compressed, or made by its own mkfs, shows when that is done, as by build --dry-run");
            BuildPlan plan = ImageBuilder.Plan(loaded, BuildCommand.Options(null, offline: true), null, cancellation);
            DiskMap.Write(terminal, plan.Definition.Name, plan.Length, [.. plan.Partitions.Select(Area)]);
        }
        catch (BuildException exception)
        {
            terminal.Error.Profile.Out.Writer.WriteLine($"sizes that follow from the content are not known yet: {exception.Message}");
            long offset = 0;
            var areas = new List<DiskMap.Area>();
            foreach (Partition partition in completed.Image.Partitions)
            {
                long length = partition.Size.Exact?.Bytes ?? Math.Max(partition.MinSize?.Bytes ?? 0, partition.Free.Bytes);
                offset = partition.Offset?.Bytes ?? offset;
                areas.Add(new DiskMap.Area(
                    areas.Count + 1, partition.Label ?? partition.Type, offset, length,
                    Name(partition.FileSystem?.Type), partition.MountPoint ?? "", partition.Size.Exact is null ? "at least, and its content" : ""));
                offset += length;
            }

            DiskMap.Write(terminal, completed.Name, offset, areas);
        }
    }

    private static DiskMap.Area Area(PlannedPartition partition) => new(
        partition.Number,
        partition.Label,
        partition.Offset,
        partition.Length,
        Name(partition.FileSystem),
        partition.MountPoint ?? "",
        partition.FileSystemId ?? "");

    private static string Name(FileSystemType? fileSystem) => fileSystem?.ToString().ToLower(CultureInfo.InvariantCulture) ?? "";
}
