using System.Diagnostics;
using Diecast.Building;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>The step tree on a terminal: what is done, what runs with its bytes and rate, redrawn ten times a second.</summary>
internal sealed class LiveProgress : IProgress<BuildEvent>, IDisposable
{
    private const int FrameMilliseconds = 100;
    private static readonly string[] Spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    private readonly Lock _lock = new();
    private readonly List<Step> _steps = [];
    private readonly string _title;
    private readonly Verbosity _verbosity;
    private readonly ManualResetEventSlim _end = new();
    private readonly Thread _thread;
    private int _frame;

    internal LiveProgress(Terminal terminal, string title, Verbosity verbosity)
    {
        _title = title;
        _verbosity = verbosity;
        _thread = new Thread(() => Draw(terminal.Error)) { IsBackground = true, Name = "progress" };
        _thread.Start();
    }

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

    private void Draw(IAnsiConsole console) => console.Live(Render()).AutoClear(false).Start(context =>
    {
        bool ended;
        do
        {
            ended = _end.Wait(FrameMilliseconds);
            _frame++;
            context.UpdateTarget(Render());
        }
        while (!ended);
    });

    private Tree Render()
    {
        var tree = new Tree(new Markup($"[bold]{Markup.Escape(_title)}[/]"));
        lock (_lock)
        {
            foreach (Step step in _steps)
                tree.AddNode(Line(step));
        }

        return tree;
    }

    private Markup Line(Step step)
    {
        if (step.Finished is { } done)
        {
            string bytes = done.Bytes > 0 ? $"  {Units.Size(done.Bytes)}" : "";
            string summary = done.Summary.Length > 0 ? "  " + done.Summary : "";
            return new Markup($"[green]✓[/] {Markup.Escape(done.Title)}  [dim]{Markup.Escape(Units.Time(done.Elapsed) + bytes + summary)}[/]");
        }

        TimeSpan elapsed = step.Watch.Elapsed;
        string state = step.Bytes > 0
            ? $"{Share(step)}{Units.Size(step.Bytes)}  {Units.Rate(step.Bytes, elapsed)}"
            : Units.Time(elapsed);
        string detail = step.Detail is null || (_verbosity != Verbosity.Verbose && step.Bytes > 0) ? "" : "  " + Cut(step.Detail);
        return new Markup($"[yellow]{Spinner[_frame % Spinner.Length]}[/] {Markup.Escape(step.Title)}  {Markup.Escape(state)}[dim]{Markup.Escape(detail)}[/]");
    }

    private static string Share(Step step) =>
        step.Total is > 0 and { } total ? $"{Math.Min(100, 100.0 * step.Bytes / total):0} %  " : "";

    private static string Cut(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 59), "…");

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
