using System.Diagnostics;
using Diecast.Building;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>
/// The step tree on a terminal: what is done, what runs with its bytes and rate, redrawn ten times a second. Every step
/// is one line, because a line that the terminal breaks could not be drawn over.
/// </summary>
internal sealed class LiveProgress : IProgress<BuildEvent>, IDisposable
{
    private const int FrameMilliseconds = 100;

    /// <summary>Columns before a step's text: the tree's lines, the mark, a space; and the last, which would wrap.</summary>
    private const int Margin = 4 + 2 + 1;

    /// <summary>A shorter rest of a text says nothing.</summary>
    private const int ShortestRest = 12;

    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly Lock _lock = new();
    private readonly List<Step> _steps = [];
    private readonly IAnsiConsole _console;
    private readonly string _title;
    private readonly ManualResetEventSlim _end = new();
    private readonly LiveDisplay _display;
    private readonly Thread _thread;
    private int _frame;

    internal LiveProgress(Terminal terminal, string title)
    {
        _console = terminal.Moving;
        _title = title;
        _display = _console.Live(Render(ended: false, _console.Profile.Width)).AutoClear(false).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top);
        _thread = new Thread(Draw) { IsBackground = true, Name = "progress" };
        _thread.Start();
    }

    /// <summary>The tree goes away at the end, because what comes next says the same.</summary>
    internal void Replace() => _display.AutoClear = true;

    public void Report(BuildEvent value)
    {
        lock (_lock)
        {
            switch (value)
            {
                case StepStarted started:
                    _steps.Add(new Step(started.Step, started.Title));
                    break;
                case StepProgress progress when Find(progress.Step) is { } step:
                    step.Bytes = progress.Bytes;
                    step.Total = progress.Total;
                    break;
                case StepDetail detail when Find(detail.Step) is { } step:
                    step.Detail = detail.Text;
                    break;
                case StepFinished finished when Find(finished.Step) is { } step:
                    step.Finished = finished;
                    break;
                default:
                    break;
            }
        }
    }

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    private Step? Find(int number) => _steps.Find(step => step.Number == number);

    private void Draw() => _display.Start(context =>
    {
        bool ended;
        do
        {
            ended = _end.Wait(FrameMilliseconds);
            _frame++;
            context.UpdateTarget(Render(ended, _console.Profile.Width));
        }
        while (!ended);
    });

    /// <summary>The tree as it is now, or as it stays at the end, in lines of at most so many columns.</summary>
    internal Tree Render(bool ended, int width)
    {
        var tree = new Tree(new Markup($"[bold]{Markup.Escape(Fit(_title, width - 1))}[/]"));
        lock (_lock)
        {
            foreach (Step step in _steps)
                tree.AddNode(new Markup(Line(step, ended, width - Margin)));
        }

        return tree;
    }

    private string Line(Step step, bool ended, int width)
    {
        (string mark, string state, string rest) = step.Finished is { } done
            ? ("[green]✓[/]", Units.Time(done.Elapsed), (done.Bytes > 0 ? Units.Size(done.Bytes) + "  " : "") + done.Summary)
            : ended ? ("[red]✗[/]", Units.Time(step.Watch.Elapsed), "")
            : ($"[yellow]{Spinner[_frame % Spinner.Length]}[/]", Running(step), step.Bytes > 0 ? "" : step.Detail ?? "");
        if (ShortestRest + 2 + state.Length > width)
            return $"{mark} {Markup.Escape(Fit(step.Title, width))}";
        string title = Fit(step.Title, width - state.Length - 2);
        int left = width - title.Length - state.Length - 4;
        rest = left < Math.Min(ShortestRest, rest.Length) ? "" : Fit(rest.Trim(), left);
        return $"{mark} {Markup.Escape(title)}  [dim]{Markup.Escape(rest.Length > 0 ? $"{state}  {rest}" : state)}[/]";
    }

    private static string Running(Step step) => step.Bytes > 0
        ? $"{Share(step)}{Units.Size(step.Bytes)}  {Units.Rate(step.Bytes, step.Watch.Elapsed)}"
        : Units.Time(step.Watch.Elapsed);

    private static string Share(Step step) =>
        step.Total is > 0 and { } total ? $"{Math.Min(100, 100.0 * step.Bytes / total):0} %  " : "";

    /// <summary>A text in one line of at most so many columns.</summary>
    private static string Fit(string text, int width)
    {
        string line = string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
        return line.Length <= width ? line : string.Concat(line.AsSpan(0, Math.Max(0, width - 1)), "…");
    }

    private sealed class Step(int number, string title)
    {
        internal int Number => number;

        internal string Title => title;

        internal Stopwatch Watch { get; } = Stopwatch.StartNew();

        internal long Bytes { get; set; }

        internal long? Total { get; set; }

        internal string? Detail { get; set; }

        internal StepFinished? Finished { get; set; }
    }
}
