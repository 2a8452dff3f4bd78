using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>
/// The two streams: results on standard output, messages and progress on standard error. Colours follow NO_COLOR,
/// FORCE_COLOR and TERM; a moving display is used only on a terminal and never under CI.
/// </summary>
internal sealed class Terminal
{
    /// <summary>Nothing is broken at the end of a line: terminals do that in a way that keeps what is copied whole.</summary>
    private const int Unbroken = 1 << 20;

    internal Terminal(TextWriter output, TextWriter error, bool outputRedirected, bool errorRedirected, int? width = null)
    {
        Output = Create(output, outputRedirected);
        Error = Create(error, errorRedirected);
        Moving = Create(error, errorRedirected);
        Width = width ?? (outputRedirected ? Unbroken : Output.Profile.Width);
        Output.Profile.Width = Unbroken;
        Error.Profile.Width = Unbroken;
        OutputIsTerminal = !outputRedirected;
        IsInteractive = !errorRedirected
            && Environment.GetEnvironmentVariable("CI") is null or ""
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
    }

    /// <summary>Where results go. It breaks no line.</summary>
    internal IAnsiConsole Output { get; }

    /// <summary>Where messages and progress go. It breaks no line.</summary>
    internal IAnsiConsole Error { get; }

    /// <summary>The error stream for a display that is redrawn in place; it knows the terminal's width.</summary>
    internal IAnsiConsole Moving { get; }

    /// <summary>Columns that a line of results may take; a pipe has no end.</summary>
    internal int Width { get; }

    /// <summary>Whether results go to a terminal.</summary>
    internal bool OutputIsTerminal { get; }

    /// <summary>Whether progress may move.</summary>
    internal bool IsInteractive { get; }

    internal static Terminal FromProcess() =>
        new(Console.Out, Console.Error, Console.IsOutputRedirected, Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        bool forced = Environment.GetEnvironmentVariable("FORCE_COLOR") is { Length: > 0 } and not "0";
        bool plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("TERM") == "dumb"
            || (redirected && !forced);
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected && !forced ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
    }
}
