using Diecast.Building;

namespace Diecast.Cli.Rendering;

/// <summary>One line for each step as it begins and ends, for logs and pipes.</summary>
internal sealed class PlainProgress(Terminal terminal, Verbosity verbosity) : IProgress<BuildEvent>
{
    private readonly Lock _lock = new();
    private readonly TextWriter _writer = terminal.Error.Profile.Out.Writer;

    public void Report(BuildEvent value)
    {
        if (verbosity == Verbosity.Quiet)
            return;
        lock (_lock)
        {
            switch (value)
            {
                case StepStarted started:
                    _writer.WriteLine($"{started.Title} …");
                    break;
                case StepDetail detail when verbosity == Verbosity.Verbose:
                    _writer.WriteLine("  " + detail.Text);
                    break;
                case StepFinished finished:
                    _writer.WriteLine(Describe(finished));
                    break;
                default:
                    break;
            }
        }
    }

    private static string Describe(StepFinished step)
    {
        string rate = Units.Rate(step.Bytes, step.Elapsed) is { Length: > 0 } text ? $" ({text})" : "";
        string bytes = step.Bytes > 0 ? $", {Units.Size(step.Bytes)}{rate}" : "";
        string summary = step.Summary.Length > 0 ? $": {step.Summary}" : "";
        return $"{step.Title} done in {Units.Time(step.Elapsed)}{bytes}{summary}";
    }
}
