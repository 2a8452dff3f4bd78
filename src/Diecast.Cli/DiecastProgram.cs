using System.CommandLine;
using System.CommandLine.Help;
using Diecast.Cli;
using Diecast.Cli.Commands;
using Diecast.Cli.Rendering;

namespace Diecast;

/// <summary>The <c>diecast</c> command, as a program of its own and inside a C# file that declares a system.</summary>
public static class DiecastProgram
{
    /// <summary>Runs the command on definition files.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>0 done, 1 the build failed, 2 usage or definition error, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] args) => RunAsync(args, Terminal.FromProcess(), null);

    /// <summary>Runs the command under the name by which it was called: <c>systemd-repart</c> is that program.</summary>
    internal static Task<int> RunAsync(string[] args, string calledAs) =>
        RepartCommand.IsOriginal(calledAs) ? RunRepartAsync(args, Terminal.FromProcess()) : RunAsync(args);

    /// <summary>Runs the command on a definition made in C#; no command takes a file then.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="definition">The definition.</param>
    /// <returns>0 done, 1 the build failed, 2 usage or definition error, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] args, Definition definition) =>
        RunAsync(args, Terminal.FromProcess(), definition);

    /// <summary>Runs the command on a system made in C#, whose image is what <c>--type</c> asks for.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="system">The system; its host name is the image's name.</param>
    /// <returns>0 done, 1 the build failed, 2 usage or definition error, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] args, OperatingSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return RunAsync(args, new Definition { Name = system.HostName ?? "image", System = system });
    }

    internal static async Task<int> RunAsync(string[] args, Terminal terminal, Definition? definition)
    {
        var session = new Session(terminal, definition);
        var root = new ExampledCommand(
            session.ProgramName, "Casts bootable images from a declared system: no root, no virtual machine, the same bytes every time.")
        {
            new HelpOption { Action = new ExampleHelp(terminal), Description = "Show this help." },
            new VersionOption { Description = "Show the version." },
            BuildCommand.Create(session),
            CheckCommand.Create(session),
            ShowCommand.Create(session),
            TypesCommand.Create(session),
            RunCommand.Create(session),
            ConvertCommand.Create(session),
            InfoCommand.Create(session),
            RepartCommand.Create(session),
        };
        root.Example($"build {session.File("server.yaml")}", "casts the image that the definition declares");
        root.Example($"run {session.File("server.yaml")}", "casts it and boots it here; Ctrl-A X ends it");
        root.Example("build --help", "tells what build can do, with examples");

        // Called with nothing, it says what it could be called with.
        ParseResult result = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (args.Length > 0 && UsageErrors.Report(terminal, result))
            return ExitCodes.Usage;
        if (CSharpProgram.Of(result, session) is { } program)
            return await Failures.GuardAsync(terminal, () => RunProgram(program, args));

        using var interruption = new Interruption();
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = (args.Length == 0 ? terminal.Error : terminal.Output).Profile.Out.Writer,
            Error = terminal.Error.Profile.Out.Writer,
        };
        int exitCode = await Failures.GuardAsync(terminal, () => result.InvokeAsync(configuration, interruption.Token));
        return args.Length == 0 ? ExitCodes.Usage : exitCode;
    }

    /// <summary>The program as systemd-repart: its switches, and its exit status of 1 for whatever is wrong.</summary>
    internal static async Task<int> RunRepartAsync(string[] args, Terminal terminal, Func<string, string?>? environment = null)
    {
        if (args.Contains("--version"))
        {
            string version = typeof(DiecastProgram).Assembly.GetName().Version?.ToString(3) ?? "0";
            await terminal.Output.Profile.Out.Writer.WriteLineAsync(RepartCommand.Version(version));
            return ExitCodes.Done;
        }

        ExampledCommand root = RepartCommand.Create(new Session(terminal, null), RepartCommand.OriginalName, environment);
        root.Options.Add(new HelpOption { Action = new ExampleHelp(terminal), Description = "Show this help." });
        ParseResult result = root.Parse(args);
        if (UsageErrors.Report(terminal, result))
            return ExitCodes.Failed;
        using var interruption = new Interruption();
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = terminal.Output.Profile.Out.Writer,
            Error = terminal.Error.Profile.Out.Writer,
        };
        int exitCode = await Failures.GuardAsync(terminal, () => result.InvokeAsync(configuration, interruption.Token));
        return exitCode == ExitCodes.Usage ? ExitCodes.Failed : exitCode;
    }

    private static Task<int> RunProgram(string file, string[] args)
    {
        CSharpProgram.Run(file, args);
        return Task.FromResult(ExitCodes.Done);
    }
}
