// Trees to FAT in a file: Diecast against mkfs.fat and mcopy -s on the same files.
//
//     dotnet run bench/fat.cs -- [RUNS]                      default: 9
//
// Makes its inputs: an EFI system partition's (a kernel, an initial RAM disk, loaders: 100 MB) and 5,000 small files.
// Prints a Markdown table: medians of the runs, which take turns; ratios are medians of the ratios within a turn.
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 9;
DirectoryInfo work = Directory.CreateTempSubdirectory("diecast-bench-");
try
{
    Measure(["./diecast", "--version"]);
    Console.WriteLine("| input | what | s | CPU s | s, ratio | CPU, ratio |");
    Console.WriteLine("|---|---|--:|--:|--:|--:|");
    Compare("ESP, 100 MB", MakeSystemPartition(Path.Combine(work.FullName, "esp")), 160);
    Compare("5,000 files", MakeManyFiles(Path.Combine(work.FullName, "many")), 80);
}
finally
{
    work.Delete(recursive: true);
}

void Compare(string title, string tree, int mebibytes)
{
    string ours = tree + ".ours";
    string theirs = tree + ".theirs";
    string definition = tree + ".yaml";
    File.WriteAllText(definition, $"""
        name: bench
        epoch: 1700000000
        image:
          partitionTable: none
          partitions:
            - size: {mebibytes}M
              fileSystem: vfat
              content: {"{"} directory: {tree} {"}"}
        """);
    // The newest mcopy reads names by the locale.
    string script = $"truncate -s {mebibytes}M {theirs} && mkfs.fat {theirs} >/dev/null && MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8 mcopy -s -m -i {theirs} {tree}/* ::";
    string[][] cases =
    [
        ["bash", "-c", script], ["./diecast", "build", definition, "-o", ours, "-q", "--digest", "none"], ["./diecast", "types"],
    ];
    foreach (string[] command in cases)
        Measure(command);
    var turns = new List<Sample[]>();
    for (int run = 0; run < runs; run++)
    {
        // To take an output's place costs its file system more than to make one; both start without.
        File.Delete(ours);
        File.Delete(theirs);
        turns.Add([.. cases.Select(Measure)]);
    }

    string[] names = ["mkfs.fat + mcopy -s", "Diecast", "of that the start (`diecast types`)"];
    for (int i = 0; i < names.Length; i++)
    {
        int at = i;
        Console.WriteLine($"| {title} | {names[i]} | {Median(turns, t => t[at].Seconds):0.000} | {Median(turns, t => t[at].Processor):0.000} "
            + $"| {Median(turns, t => t[at].Seconds / t[0].Seconds):0.00} | {Median(turns, t => t[at].Processor / t[0].Processor):0.00} |");
    }
}

string MakeSystemPartition(string tree)
{
    var random = new Random(1);
    foreach ((string path, int size) in new[]
        {
            ("EFI/BOOT/BOOTX64.EFI", 1_000_000), ("EFI/BOOT/grubx64.efi", 4_200_000), ("EFI/debian/shimx64.efi", 1_000_000),
            ("EFI/debian/mmx64.efi", 850_000), ("EFI/debian/grub.cfg", 126), ("loader/loader.conf", 40),
            ("loader/entries/debian-6.12.0-amd64.conf", 300), ("debian/6.12.0-amd64/linux", 12_000_000), ("debian/6.12.0-amd64/initrd.img", 81_000_000),
        })
        Write(random, Path.Combine(tree, path), size);
    return tree;
}

string MakeManyFiles(string tree)
{
    var random = new Random(2);
    for (int i = 0; i < 5000; i++)
        Write(random, Path.Combine(tree, $"directory-{i / 100:d2}", $"a file of the data set {i:d4}.json"), random.Next(16_000));
    return tree;
}

static void Write(Random random, string path, int size)
{
    byte[] bytes = new byte[size];
    random.NextBytes(bytes);
    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
    File.WriteAllBytes(path, bytes);
}

/// The shell's own clock counts the processor time of the children too.
static Sample Measure(string[] command)
{
    var start = new ProcessStartInfo("bash", ["-c", "TIMEFORMAT='%3R %3U %3S'; time \"$@\" >/dev/null 2>/dev/null", "bash", .. command]) { RedirectStandardError = true };
    using Process process = Process.Start(start)!;
    string text = process.StandardError.ReadToEnd();
    process.WaitForExit();
    if (process.ExitCode != 0)
        throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}");
    double[] times = [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(double.Parse)];
    return new Sample(times[0], times[1] + times[2]);
}

static double Median(List<Sample[]> turns, Func<Sample[], double> value) => turns.Select(value).Order().ElementAt(turns.Count / 2);

internal sealed record Sample(double Seconds, double Processor);
