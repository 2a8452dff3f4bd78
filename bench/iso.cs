// Trees to ISO 9660 in a file: Diecast's library against xorriso and against the plain copy of the same bytes.
//
//     bench/inputs.sh DIRECTORY                                     (once)
//     dotnet run -c Release bench/iso.cs -- DIRECTORY [RUNS]        default: 5
//
// Prints a Markdown table: medians of the runs, which take turns. The peer is the one of DIRECTORY/peers, else this machine's.
// The library is compiled ahead of time and runs with the settings of ./diecast.
#:property PublishAot=false
#:property TieredPGO=false
#:project Diecast.Bench/Diecast.Bench.csproj
#:project ../src/Diecast.Formats/Diecast.Formats.csproj

using System.Runtime.InteropServices;
using Diecast.Bench;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;
using static Diecast.Bench.Workbench;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run -c Release bench/iso.cs -- DIRECTORY [RUNS]");
    return 2;
}

if (args is [_, "write", var source, var target])
{
    FileTree tree = HostDirectoryReader.Read(source, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.None });
    var options = new IsoOptions { VolumeId = "BENCH", CreationTime = new Timestamp(1_754_697_600), Joliet = IsoJoliet.Short };
    using var file = File.OpenHandle(target, FileMode.CreateNew, FileAccess.ReadWrite);
    BlobWriter.Write(IsoFileSystem.Plan(tree, options).ToBlob(), file, target);
    return 0;
}

int runs = args.Length > 1 ? int.Parse(args[1]) : 5;
using var bench = new Workbench(args[0]);
string program = bench.At("program");
Run(
    "dotnet", "publish", "bench/iso.cs", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
    "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:DiecastProgram=true", "-o", program);
string server = Path.Combine(bench.Inputs, "server");
string output = bench.At("image.iso");
string[] peer = File.Exists(Path.Combine(bench.Inputs, "peers/usr/bin/xorriso")) ? bench.Peer("xorriso") : ["xorriso"];
(string Name, string[] Command)[] cases =
[
    ("copy floor", [bench.Compile("floor"), server, output]),
    ("xorrisofs -R -J", [.. peer, "-as", "mkisofs", "-quiet", "-R", "-J", "-joliet-long", "-iso-level", "3", "-o", output, server]),
    ("Diecast, Rock Ridge and Joliet", ["env", "DOTNET_TC_CallCountingDelayMs=3E8", Path.Combine(program, "iso"), bench.Inputs, "write", server, output]),
];
var samples = cases.Select(_ => new List<Sample>()).ToArray();
for (int run = 0; run < runs; run++)
{
    for (int i = 0; i < cases.Length; i++)
        samples[i].Add(bench.Measure(output, cases[i].Command));
}

Console.WriteLine("| server | CPU s | wall s | peak MiB | CPU to the floor | wall to the floor |\n|---|--:|--:|--:|--:|--:|");
for (int i = 0; i < cases.Length; i++)
    Console.WriteLine($"| {cases[i].Name} | {Samples.Cells(samples[i])} | {Samples.Ratio(samples[i], samples[0], s => s.Processor)} | {Samples.Ratio(samples[i], samples[0], s => s.Wall)} |");
return 0;
