using System.CommandLine;
using System.Text.Json;
using Diecast.Bases;
using Diecast.Building;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Definitions;
using Diecast.Planning;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast build FILE</c>.</summary>
internal static class BuildCommand
{
    internal static Command Create(Session session)
    {
        var command = new Command("build", "Build the image that a definition declares.");
        DefinitionOptions definition = DefinitionOptions.AddTo(command, session);
        var type = new Option<string?>("--type", "-t") { Description = "Image type, see `diecast types`.", HelpName = "TYPE" };
        var output = new Option<string?>("--output", "-o") { Description = "The output file.", HelpName = "PATH" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document when done." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Say nothing but errors and the output's path." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show the lines of the programs that are run." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and write nothing but the cached base; with -v the place of every file." };
        var offline = new Option<bool>("--offline") { Description = "Ask no network; use the newest cached base of this declaration." };
        foreach (Option option in new Option[] { type, output, json, quiet, verbose, dryRun, offline })
            command.Options.Add(option);
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                Verbosity verbosity = result.GetValue(quiet) ? Verbosity.Quiet
                    : result.GetValue(verbose) ? Verbosity.Verbose : Verbosity.Normal;
                LoadedDefinition loaded = session.Load(result, definition, TypeFlag(result.GetValue(type)));
                BuildOptions options = Options(result.GetValue(output), result.GetValue(offline));
                if (result.GetValue(dryRun))
                    return DryRun(session, loaded, options, verbosity, cancellation);
                BuildReport report = Build(session.Terminal, loaded, options, verbosity, cancellation);
                Print(session.Terminal, report, result.GetValue(json), verbosity);
                return ExitCodes.Done;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>The options that come from the environment, with those of the command line.</summary>
    internal static BuildOptions Options(string? output, bool offline) => new()
    {
        OutputPath = output,
        Epoch = SourceDateEpoch(),
        Network = offline ? NetworkPolicy.Offline : NetworkPolicy.Online,
    };

    /// <summary>The image type of the command line stands over the definition's.</summary>
    internal static FlagOverride[] TypeFlag(string? type) => type is null ? [] : [new FlagOverride("--type", "image.type", type)];

    /// <summary>Builds with progress on standard error.</summary>
    internal static BuildReport Build(
        Terminal terminal, LoadedDefinition loaded, BuildOptions options, Verbosity verbosity, CancellationToken cancellation)
    {
        using IDisposable? live = Observe(terminal, loaded.Definition.Name, verbosity, out IProgress<BuildEvent>? observer);
        return ImageBuilder.Build(loaded, options, observer, cancellation);
    }

    private static int DryRun(
        Session session, LoadedDefinition loaded, BuildOptions options, Verbosity verbosity, CancellationToken cancellation)
    {
        BuildPlan plan;
        using (Observe(session.Terminal, loaded.Definition.Name, verbosity, out IProgress<BuildEvent>? observer))
            plan = ImageBuilder.Plan(loaded, options, observer, cancellation);
        session.Terminal.Output.Profile.Out.Writer.Write(verbosity == Verbosity.Verbose ? plan.ToDetailedText() : plan.ToString());
        return ExitCodes.Done;
    }

    private static LiveProgress? Observe(Terminal terminal, string name, Verbosity verbosity, out IProgress<BuildEvent>? observer)
    {
        LiveProgress? live = terminal.IsInteractive && verbosity != Verbosity.Quiet ? new LiveProgress(terminal, name, verbosity) : null;
        observer = live is not null ? live : new PlainProgress(terminal, verbosity);
        return live;
    }

    private static void Print(Terminal terminal, BuildReport report, bool json, Verbosity verbosity)
    {
        TextWriter output = terminal.Output.Profile.Out.Writer;
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(ToJson(report), JsonText.Default.BuildJson));
            return;
        }

        if (verbosity == Verbosity.Quiet)
        {
            foreach (OutputReport file in report.Outputs)
                output.WriteLine(file.Path);
            return;
        }

        ReportTable.Write(terminal.Output, report);
    }

    private static BuildJson ToJson(BuildReport report) => new(
        [.. report.Steps.Select(step => new StepJson(
            step.Title, step.Elapsed.TotalSeconds, step.ProcessorTime.TotalSeconds, step.PeakMemory, step.Bytes, step.Summary))],
        [.. report.Outputs.Select(file => new OutputJson(file.Path, file.Format, file.Size, file.AllocatedSize, file.Sha256))],
        report.Epoch,
        [.. report.Codecs],
        report.Plan.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    private static long? SourceDateEpoch()
    {
        string? text = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
        if (string.IsNullOrEmpty(text))
            return null;
        return long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out long epoch)
            ? epoch
            : throw new UsageException($"SOURCE_DATE_EPOCH is '{text}'; it must be whole seconds since 1970");
    }
}
