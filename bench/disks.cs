// A raw disk to each disk format: Diecast against qemu-img and against the plain copy of the same bytes.
//
//     dotnet run -c Release bench/disks.cs -- DISK.raw [RUNS] [ROW...]          default: 3, every row
//
// Prints a Markdown table: medians of the runs, which take turns; ratios are medians of the ratios within a turn. What
// takes over a minute is run once. Every image of ours is compared with the disk by qemu-img.
#:project ../src/Diecast.Formats/Diecast.Formats.csproj
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Trees;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

// Name, how we write it, what QEMU calls it and how qemu-img is told to; one row a format.
Row[] rows =
[
    new("qcow2", (disk, output) => Qcow2.OpenWriter(disk, output), "qcow2", []),
    new("qcow2 zlib", (disk, output) => Qcow2.OpenWriter(disk, output, new Qcow2Options { Compression = Qcow2Compression.Zlib }), "qcow2", ["-c", "-m", "2", "-W"]),
    new("qcow2 zstd", (disk, output) => Qcow2.OpenWriter(disk, output, new Qcow2Options { Compression = Qcow2Compression.Zstd }), "qcow2", ["-c", "-m", "2", "-W", "-o", "compression_type=zstd"]),
    new("VDI", (disk, output) => Vdi.OpenWriter(disk, output), "vdi", []),
    new("VHD", (disk, output) => Vhd.OpenWriter(disk, output), "vpc", ["-o", "force_size=on"]),
    new("VHD fixed", (disk, output) => Vhd.OpenWriter(disk, output, VhdOptions.Azure), "vpc", ["-o", "force_size=on,subformat=fixed"]),
    new("VHDX", (disk, output) => Vhdx.OpenWriter(disk, output), "vhdx", []),
    new("vmdk", (disk, output) => Vmdk.OpenWriter(disk, output), "vmdk", []),
    new("vmdk streamOptimized", (disk, output) => Vmdk.OpenStreamWriter(disk.Length, output), "vmdk", ["-o", "subformat=streamOptimized"]),
];

if (args is ["write", var name, var from, var to])
{
    Blob disk = Open(from);
    using FileStream file = new(to, FileMode.Create, FileAccess.ReadWrite);
    using DiskOutput output = DiskOutput.ToFile(file.SafeFileHandle, to);
    using DiskWriter writer = rows.Single(r => r.Name == name).Open(disk, output);
    DiskTee.Write(disk, [writer]);
    return 0;
}

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run -c Release bench/disks.cs -- DISK.raw [RUNS] [ROW...]");
    return 2;
}

string input = Path.GetFullPath(args[0]);
int runs = args.Length > 1 ? int.Parse(args[1]) : 3;
string[] chosen = args.Length > 2 ? args[2..] : [.. rows.Select(r => r.Name)];
DirectoryInfo work = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(input)!, $"bench-{Environment.ProcessId}"));
try
{
    string measure = Path.Combine(work.FullName, "measure");
    Run("cc", "-O2", "-o", measure, "bench/native/measure.c");
    Console.WriteLine($"| {Run("qemu-img", "--version").Split('\n')[0]} | CPU s | wall s | peak MiB | bytes | CPU to qemu-img | wall to qemu-img | CPU to the floor |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
    string[] floorCommand = ["cp", "--reflink=never", input, Path.Combine(work.FullName, "image")];
    List<Sample> floor = [.. Enumerable.Range(0, runs).Select(_ => Measure(measure, floorCommand))];
    Print("copy floor", floor, null, floor);
    foreach (Row row in rows.Where(r => chosen.Contains(r.Name)))
    {
        string image = Path.Combine(work.FullName, "image");
        string[] theirs = ["qemu-img", "convert", "-f", "raw", "-O", row.QemuFormat, .. row.QemuOptions, input, image];
        string[] ours = [Environment.ProcessPath!, "write", row.Name, input, image];
        var peer = new List<Sample>();
        var own = new List<Sample>();
        for (int run = 0; run < runs; run++)
        {
            if (peer is not [{ Wall: > 60 }, ..])
                peer.Add(Measure(measure, theirs));
            if (own is not [{ Wall: > 60 }, ..])
                own.Add(Measure(measure, ours));
            if (run == 0)
                Run("qemu-img", "compare", "-f", "raw", "-F", row.QemuFormat, input, image);
        }

        Print($"`qemu-img convert {string.Join(' ', theirs[4..^2])}`", peer, null, floor);
        Print($"Diecast, {row.Name}", own, peer, floor);
    }
}
finally
{
    work.Delete(recursive: true);
}

return 0;

// The reader of directories tells where a host file has holes.
static Blob Open(string path) =>
    HostDirectoryReader.Read(Path.GetDirectoryName(path)!).ResolveFile("/" + Path.GetFileName(path))!.Content;

static Sample Measure(string measure, string[] command)
{
    string image = command[^1];
    File.Delete(image);
    string report = measure + ".report";
    Run([measure, report, .. command]);
    return Sample.Parse(File.ReadAllText(report), new FileInfo(image).Length);
}

static void Print(string title, List<Sample> own, List<Sample>? peer, List<Sample> floor) => Console.WriteLine(
    $"| {title} | {Median(own.Select(s => s.Processor)):0.00} | {Median(own.Select(s => s.Wall)):0.00} | {Median(own.Select(s => s.Peak / 1024.0)):0} | "
    + $"{own[0].Bytes} | {Ratio(own, peer, s => s.Processor)} | {Ratio(own, peer, s => s.Wall)} | {Ratio(own, floor, s => s.Processor)} |");

static string Ratio(List<Sample> own, List<Sample>? other, Func<Sample, double> value) => other is null
    ? ""
    : $"{Median(own.Count == other.Count ? own.Zip(other, (a, b) => value(a) / value(b)) : [Median(own.Select(value)) / Median(other.Select(value))]):0.00}";

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
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

internal sealed record Row(string Name, Func<Blob, DiskOutput, DiskWriter> Open, string QemuFormat, string[] QemuOptions);

internal sealed record Sample(double Wall, double Processor, double Peak, long Bytes)
{
    internal static Sample Parse(string line, long bytes) =>
        line.Split(' ') is [var wall, var user, var system, var peak]
            ? new Sample(double.Parse(wall), double.Parse(user) + double.Parse(system), double.Parse(peak), bytes)
            : throw new FormatException(line);
}
