// Trees to ext4 in a file: Diecast against the newest mke2fs -d and against the plain copy of the same bytes.
//
//     bench/inputs.sh DIRECTORY                                                 (once)
//     dotnet run bench/filesystems.cs -- DIRECTORY [RUNS] [INPUT...]            default: 5 server crowd large
//     dotnet run bench/filesystems.cs -- DIRECTORY [RUNS] reflink               (root: makes an XFS on a loop device)
//
// Prints Markdown tables: medians of the runs, which take turns; ratios are medians of the ratios within a turn. What
// takes over a minute is run once.
#:property PublishAot=false
#:project Diecast.Bench/Diecast.Bench.csproj

using Diecast.Bench;
using static Diecast.Bench.Workbench;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run bench/filesystems.cs -- DIRECTORY [RUNS] [server|crowd|large|reflink]...");
    return 2;
}

int runs = args.Length > 1 ? int.Parse(args[1]) : 5;
string[] chosen = args.Length > 2 ? args[2..] : ["server", "crowd", "large"];
using var bench = new Workbench(args[0]);
string floor = bench.Compile("floor");
PublishProgram();
foreach (string name in chosen)
{
    if (name == "reflink")
        MeasureReflinks();
    else
        MeasureTree(name);
}

return 0;

void MeasureTree(string name)
{
    string tree = Path.Combine(bench.Inputs, name);
    string output = bench.At("image");
    // Room for the content and the tables, so that mke2fs need not be told how much exactly.
    string size = $"{(long)(Run("du", "-sm", tree).Split('\t') is [var mebibytes, ..] ? long.Parse(mebibytes) * 1.3 : 0) + 200}M";
    string directory = Define(tree);
    Case[] cases =
    [
        new("copy floor", [floor, tree, output]),
        new("`mke2fs -d` of the directory", MakeFileSystem("-q", "-F", "-t", "ext4", "-N", "600000", "-d", tree, output, size)),
        new("Diecast, the directory", bench.Build(directory, output)),
        new("`mke2fs -d` of the tar", MakeFileSystem("-q", "-F", "-t", "ext4", "-N", "600000", "-d", tree + ".tar", output, size)),
        new("Diecast, the tar", bench.Build(bench.Define("type: ext4", $"tar: {tree}.tar"), output)),
        new("Diecast, the directory, with SHA-256", bench.Build(directory, output, "sha256")),
    ];
    Measure(name, cases, output, _ => Run("e2fsck", "-fn", output));
}

void MeasureReflinks()
{
    string disk = bench.At("disk");
    string mount = Directory.CreateDirectory(bench.At("mount")).FullName;
    Run("truncate", "-s", "6G", disk);
    Run("mkfs.xfs", "-q", "-m", "reflink=1", disk);
    Run("mount", "-o", "loop", disk, mount);
    try
    {
        string tree = Path.Combine(mount, "tree");
        string output = Path.Combine(mount, "image");
        Run("cp", "-a", Path.Combine(bench.Inputs, "server"), tree);
        Run("sync");
        string directory = Define(tree);
        Case[] cases =
        [
            new("copy floor", [floor, tree, output]),
            new("`mke2fs -d` of the directory", MakeFileSystem("-q", "-F", "-t", "ext4", "-d", tree, output, "1600M")),
            new("Diecast, the directory", bench.Build(directory, output)),
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
            if (Samples.IsEnough(samples[measured]))
                continue;
            samples[measured].Add(bench.Measure(output, measured.Command));
            if (run == 0 && measured != cases[0])
                check(measured);
        }
    }

    Console.WriteLine($"\n| {title} | CPU s | wall s | peak MiB | CPU to the floor | wall to the floor | CPU to `mke2fs -d` |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
    List<Sample> copies = samples[cases[0]];
    List<Sample> peer = samples[cases[1]];
    foreach (Case measured in cases)
    {
        if (measured.Name.StartsWith("`mke2fs", StringComparison.Ordinal))
            peer = samples[measured];
        List<Sample> own = samples[measured];
        Console.WriteLine(
            $"| {measured.Name} | {Samples.Cells(own)} | {Samples.Ratio(own, copies, s => s.Processor)} | {Samples.Ratio(own, copies, s => s.Wall)} | "
            + $"{Samples.Ratio(own, peer, s => s.Processor)} |");
    }
}

string Define(string tree) => bench.Define("type: ext4", $"directory: {{ path: {tree}, ownership: keep }}");

// The newest mke2fs, with its own configuration too.
string[] MakeFileSystem(params string[] arguments) =>
    ["env", $"MKE2FS_CONFIG={bench.Inputs}/peers/etc/mke2fs.conf", .. bench.Peer("usr/sbin/mke2fs", arguments)];

internal sealed record Case(string Name, string[] Command);
