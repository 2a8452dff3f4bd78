using System.Diagnostics;
using System.Globalization;

namespace Diecast.Building;

/// <summary>Numbers the steps of a build, times them, and tells whoever watches.</summary>
internal sealed class StepRunner(IProgress<BuildEvent>? observer)
{
    private readonly List<StepFinished> _finished = [];
    private int _started;

    /// <summary>The steps that are done, in order.</summary>
    internal ValueList<StepFinished> Finished => _finished.ToValueList();

    /// <summary>Runs one step.</summary>
    /// <param name="title">What it does.</param>
    /// <param name="work">The work; it may report bytes and details, and sets the summary.</param>
    internal T Run<T>(string title, Func<Step, T> work)
    {
        var step = new Step(++_started, observer);
        observer?.Report(new StepStarted(step.Number, title));
        MemoryPeak.Reset();
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        T result = work(step);
        var finished = new StepFinished(step.Number, title, Stopwatch.GetElapsedTime(start), step.Bytes, step.Summary)
        {
            ProcessorTime = Environment.CpuUsage.TotalTime - processor,
            PeakMemory = MemoryPeak.Read(),
        };
        _finished.Add(finished);
        observer?.Report(finished);
        return result;
    }

    /// <summary>A step while it runs.</summary>
    internal sealed class Step(int number, IProgress<BuildEvent>? observer)
    {
        internal int Number => number;

        internal long Bytes { get; set; }

        internal string Summary { get; set; } = "";

        internal void Progress(long bytes, long? total = null) => observer?.Report(new StepProgress(number, bytes, total));

        internal void Detail(string text) => observer?.Report(new StepDetail(number, text));
    }

    /// <summary>The high-water mark of resident memory, which Linux lets a process set back (proc(5), clear_refs).</summary>
    private static class MemoryPeak
    {
        private const string ResetPeak = "5";

        internal static void Reset()
        {
            try
            {
                File.WriteAllText("/proc/self/clear_refs", ResetPeak);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Only the figure in the report is lost.
            }
        }

        internal static long Read()
        {
            try
            {
                string? line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
                return line is null ? 0 : long.Parse(line["VmHWM:".Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException)
            {
                return 0;
            }
        }
    }
}
