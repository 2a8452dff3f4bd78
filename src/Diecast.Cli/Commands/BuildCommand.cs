using System.CommandLine;
using System.Text.Json;
using Diecast.Bases;
using Diecast.Building;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Definitions;
using Diecast.ImageTypes;
using Diecast.Planning;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast build FILE</c>.</summary>
internal static class BuildCommand
{
    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("build", "Build the image that a definition declares.");
        DefinitionOptions definition = DefinitionOptions.AddTo(command, session);
        var output = new Option<string?>("--output", "-o") { Description = "The output file, or a directory for it. Default: the definition's name, here.", HelpName = "PATH" };
        var format = new Option<string[]>("--format", "-O")
        {
            Description = "Disk format in place of the definition's. Given more than once, all are written in one pass.",
            HelpName = "FORMAT",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        var label = new Option<string?>("--label") { Description = "Label of the root that the image type makes, or name of an ISO image's volume.", HelpName = "LABEL" };
        var isVolatile = new Option<bool>("--volatile") { Description = "Keep the root's changes in memory, unless the kernel's command line has diecast.volatile=no." };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON document on standard output." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Say nothing but errors and the output's path." };
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Show the lines of the programs that are run." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print the plan and write nothing but the cached base; with -v the place of every file." };
        var offline = new Option<bool>("--offline") { Description = "Ask no network; use the newest cached base of this declaration." };
        var digest = new Option<string>("--digest")
        {
            Description = "What to say of the output's bytes: sha256, or none, which saves half of the time. Default: sha256.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "sha256",
        };
        digest.AcceptOnlyFromAmong("sha256", "none");
        foreach (Option option in new Option[] { format, output, label, isVolatile, json, quiet, verbose, dryRun, offline, digest })
            command.Options.Add(option);
        string file = session.File("server.yaml");
        command.Example(file, "casts the image into this directory");
        command.Example(file + "--dry-run", "prints where every byte would go, and every id");
        command.Example(file + "--format raw --format vmdk --output out/", "two formats from one pass, in another place");
        command.Example(file + "--quiet", "says nothing but where the image is: for scripts");
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                if (result.GetValue(quiet) && result.GetValue(verbose))
                    throw new UsageException("--quiet and --verbose contradict each other", "leave one of them out");
                Verbosity verbosity = result.GetValue(quiet) ? Verbosity.Quiet
                    : result.GetValue(verbose) ? Verbosity.Verbose : Verbosity.Normal;
                LoadedDefinition loaded = session.Load(
                    result,
                    definition,
                    [.. FormatFlag(result.GetValue(format)), .. LabelFlag(result.GetValue(label)), .. VolatileFlag(result.GetValue(isVolatile))]);
                BuildOptions options = Options(result.GetValue(output), result.GetValue(offline)) with
                {
                    Digest = result.GetValue(digest) == "none" ? OutputDigest.None : OutputDigest.Sha256,
                };
                bool isJson = result.GetValue(json);
                if (result.GetValue(dryRun))
                    return DryRun(session, loaded, options, verbosity, isJson, cancellation);
                bool isTable = !isJson && verbosity != Verbosity.Quiet;
                BuildReport report = Build(session.Terminal, loaded, options, verbosity, isTable && session.Terminal.OutputIsTerminal, cancellation);
                Print(session.Terminal, report, isJson, verbosity);
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

    private static FlagOverride[] LabelFlag(string? label) => label is null ? [] : [new FlagOverride("--label", "image.label", label)];

    private static FlagOverride[] VolatileFlag(bool isGiven) => isGiven ? [new FlagOverride("--volatile", "image.volatileRoot", "true")] : [];

    private static FlagOverride[] FormatFlag(string[]? formats) =>
        formats is { Length: > 0 } ? [new FlagOverride("--format", "image.format", string.Join(',', formats))] : [];

    /// <summary>Builds with progress on standard error, which goes away when a table is to stand in its place.</summary>
    internal static BuildReport Build(
        Terminal terminal,
        LoadedDefinition loaded,
        BuildOptions options,
        Verbosity verbosity,
        bool isReplaced,
        CancellationToken cancellation)
    {
        using LiveProgress? live = Observe(terminal, loaded.Definition.Name, verbosity, out IProgress<BuildEvent>? observer);
        BuildReport report = ImageBuilder.Build(loaded, options, observer, cancellation);
        if (isReplaced)
            live?.Replace();
        return report;
    }

    private static int DryRun(
        Session session, LoadedDefinition loaded, BuildOptions options, Verbosity verbosity, bool isJson, CancellationToken cancellation)
    {
        BuildPlan plan;
        using (Observe(session.Terminal, loaded.Definition.Name, verbosity, out IProgress<BuildEvent>? observer))
            plan = ImageBuilder.Plan(loaded, options, observer, cancellation);
        TextWriter output = session.Terminal.Output.Profile.Out.Writer;
        string text = verbosity == Verbosity.Verbose ? plan.ToDetailedText() : plan.ToString();
        if (isJson)
            output.WriteLine(JsonSerializer.Serialize(new BuildJson([], [], plan.Epoch, [.. plan.Codecs], Lines(text)), JsonDocuments.Text.BuildJson));
        else
            output.Write(text);
        return ExitCodes.Done;
    }

    /// <summary>Progress on standard error, as the terminal and the verbosity have it.</summary>
    internal static LiveProgress? Observe(Terminal terminal, string name, Verbosity verbosity, out IProgress<BuildEvent>? observer)
    {
        // The lines of programs are to be read, so they are not drawn over.
        LiveProgress? live = terminal.IsInteractive && verbosity == Verbosity.Normal ? new LiveProgress(terminal, name) : null;
        observer = live is not null ? live : new PlainProgress(terminal, verbosity);
        return live;
    }

    /// <summary>The report, for programs, for scripts or for people.</summary>
    internal static void Print(Terminal terminal, BuildReport report, bool json, Verbosity verbosity)
    {
        TextWriter output = terminal.Output.Profile.Out.Writer;
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(ToJson(report), JsonDocuments.Text.BuildJson));
            return;
        }

        if (verbosity == Verbosity.Quiet)
        {
            foreach (OutputReport file in report.Outputs)
                output.WriteLine(file.Path);
            return;
        }

        ReportTable.Write(terminal, report);
    }

    private static BuildJson ToJson(BuildReport report) => new(
        [.. report.Steps.Select(step => new StepJson(
            step.Title, step.Elapsed.TotalSeconds, step.ProcessorTime.TotalSeconds, step.PeakMemory, step.Bytes, step.Summary))],
        [.. report.Outputs.Select(file => new OutputJson(file.Path, file.Format, file.Size, file.AllocatedSize, file.Sha256))],
        report.Epoch,
        [.. report.Codecs],
        Lines(report.Plan));

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

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
