// Trees to FAT in a file: Diecast against mkfs.fat and mcopy -s on the same files.
//
//     dotnet run bench/fat.cs -- [RUNS]                      default: 9
//
// Makes its inputs: an EFI system partition's (a kernel, an initial RAM disk, loaders: 100 MB) and 5,000 small files.
// Prints a Markdown table: medians of the runs, which take turns; ratios are medians of the ratios within a turn.
#:property PublishAot=false
#:project Diecast.Bench/Diecast.Bench.csproj

using Diecast.Bench;
using static Diecast.Bench.Samples;

int runs = args.Length > 0 ? int.Parse(args[0]) : 9;
using var bench = new Workbench(Path.GetTempPath());
Workbench.PublishProgram();
Console.WriteLine("| input | what | s | CPU s | s, ratio | CPU, ratio |");
Console.WriteLine("|---|---|--:|--:|--:|--:|");
Compare("ESP, 100 MB", MakeSystemPartition(bench.At("esp")), 160);
Compare("5,000 files", MakeManyFiles(bench.At("many")), 80);

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
    string[][] cases = [["bash", "-c", script], bench.Build(definition, ours), [bench.Diecast, "types"]];
    foreach (string[] command in cases)
        bench.Measure(command);
    List<Sample>[] samples = [[], [], []];
    for (int run = 0; run < runs; run++)
    {
        // To take an output's place costs its file system more than to make one; both start without.
        File.Delete(ours);
        File.Delete(theirs);
        for (int i = 0; i < cases.Length; i++)
            samples[i].Add(bench.Measure(cases[i]));
    }

    string[] names = ["mkfs.fat + mcopy -s", "Diecast", "of that the start (`diecast types`)"];
    for (int i = 0; i < names.Length; i++)
    {
        Console.WriteLine($"| {title} | {names[i]} | {Median(samples[i], s => s.Wall):0.000} | {Median(samples[i], s => s.Processor):0.000} "
            + $"| {Ratio(samples[i], samples[0], s => s.Wall)} | {Ratio(samples[i], samples[0], s => s.Processor)} |");
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
