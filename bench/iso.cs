// Trees to ISO 9660 in a file: Diecast's library against xorriso and against the plain copy of the same bytes.
//
//     bench/inputs.sh DIRECTORY                                     (once)
//     dotnet run -c Release bench/iso.cs -- DIRECTORY [RUNS]        default: 5
//
// Prints a Markdown table: medians of the runs, which take turns. The peer is the one of DIRECTORY/peers, else this machine's.
// The library is compiled ahead of time, as ./diecast has it.
#:property PublishAot=false
#:property TieredPGO=false
#:project ../src/Diecast.Formats/Diecast.Formats.csproj

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run -c Release bench/iso.cs -- DIRECTORY [RUNS]");
    return 2;
}

string inputs = Path.GetFullPath(args[0]);
if (args is [_, "write", var source, var target])
{
    FileTree tree = HostDirectoryReader.Read(source, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.None });
    var options = new IsoOptions { VolumeId = "BENCH", CreationTime = new Timestamp(1_754_697_600), Joliet = IsoJoliet.Short };
    using var file = File.OpenHandle(target, FileMode.CreateNew, FileAccess.ReadWrite);
    BlobWriter.Write(IsoFileSystem.Plan(tree, options).ToBlob(), file, target);
    return 0;
}

int runs = args.Length > 1 ? int.Parse(args[1]) : 5;
string work = Directory.CreateDirectory(Path.Combine(inputs, $"bench-{Environment.ProcessId}")).FullName;
try
{
    string repository = Directory.GetCurrentDirectory();
    foreach (string name in new[] { "floor", "measure" })
        Run("cc", "-O2", "-o", Path.Combine(work, name), Path.Combine(repository, "bench/native", name + ".c"));
    string program = Path.Combine(work, "program");
    Run(
        "dotnet", "publish", Path.Combine(repository, "bench/iso.cs"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
        "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:DiecastProgram=true", "-o", program);
    string tree = Path.Combine(inputs, "server");
    string output = Path.Combine(work, "image.iso");
    (string Name, string[] Command)[] cases =
    [
        ("copy floor", [Path.Combine(work, "floor"), tree, output]),
        ("xorrisofs -R -J", [.. Peer(), "-as", "mkisofs", "-quiet", "-R", "-J", "-joliet-long", "-iso-level", "3", "-o", output, tree]),
        ("Diecast, Rock Ridge and Joliet", [Path.Combine(program, "iso"), inputs, "write", tree, output]),
    ];
    var samples = cases.Select(_ => new List<(double Wall, double Processor, double Peak)>()).ToArray();
    for (int run = 0; run < runs; run++)
    {
        for (int i = 0; i < cases.Length; i++)
        {
            File.Delete(output);
            string report = Path.Combine(work, "report");
            Run([Path.Combine(work, "measure"), report, .. cases[i].Command]);
            double[] words = [.. File.ReadAllText(report).Split(' ').Select(double.Parse)];
            samples[i].Add((words[0], words[1] + words[2], words[3] / 1024));
        }
    }

    Console.WriteLine("| server | CPU s | wall s | peak MiB | CPU to the floor | wall to the floor |\n|---|--:|--:|--:|--:|--:|");
    for (int i = 0; i < cases.Length; i++)
    {
        double processor = Median(samples[i].Select(s => s.Processor));
        double wall = Median(samples[i].Select(s => s.Wall));
        Console.WriteLine(
            $"| {cases[i].Name} | {processor:0.00} | {wall:0.00} | {Median(samples[i].Select(s => s.Peak)):0} "
            + $"| {processor / Median(samples[0].Select(s => s.Processor)):0.00} | {wall / Median(samples[0].Select(s => s.Wall)):0.00} |");
    }
}
finally
{
    Directory.Delete(work, recursive: true);
}

return 0;

string[] Peer()
{
    string program = Path.Combine(inputs, "peers/usr/bin/xorriso");
    if (!File.Exists(program))
        return ["xorriso"];
    string libraries = Directory.GetDirectories(Path.Combine(inputs, "peers/usr/lib"), "*-linux-gnu")[0];
    return [Directory.GetFiles(libraries, "ld-linux*.so.*")[0], "--library-path", libraries, program];
}

static double Median(IEnumerable<double> values)
{
    double[] sorted = [.. values.Order()];
    return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}

static void Run(params string[] command)
{
    var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
    using Process process = Process.Start(start)!;
    Task<string> errors = process.StandardError.ReadToEndAsync();
    string text = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    if (process.ExitCode != 0)
        throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {text}{errors.Result}");
}
