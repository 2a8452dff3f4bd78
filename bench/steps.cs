// Time, processor time and peak memory of each step of an example's build, cold and with a cached base.
//
//     dotnet run bench/steps.cs -- [RUNS] [DEFINITION]        default: 5 examples/debian-server.yaml
//
// Prints a Markdown table: medians of the runs; the cold column is one run with an empty cache.
#:property PublishAot=false
#:project Diecast.Bench/Diecast.Bench.csproj

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using static Diecast.Bench.Samples;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
string definition = args.Length > 1 ? args[1] : "examples/debian-server.yaml";
DirectoryInfo work = Directory.CreateTempSubdirectory("diecast-bench-");
try
{
    string cache = Path.Combine(work.FullName, "cache");
    string output = Path.Combine(work.FullName, "image");
    List<Step> cold = Build(definition, output, cache);
    List<List<Step>> warm = [.. Enumerable.Range(0, runs).Select(_ => Build(definition, output, cache))];
    Console.WriteLine($"| step of {definition} | cold s | warm s (median of {runs}) | warm CPU s | peak MiB | bytes |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|");
    for (int i = 0; i < cold.Count; i++)
    {
        Step[] samples = [.. warm.Select(steps => steps[i])];
        Row(cold[i].Title, cold[i].Seconds, samples);
    }

    Step[] totals = [.. warm.Select(Total)];
    Row("all", Total(cold).Seconds, totals);
}
finally
{
    work.Delete(recursive: true);
}

static void Row(string title, double cold, Step[] samples) => Console.WriteLine(
    $"| {title} | {cold:0.00} | {Median(samples, s => s.Seconds):0.00} | {Median(samples, s => s.ProcessorSeconds):0.00} | "
    + $"{Median(samples, s => s.PeakMemory) / 1048576:0} | {Median(samples, s => s.Bytes):0} |");

static Step Total(List<Step> steps) => new(
    "all", steps.Sum(s => s.Seconds), steps.Sum(s => s.ProcessorSeconds), steps.Max(s => s.PeakMemory), steps.Max(s => s.Bytes));

static List<Step> Build(string definition, string output, string cache)
{
    var start = new ProcessStartInfo("./diecast", ["build", definition, "-o", output, "--json", "-q"]) { RedirectStandardOutput = true };
    start.Environment["XDG_CACHE_HOME"] = cache;
    using Process process = Process.Start(start)!;
    using JsonDocument document = JsonDocument.Parse(process.StandardOutput.BaseStream);
    process.WaitForExit();
    if (process.ExitCode != 0)
        throw new InvalidOperationException($"diecast ended with {process.ExitCode}");
    return [.. document.RootElement.GetProperty("steps").EnumerateArray().Select(step => new Step(
        step.GetProperty("title").GetString()!,
        step.GetProperty("seconds").GetDouble(),
        step.GetProperty("processorSeconds").GetDouble(),
        step.GetProperty("peakMemory").GetInt64(),
        step.GetProperty("bytes").GetInt64()))];
}

internal sealed record Step(string Title, double Seconds, double ProcessorSeconds, long PeakMemory, long Bytes);
