// Trees to squashfs in a file: Diecast against the newest mksquashfs at the same settings.
//
//     bench/inputs.sh DIRECTORY                                                        (once)
//     dotnet run bench/squashfs.cs -- DIRECTORY [RUNS] [INPUT] [CASE...]               default: 3, both tables below, some 7 minutes
//
// Without an INPUT: none lz4 zstd-3 of server, then zstd gzip xz, which take a core minutes, of server/usr/bin. INPUT is a
// directory in DIRECTORY, as server or server/usr/lib. Cases: none lz4 lz4hc zstd-3 zstd xz gzip. Prints a Markdown table:
// medians of the runs, in which both take turns; ratios are medians of the ratios within a turn. What takes over a minute is
// run once.
#:property PublishAot=false
#:project Diecast.Bench/Diecast.Bench.csproj

using Diecast.Bench;
using static Diecast.Bench.Workbench;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run bench/squashfs.cs -- DIRECTORY [RUNS] [INPUT] [none|lz4|lz4hc|zstd-3|zstd|xz|gzip]...");
    return 2;
}

var cases = new Dictionary<string, (string Own, string[] Peer)>
{
    ["none"] = ("compression: none", ["-noI", "-noD", "-noF", "-noX"]),
    ["lz4"] = ("compression: lz4", ["-comp", "lz4"]),
    ["lz4hc"] = ("compression: lz4, highCompression: yes", ["-comp", "lz4", "-Xhc"]),
    ["zstd-3"] = ("compression: zstd, compressionLevel: 3", ["-comp", "zstd", "-Xcompression-level", "3"]),
    ["zstd"] = ("compression: zstd", ["-comp", "zstd"]),
    ["xz"] = ("compression: xz", ["-comp", "xz"]),
    ["gzip"] = ("compression: gzip", []),
};
int runs = args.Length > 1 ? int.Parse(args[1]) : 3;
string[] quick = ["none", "lz4", "zstd-3"];
(string Input, string[] Cases)[] tables = args.Length > 2
    ? [(args[2], args.Length > 3 ? args[3..] : [.. quick, "gzip"])]
    : [("server", quick), ("server/usr/bin", ["zstd", "gzip", "xz"])];
using var bench = new Workbench(args[0]);
PublishProgram();
foreach ((string input, string[] chosen) in tables)
{
    string tree = Path.Combine(bench.Inputs, input);
    Console.WriteLine($"\n| {input} | CPU s | wall s | peak MiB | bytes | CPU to mksquashfs | wall to mksquashfs | size to mksquashfs |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
    foreach (string name in chosen)
        Measure(tree, name, cases[name].Own, cases[name].Peer);
}

return 0;

void Measure(string tree, string name, string own, string[] peer)
{
    string output = bench.At("image");
    string definition = bench.Define($"type: squashfs, unsupported: skip, {own}", $"directory: {{ path: {tree}, ownership: keep }}");
    List<Sample> theirs = [];
    List<Sample> ours = [];
    for (int run = 0; run < runs && !Samples.IsEnough(theirs); run++)
    {
        theirs.Add(bench.Measure(output, bench.Peer("mksquashfs", [tree, output, "-noappend", "-quiet", "-no-progress", .. peer])));
        ours.Add(bench.Measure(output, bench.Build(definition, output)));
        if (run == 0)
        {
            Run("unsquashfs", "-quiet", "-no-progress", "-dest", bench.At("extracted"), output);
            Run("rm", "-rf", bench.At("extracted"));
        }
    }

    Print($"mksquashfs, {name}", theirs, theirs);
    Print($"Diecast, {name}", ours, theirs);
}

static void Print(string title, List<Sample> own, List<Sample> other) => Console.WriteLine(
    $"| {title} | {Samples.Cells(own)} | {own[0].Size} | {Samples.Ratio(own, other, s => s.Processor)} | {Samples.Ratio(own, other, s => s.Wall)} | "
    + $"{(double)own[0].Size / other[0].Size:0.0000} |");
