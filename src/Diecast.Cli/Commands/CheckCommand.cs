using System.CommandLine;
using System.Text.Json;
using Diecast.Building;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Definitions;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast check FILE</c>: everything that can be known to be wrong before any work, or whether the work gives the same again.</summary>
internal static class CheckCommand
{
    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("check", "Check a definition and list every error in it; with --reproducible, build it twice and compare.");
        DefinitionOptions definition = DefinitionOptions.AddTo(command, session);
        var json = new Option<bool>("--json") { Description = "Print the errors, or the differences, as one JSON document, on standard output." };
        var reproducible = new Option<bool>("--reproducible") { Description = "Build twice, the second time on one thread and in other directories, and compare every output. Nothing is left." };
        var against = new Option<string?>("--against")
        {
            Description = "Build once and compare with an earlier build's report, from build --json, here or on another machine.",
            HelpName = "REPORT",
        };
        var offline = new Option<bool>("--offline") { Description = "Ask no network; use the newest cached base of this declaration." };
        foreach (Option option in new Option[] { json, reproducible, against, offline })
            command.Options.Add(option);
        string file = session.File("server.yaml");
        command.Example(file, "lists every error with its place and its fix; exit code 2 if there is one");
        command.Example(file + "--reproducible", "builds it twice; exit code 1 and where they differ if they do");
        command.Example(file + "--against report.json", "the same, against what build --json has said before");
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                TextWriter output = session.Terminal.Output.Profile.Out.Writer;
                bool isJson = result.GetValue(json);
                if (result.GetValue(against) is { } path)
                {
                    if (result.GetValue(reproducible))
                        throw new UsageException("--reproducible and --against contradict each other", "leave one of them out");
                    BuildReport earlier = ReadReport(path);
                    return Compare(session, result, definition, isJson, (loaded, observer) => ReproducibilityCheck.Against(
                        loaded, earlier, BuildCommand.Options(null, result.GetValue(offline)), observer, cancellation));
                }

                if (result.GetValue(reproducible))
                {
                    return Compare(session, result, definition, isJson, (loaded, observer) => ReproducibilityCheck.Run(
                        loaded, BuildCommand.Options(null, result.GetValue(offline)), observer, cancellation));
                }

                if (isJson)
                    return PrintJson(output, () => session.Load(result, definition));
                LoadedDefinition only = session.Load(result, definition);
                output.WriteLine($"{only.Definition.Name}: no errors");
                return ExitCodes.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static int Compare(
        Session session, ParseResult result, DefinitionOptions definition, bool isJson, Func<LoadedDefinition, IProgress<BuildEvent>?, ReproducibilityReport> run)
    {
        LoadedDefinition loaded = session.Load(result, definition);
        ReproducibilityReport report;
        using (BuildCommand.Observe(session.Terminal, loaded.Definition.Name, Verbosity.Normal, out IProgress<BuildEvent>? observer))
            report = run(loaded, observer);
        TextWriter output = session.Terminal.Output.Profile.Out.Writer;
        if (isJson)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new ReproducibilityJson(
                    report.IsReproducible,
                    [.. report.Build.Outputs.Select(file => new OutputJson(Path.GetFileName(file.Path), file.Format, file.Size, file.AllocatedSize, file.Sha256))],
                    [.. report.Build.Codecs],
                    [.. report.Differences.Select(difference => new DifferenceJson(difference.Subject, difference.Explanation))]),
                JsonDocuments.Text.ReproducibilityJson));
        }
        else if (report.IsReproducible)
        {
            foreach (OutputReport file in report.Build.Outputs)
                output.WriteLine($"{Path.GetFileName(file.Path)}: the same, SHA-256 {file.Sha256}");
        }
        else
        {
            foreach (BuildDifference difference in report.Differences)
                output.WriteLine($"{difference.Subject}: {difference.Explanation}");
        }

        return report.IsReproducible ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>What <c>build --json</c> printed.</summary>
    private static BuildReport ReadReport(string path)
    {
        try
        {
            BuildJson read = JsonSerializer.Deserialize(File.ReadAllText(path), JsonDocuments.Text.BuildJson) is { Outputs: not null, Codecs: not null, Plan: not null } found
                ? found
                : throw new JsonException("it has no outputs, codecs and plan");
            return new BuildReport
            {
                Steps = [],
                Outputs = read.Outputs.Select(file => new OutputReport(file.Path, file.Format, file.Size, file.AllocatedSize, file.Sha256)).ToValueList(),
                Plan = string.Join('\n', read.Plan),
                Epoch = read.Epoch,
                Codecs = [.. read.Codecs],
            };
        }
        catch (JsonException exception)
        {
            throw new UsageException($"{path} is no report of a build: {exception.Message}", "write one with build --json >report.json");
        }
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
