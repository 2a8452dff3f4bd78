using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>
/// The two streams: results on standard output, messages and progress on standard error. Colours follow NO_COLOR,
/// FORCE_COLOR and TERM; a moving display is used only on a terminal and never under CI.
/// </summary>
internal sealed class Terminal
{
    private const int PipeWidth = 160;

    internal Terminal(TextWriter output, TextWriter error, bool outputRedirected, bool errorRedirected)
    {
        Output = Create(output, outputRedirected);
        Error = Create(error, errorRedirected);
        IsInteractive = !errorRedirected
            && Environment.GetEnvironmentVariable("CI") is null or ""
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
    }

    /// <summary>Where results go.</summary>
    internal IAnsiConsole Output { get; }

    /// <summary>Where messages and progress go.</summary>
    internal IAnsiConsole Error { get; }

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
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected && !forced ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        // A pipe has no width; 80 columns would break paths and digests in two.
        if (redirected)
            console.Profile.Width = PipeWidth;
        return console;
    }
}
