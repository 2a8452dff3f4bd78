using Diecast.Cli.Rendering;

namespace Diecast.Tests.Cli;

/// <summary>Runs the command in this process and keeps what it says.</summary>
internal static class CommandLine
{
    internal sealed record Result(int ExitCode, string Output, string Error);

    internal static Result Run(params string[] arguments) => Run(null, arguments);

    internal static Result Run(Definition? declared, params string[] arguments) => Run(declared, null, arguments);

    /// <summary>Runs it on a terminal of so many columns.</summary>
    internal static Result RunWide(int columns, params string[] arguments) => Run(null, columns, arguments);

    private static Result Run(Definition? declared, int? columns, string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, outputRedirected: true, errorRedirected: true, columns);
        int exitCode = DiecastProgram.RunAsync(arguments, terminal, declared).GetAwaiter().GetResult();
        return new Result(exitCode, output.ToString(), error.ToString());
    }
}
