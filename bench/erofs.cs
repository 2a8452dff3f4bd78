// Trees to EROFS in a file: Diecast against the newest mkfs.erofs at the same settings.
//
//     bench/inputs.sh DIRECTORY                                                        (once)
//     dotnet run bench/erofs.cs -- DIRECTORY [RUNS] [INPUT] [CASE...]                  default: 3 server, all cases
//
// INPUT is a directory in DIRECTORY, with its tar beside it. Cases: none tar lz4hc zstd zstd-1. Prints a Markdown table: medians
// of the runs, in which both take turns; ratios are medians of the ratios within a turn. In zstd-1 mkfs.erofs has one thread,
// with which it finds smaller images than with more. What takes over a minute is run once.
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run bench/erofs.cs -- DIRECTORY [RUNS] [INPUT] [none|tar|lz4hc|zstd|zstd-1]...");
    return 2;
}

var cases = new Dictionary<string, (string Own, string[] Peer)>
{
    ["none"] = ("compression: none", []),
    ["tar"] = ("compression: none", ["--tar=f"]),
    ["lz4hc"] = ("compression: lz4hc", ["-zlz4hc"]),
    ["zstd"] = ("compression: zstd", ["-zzstd,level=3", "-C65536"]),
    ["zstd-1"] = ("compression: zstd", ["-zzstd,level=3", "-C65536", "--workers=1"]),
};
string inputs = Path.GetFullPath(args[0]);
int runs = args.Length > 1 ? int.Parse(args[1]) : 3;
string tree = Path.Combine(inputs, args.Length > 2 ? args[2] : "server");
string[] chosen = args.Length > 3 ? args[3..] : ["none", "tar", "lz4hc", "zstd", "zstd-1"];
string repository = Directory.GetCurrentDirectory();
string work = Directory.CreateDirectory(Path.Combine(inputs, $"bench-{Environment.ProcessId}")).FullName;
try
{
    Run("./diecast", "--version");
    Run("cc", "-O2", "-o", Path.Combine(work, "measure"), Path.Combine(repository, "bench/native/measure.c"));
    Console.WriteLine($"| {args.ElementAtOrDefault(2) ?? "server"} | CPU s | wall s | peak MiB | bytes | CPU to mkfs.erofs | wall to mkfs.erofs | size to mkfs.erofs |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
    foreach (string name in chosen)
        Measure(name, cases[name].Own, cases[name].Peer);
}
finally
{
    Directory.Delete(work, recursive: true);
}

return 0;

void Measure(string name, string own, string[] peer)
{
    string output = Path.Combine(work, "image");
    string definition = Path.Combine(work, "definition.yaml");
    File.WriteAllText(definition, $$"""
        name: tree
        epoch: 2025-08-09
        image:
          partitionTable: none
          partitions:
            - fileSystem: { type: erofs, {{own}} }
              content: { {{(name == "tar" ? $"tar: {tree}.tar" : $"directory: {{ path: {tree}, ownership: keep }}")}} }

        """);
    List<Sample> theirs = [];
    List<Sample> ours = [];
    for (int run = 0; run < runs; run++)
    {
        // What takes minutes is run once.
        if (theirs is [{ Wall: > 60 }, ..])
            break;
        theirs.Add(Sampled(output, Peer("mkfs.erofs", ["--quiet", .. peer, output, name == "tar" ? tree + ".tar" : tree])));
        ours.Add(Sampled(output, [Path.Combine(repository, "artifacts/program/diecast"), "build", "-q", "--digest", "none", definition, "-o", output]));
        if (run == 0)
            Run(Peer("fsck.erofs", ["--extract", output]));
    }

    Print($"mkfs.erofs, {name}", theirs, theirs);
    Print($"Diecast, {name}", ours, theirs);
}

Sample Sampled(string output, string[] command)
{
    File.Delete(output);
    string report = Path.Combine(work, "report");
    Run([Path.Combine(work, "measure"), report, .. command]);
    return Sample.Parse(File.ReadAllText(report), new FileInfo(output).Length);
}

static void Print(string title, List<Sample> own, List<Sample> other) => Console.WriteLine(
    $"| {title} | {Median(own.Select(s => s.Processor)):0.00} | {Median(own.Select(s => s.Wall)):0.00} | {Median(own.Select(s => s.Peak / 1024.0)):0} | {own[0].Size} | "
    + $"{Ratio(own, other, s => s.Processor)} | {Ratio(own, other, s => s.Wall)} | {(double)own[0].Size / other[0].Size:0.0000} |");

static string Ratio(List<Sample> own, List<Sample> other, Func<Sample, double> value) =>
    ReferenceEquals(own, other) ? "1" : $"{Median(own.Zip(other, (a, b) => value(a) / value(b))):0.00}";

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

// The newest erofs-utils, with their own libraries, whatever this machine has.
string[] Peer(string program, string[] arguments)
{
    string peers = Path.Combine(inputs, "peers");
    string libraries = Directory.GetDirectories(Path.Combine(peers, "usr/lib"), "*-linux-gnu")[0];
    string loader = Directory.GetFiles(libraries, "ld-linux*.so.*")[0];
    return [loader, "--library-path", libraries, $"{peers}/usr/bin/{program}", .. arguments];
}

static string Run(params string[] command)
{
    var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
    using Process process = Process.Start(start)!;
    Task<string> errors = process.StandardError.ReadToEndAsync();
    string text = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return process.ExitCode == 0
        ? text
        : throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {text}{errors.Result}");
}

internal sealed record Sample(double Wall, double Processor, double Peak, long Size)
{
    internal static Sample Parse(string line, long size) =>
        line.Split(' ') is [var wall, var user, var system, var peak]
            ? new Sample(double.Parse(wall), double.Parse(user) + double.Parse(system), double.Parse(peak), size)
            : throw new FormatException(line);
}
