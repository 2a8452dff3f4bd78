// Trees to EROFS in a file: Diecast against the newest mkfs.erofs at the same settings.
//
//     bench/inputs.sh DIRECTORY                                                        (once)
//     dotnet run bench/erofs.cs -- DIRECTORY [RUNS] [INPUT] [CASE...]                  default: 3 server, all cases
//
// INPUT is a directory in DIRECTORY, with its tar beside it. Cases: none tar lz4hc zstd zstd-1. Prints a Markdown table: medians
// of the runs, in which both take turns; ratios are medians of the ratios within a turn. In zstd-1 mkfs.erofs has one thread,
// with which it finds smaller images than with more. What takes over a minute is run once.
#:property PublishAot=false
#:project Diecast.Bench/Diecast.Bench.csproj

using Diecast.Bench;
using static Diecast.Bench.Workbench;

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
int runs = args.Length > 1 ? int.Parse(args[1]) : 3;
string input = args.ElementAtOrDefault(2) ?? "server";
string[] chosen = args.Length > 3 ? args[3..] : [.. cases.Keys];
using var bench = new Workbench(args[0]);
string tree = Path.Combine(bench.Inputs, input);
PublishProgram();
Console.WriteLine($"| {input} | CPU s | wall s | peak MiB | bytes | CPU to mkfs.erofs | wall to mkfs.erofs | size to mkfs.erofs |");
Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
foreach (string name in chosen)
    Measure(name, cases[name].Own, cases[name].Peer);
return 0;

void Measure(string name, string own, string[] peer)
{
    string output = bench.At("image");
    bool isTar = name == "tar";
    string definition = bench.Define($"type: erofs, {own}", isTar ? $"tar: {tree}.tar" : $"directory: {{ path: {tree}, ownership: keep }}");
    List<Sample> theirs = [];
    List<Sample> ours = [];
    for (int run = 0; run < runs && !Samples.IsEnough(theirs); run++)
    {
        theirs.Add(bench.Measure(output, bench.Peer("mkfs.erofs", ["--quiet", .. peer, output, isTar ? tree + ".tar" : tree])));
        ours.Add(bench.Measure(output, bench.Build(definition, output)));
        if (run == 0)
            Run(bench.Peer("fsck.erofs", "--extract", output));
    }

    Print($"mkfs.erofs, {name}", theirs, theirs);
    Print($"Diecast, {name}", ours, theirs);
}

static void Print(string title, List<Sample> own, List<Sample> other) => Console.WriteLine(
    $"| {title} | {Samples.Cells(own)} | {own[0].Size} | {Samples.Ratio(own, other, s => s.Processor)} | {Samples.Ratio(own, other, s => s.Wall)} | "
    + $"{(double)own[0].Size / other[0].Size:0.0000} |");
