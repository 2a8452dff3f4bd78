using Diecast.Building;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>One line for each step as it begins and ends, for logs and pipes.</summary>
internal sealed class PlainProgress(Terminal terminal, Verbosity verbosity) : IProgress<BuildEvent>
{
    private readonly Lock _lock = new();

    public void Report(BuildEvent value)
    {
        if (verbosity == Verbosity.Quiet)
            return;
        lock (_lock)
        {
            switch (value)
            {
                case StepStarted started:
                    terminal.Error.WriteLine($"{started.Title} …");
                    break;
                case StepDetail detail when verbosity == Verbosity.Verbose:
                    terminal.Error.WriteLine("  " + detail.Text);
                    break;
                case StepFinished finished:
                    terminal.Error.WriteLine(Describe(finished));
                    break;
                default:
                    break;
            }
        }
    }

    private static string Describe(StepFinished step)
    {
        string bytes = step.Bytes > 0 ? $", {Units.Size(step.Bytes)} ({Units.Rate(step.Bytes, step.Elapsed)})" : "";
        string summary = step.Summary.Length > 0 ? $": {step.Summary}" : "";
        return $"{step.Title} done in {Units.Time(step.Elapsed)}{bytes}{summary}";
    }
}
