// Trees to ext4 in a file: Diecast against the newest mke2fs -d and against the plain copy of the same bytes.
//
//     bench/inputs.sh DIRECTORY                                                 (once)
//     dotnet run bench/filesystems.cs -- DIRECTORY [RUNS] [INPUT...]            default: 5 server crowd large
//     dotnet run bench/filesystems.cs -- DIRECTORY [RUNS] reflink               (root: makes an XFS on a loop device)
//
// Prints Markdown tables: medians of the runs, which take turns; ratios are medians of the ratios within a turn. What
// takes over a minute is run once.
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run bench/filesystems.cs -- DIRECTORY [RUNS] [server|crowd|large|reflink]...");
    return 2;
}

string inputs = Path.GetFullPath(args[0]);
int runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
string[] chosen = args.Length > 2 ? args[2..] : ["server", "crowd", "large"];
string repository = Directory.GetCurrentDirectory();
string diecast = Path.Combine(repository, "artifacts/program/diecast");
string work = Directory.CreateDirectory(Path.Combine(inputs, $"bench-{Environment.ProcessId}")).FullName;
try
{
    Run("./diecast", "--version");
    foreach (string program in new[] { "floor", "measure" })
        Run("cc", "-O2", "-o", Path.Combine(work, program), Path.Combine(repository, "bench/native", program + ".c"));
    foreach (string name in chosen)
    {
        if (name == "reflink")
            MeasureReflinks();
        else
            MeasureTree(name);
    }
}
finally
{
    Directory.Delete(work, recursive: true);
}

return 0;

void MeasureTree(string name)
{
    string tree = Path.Combine(inputs, name);
    string output = Path.Combine(work, "image");
    // Room for the content and the tables, so that mke2fs need not be told how much exactly.
    string size = $"{(long)(Run("du", "-sm", tree).Split('\t') is [var mebibytes, ..] ? long.Parse(mebibytes) * 1.3 : 0) + 200}M";
    Case[] cases =
    [
        new("copy floor", [Path.Combine(work, "floor"), tree, output]),
        new("`mke2fs -d` of the directory", MakeFileSystem("-q", "-F", "-t", "ext4", "-N", "600000", "-d", tree, output, size)),
        new("Diecast, the directory", Build(Definition($"directory: {{ path: {tree}, ownership: keep }}"), output, "none")),
        new("`mke2fs -d` of the tar", MakeFileSystem("-q", "-F", "-t", "ext4", "-N", "600000", "-d", tree + ".tar", output, size)),
        new("Diecast, the tar", Build(Definition($"tar: {tree}.tar"), output, "none")),
        new("Diecast, the directory, with SHA-256", Build(Definition($"directory: {{ path: {tree}, ownership: keep }}"), output, "sha256")),
    ];
    Measure(name, cases, output, _ => Run("e2fsck", "-fn", output));
}

void MeasureReflinks()
{
    string disk = Path.Combine(work, "disk");
    string mount = Directory.CreateDirectory(Path.Combine(work, "mount")).FullName;
    Run("truncate", "-s", "6G", disk);
    Run("mkfs.xfs", "-q", "-m", "reflink=1", disk);
    Run("mount", "-o", "loop", disk, mount);
    try
    {
        string tree = Path.Combine(mount, "tree");
        string output = Path.Combine(mount, "image");
        Run("cp", "-a", Path.Combine(inputs, "server"), tree);
        Run("sync");
        Case[] cases =
        [
            new("copy floor", [Path.Combine(work, "floor"), tree, output]),
            new("`mke2fs -d` of the directory", MakeFileSystem("-q", "-F", "-t", "ext4", "-d", tree, output, "1600M")),
            new("Diecast, the directory", Build(Definition($"directory: {{ path: {tree}, ownership: keep }}"), output, "none")),
        ];
        Measure("server, on XFS with reflinks", cases, output, last =>
        {
            Run("sync");
            long used = long.Parse(Run("df", "-B1", "--output=used", mount).Split('\n')[1]);
            File.Delete(output);
            Run("sync");
            long without = long.Parse(Run("df", "-B1", "--output=used", mount).Split('\n')[1]);
            Console.Error.WriteLine($"{last.Name}: the image takes {(used - without) / 1048576} MiB of the disk");
        });
    }
    finally
    {
        Run("umount", mount);
    }
}

void Measure(string title, Case[] cases, string output, Action<Case> check)
{
    var samples = cases.ToDictionary(c => c, _ => new List<Sample>());
    for (int run = 0; run < runs; run++)
    {
        foreach (Case measured in cases)
        {
            // What takes minutes is run once.
            if (samples[measured] is [{ Wall: > 60 }, ..])
                continue;
            File.Delete(output);
            string report = Path.Combine(work, "report");
            Run([Path.Combine(work, "measure"), report, .. measured.Command]);
            samples[measured].Add(Sample.Parse(File.ReadAllText(report)));
            if (run == 0 && measured != cases[0])
                check(measured);
        }
    }

    Console.WriteLine($"\n| {title} | CPU s | wall s | peak MiB | CPU to the floor | wall to the floor | CPU to `mke2fs -d` |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
    List<Sample> floor = samples[cases[0]];
    List<Sample> peer = samples[cases[1]];
    foreach (Case measured in cases)
    {
        if (measured.Name.StartsWith("`mke2fs", StringComparison.Ordinal))
            peer = samples[measured];
        List<Sample> own = samples[measured];
        Console.WriteLine(
            $"| {measured.Name} | {Median(own.Select(s => s.Processor)):0.00} | {Median(own.Select(s => s.Wall)):0.00} | {Median(own.Select(s => s.Peak / 1024.0)):0} | "
            + $"{Ratio(own, floor, s => s.Processor)} | {Ratio(own, floor, s => s.Wall)} | {Ratio(own, peer, s => s.Processor)} |");
    }
}

static string Ratio(List<Sample> own, List<Sample> other, Func<Sample, double> value) =>
    ReferenceEquals(own, other) ? "1" : $"{Median(own.Count == other.Count ? own.Zip(other, (a, b) => value(a) / value(b)) : [Median(own.Select(value)) / Median(other.Select(value))]):0.00}";

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

string Definition(string content)
{
    string path = Path.Combine(work, $"{Directory.GetFiles(work).Length}.yaml");
    File.WriteAllText(path, $$"""
        name: tree
        epoch: 2025-08-09
        image:
          partitionTable: none
          partitions:
            - fileSystem: { type: ext4 }
              content: { {{content}} }

        """);
    return path;
}

string[] Build(string definition, string output, string digest) =>
    [diecast, "build", "-q", "--digest", digest, definition, "-o", output];

// The newest mke2fs, with its own libraries and configuration, whatever this machine has.
string[] MakeFileSystem(params string[] arguments)
{
    string peers = Path.Combine(inputs, "peers");
    string libraries = Directory.GetDirectories(Path.Combine(peers, "usr/lib"), "*-linux-gnu")[0];
    string loader = Directory.GetFiles(libraries, "ld-linux*.so.*")[0];
    return ["env", $"MKE2FS_CONFIG={peers}/etc/mke2fs.conf", loader, "--library-path", libraries, $"{peers}/usr/sbin/mke2fs", .. arguments];
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

internal sealed record Case(string Name, string[] Command);

internal sealed record Sample(double Wall, double Processor, double Peak)
{
    internal static Sample Parse(string line) =>
        line.Split(' ') is [var wall, var user, var system, var peak]
            ? new Sample(double.Parse(wall), double.Parse(user) + double.Parse(system), double.Parse(peak))
            : throw new FormatException(line);
}
