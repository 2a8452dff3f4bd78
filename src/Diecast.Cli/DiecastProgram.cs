using System.CommandLine;
using System.CommandLine.Parsing;
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

    /// <summary>Runs the command on a definition made in C#; no command takes a file then.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="definition">The definition.</param>
    /// <returns>0 done, 1 the build failed, 2 usage or definition error, 130 interrupted.</returns>
    public static Task<int> RunAsync(string[] args, Definition definition) =>
        RunAsync(args, Terminal.FromProcess(), definition);

    internal static async Task<int> RunAsync(string[] args, Terminal terminal, Definition? definition)
    {
        var session = new Session(terminal, definition);
        var root = new RootCommand("Casts bootable images from a declared system: no root, no virtual machine, the same bytes every time.")
        {
            BuildCommand.Create(session),
            CheckCommand.Create(session),
            ShowCommand.Create(session),
            TypesCommand.Create(session),
            RunCommand.Create(session),
        };
        ParseResult result = root.Parse(args);
        if (result.Errors.Count > 0)
            return RefuseUsage(terminal, result);

        using var interruption = new Interruption();
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = terminal.Output.Profile.Out.Writer,
            Error = terminal.Error.Profile.Out.Writer,
        };
        return await Failures.GuardAsync(terminal, () => result.InvokeAsync(configuration, interruption.Token));
    }

    private static int RefuseUsage(Terminal terminal, ParseResult result)
    {
        foreach (ParseError error in result.Errors)
            ErrorText.Write(terminal, error.Message);
        string command = result.CommandResult.Command is RootCommand ? "" : result.CommandResult.Command.Name + " ";
        terminal.Error.Profile.Out.Writer.WriteLine($"try: diecast {command}--help");
        return ExitCodes.Usage;
    }
}
