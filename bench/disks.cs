// A raw disk to each disk format: Diecast against the newest qemu-img, or what else makes such a file, and against the plain
// copy of the same bytes.
//
//     bench/inputs.sh DIRECTORY                                      (once)
//     dotnet run bench/disks.cs -- DIRECTORY [RUNS] [ROW...]         default: 5, every row of the first table
//     dotnet run bench/disks.cs -- DIRECTORY [RUNS] sparse           a disk of 10 TiB that holds the same
//
// The disk is the ext4 of DIRECTORY/server, grown to 1 GiB. Prints a Markdown table: medians of the runs, which take turns;
// ratios are medians of the ratios within a turn. What takes over a minute is run once. The first file of every row is held
// against the disk by the peer's own tool.
#:property PublishAot=false
#:project Diecast.Bench/Diecast.Bench.csproj

using Diecast.Bench;
using static Diecast.Bench.Workbench;

if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run bench/disks.cs -- DIRECTORY [RUNS] [ROW...|sparse]");
    return 2;
}

int runs = args.Length > 1 ? int.Parse(args[1]) : 5;
string[] chosen = args.Length > 2 ? args[2..] : [];
using var bench = new Workbench(args[0]);
string output = Directory.CreateDirectory(bench.At("out")).FullName;
string image = Path.Combine(output, "image");
string source = Directory.CreateDirectory(bench.At("in")).FullName;
string disk = Path.Combine(source, "disk.raw");
string floor = bench.Compile("floor");
PublishProgram();
Run(bench.Build(bench.Define("type: ext4", $"directory: {{ path: {bench.Inputs}/server, ownership: keep }}"), disk));
Run("truncate", "-s", "1G", disk);
if (chosen is ["sparse"])
    MeasureSparse();
else
    MeasureFormats();
return 0;

void MeasureFormats()
{
    Row[] rows =
    [
        Qemu("raw", "raw"),
        Qemu("qcow2", "qcow2"),
        Qemu("vdi", "vdi"),
        Qemu("vhd", "vpc", theirs: ["-o", "force_size=on"]),
        Qemu("vhd -o subformat=fixed", "vpc", theirs: ["-o", "force_size=on,subformat=fixed"]),
        Qemu("vhdx", "vhdx"),
        Qemu("vmdk", "vmdk"),
        Qemu("vmdk -o subformat=monolithicFlat", "vmdk", theirs: ["-o", "subformat=monolithicFlat"]),
        new("android-sparse", [.. bench.Peer("img2simg"), disk, image], ["simg2img", image, image + ".raw"]),
        Qemu("qcow2 -o compression_type=zlib", "qcow2", theirs: ["-c", "-m", "2", "-W"]),
        Qemu("qcow2 -o compression_type=zstd", "qcow2", theirs: ["-c", "-m", "2", "-W", "-o", "compression_type=zstd"]),
        Qemu("vmdk -o subformat=streamOptimized", "vmdk", theirs: ["-o", "subformat=streamOptimized"]),
        new("ova", Shell($"{string.Join(' ', bench.Peer("qemu-img"))} convert -f raw -O vmdk -o subformat=streamOptimized {disk} {image}.vmdk && tar -C {output} -cf {image} image.vmdk"),
            ["tar", "-tf", image]),
        new("gce", Shell($"tar --format=oldgnu -C {source} -Scf - disk.raw | {string.Join(' ', bench.Peer("pigz"))} > {image}"), ["tar", "-tzf", image]),
        new("raw.gz", Shell($"{string.Join(' ', bench.Peer("pigz"))} -c {disk} > {image}"), Shell($"gzip -dc {image} | cmp - {disk}")),
        new("raw.zst", Shell($"{string.Join(' ', bench.Peer("zstd"))} -q -T0 -c {disk} > {image}"), Shell($"zstd -dc {image} | cmp - {disk}")),
        new("raw.xz", Shell($"{string.Join(' ', bench.Peer("xz"))} -T0 -c {disk} > {image}"), Shell($"xz -dc {image} | cmp - {disk}")),
    ];

    Console.WriteLine($"| {Run([.. bench.Peer("qemu-img"), "--version"]).Split('\n')[0]} | CPU s | wall s | peak MiB | bytes | CPU to the peer | wall to the peer | size to the peer | CPU to the floor |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    string[] floorCommand = [floor, source, image];
    var copies = new List<Sample>();
    if (chosen.Length == 0)
    {
        var copy = new List<Sample>();
        for (int run = 0; run < runs; run++)
        {
            copies.Add(Measure(floorCommand));
            copy.Add(Measure(["cp", "--reflink=never", disk, image]));
        }

        Print("the copy floor, `floor.c`", copies, null, copies);
        Print("`cp --reflink=never`", copy, null, copies);
    }

    foreach (Row row in rows.Where(row => chosen.Length == 0 || chosen.Contains(row.Name)))
    {
        var peer = new List<Sample>();
        var own = new List<Sample>();
        var trusting = new List<Sample>();
        var copied = new List<Sample>();
        for (int run = 0; run < runs; run++)
        {
            copied.Add(Measure(floorCommand));
            if (!Samples.IsEnough(peer))
                peer.Add(Measure(row.Theirs));
            if (Samples.IsEnough(own))
                continue;
            own.Add(Measure(Convert(row.Name, disk)));
            if (run == 0)
                Run(row.Check);
            // What does not compress by itself takes the file's holes for the zeros when it is told to.
            if (IsPlain(row.Name))
                trusting.Add(Measure(Convert(row.Name + " --sparse 0", disk)));
        }

        Print($"`{Title(row.Theirs)}`", peer, null, copied);
        Print($"Diecast, `{row.Name}`", own, peer, copied);
        if (trusting.Count > 0)
            Print($"Diecast, `{row.Name} --sparse 0`", trusting, peer, copied);
    }
}

// Time that follows the data: the same gibibyte in a disk ten thousand times as large. A VHD and a sparse VMDK end at 2 TiB.
void MeasureSparse()
{
    string large = bench.At("large.raw");
    Console.WriteLine("| format | virtual size | CPU s | wall s | peak MiB | bytes stored | CPU to that of 1 GiB |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
    foreach (string format in new[] { "raw", "qcow2", "qcow2 -o cluster_size=2M", "vdi", "vhdx", "vhd", "vmdk", "qcow2 -o compression_type=zstd" })
    {
        string size = format is "vhd" ? "2040G" : format is "vmdk" ? "2T" : "10T";
        Run("cp", "--reflink=auto", "--sparse=always", disk, large);
        Run("truncate", "-s", size, large);
        var small = new List<Sample>();
        var own = new List<Sample>();
        long stored = 0;
        for (int run = 0; run < runs; run++)
        {
            small.Add(Measure(Convert(format, disk)));
            own.Add(Measure(Convert(format, large)));
            stored = long.Parse(Run("stat", "-c", "%b", image)) * 512;
        }

        Console.WriteLine(
            $"| `{format}` | {size}iB | {Samples.Cells(own)} | {stored} | "
            + $"{Samples.Ratio(own, small, s => s.Processor)} |");
        File.Delete(large);
    }
}

Row Qemu(string format, string name, string[]? theirs = null) => new(
    format,
    [.. bench.Peer("qemu-img"), "convert", "-f", "raw", "-O", name, .. theirs ?? [], disk, image],
    [.. bench.Peer("qemu-img"), "compare", "-f", "raw", "-F", name, disk, image]);

// Without the digest, as no peer makes one.
string[] Convert(string format, string from) => [bench.Diecast, "convert", "-q", "--digest", "none", "-O", .. format.Split(' '), from, image];

static bool IsPlain(string format) => !format.Contains("compress", StringComparison.Ordinal) && !format.Contains("stream", StringComparison.Ordinal)
    && !format.Contains('.', StringComparison.Ordinal) && format is not ("ova" or "gce");

static string[] Shell(string command) => ["sh", "-c", command];

string Title(string[] command)
{
    string text = command[0] == "sh" ? command[2] : string.Join(' ', command);
    text = text.Replace(string.Join(' ', bench.Peer("")), "", StringComparison.Ordinal).Replace("convert -f raw", "convert", StringComparison.Ordinal);
    return text.Replace($" {disk}", " DISK", StringComparison.Ordinal).Replace(image, "IMAGE", StringComparison.Ordinal)
        .Replace($" -C {output}", "", StringComparison.Ordinal).Replace($" -C {source}", "", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}

// Every file that the command makes is in the output's directory, which is empty before; image.vmdk is on its way into an OVA.
Sample Measure(string[] command)
{
    Directory.Delete(output, recursive: true);
    Directory.CreateDirectory(output);
    return bench.Measure(command, () => new DirectoryInfo(output).EnumerateFiles().Where(file => file.Name != "image.vmdk").Sum(file => file.Length));
}

static void Print(string title, List<Sample> own, List<Sample>? peer, List<Sample> floor) => Console.WriteLine(
    $"| {title} | {Samples.Cells(own)} | {own[0].Size} | {Samples.Ratio(own, peer, s => s.Processor)} | {Samples.Ratio(own, peer, s => s.Wall)} | "
    + $"{Samples.Ratio(own, peer, s => s.Size, "0.000")} | {Samples.Ratio(own, floor, s => s.Processor)} |");

internal sealed record Row(string Name, string[] Theirs, string[] Check);
