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

using System.Diagnostics;
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run bench/disks.cs -- DIRECTORY [RUNS] [ROW...|sparse]");
    return 2;
}

string inputs = Path.GetFullPath(args[0]);
int runs = args.Length > 1 ? int.Parse(args[1]) : 5;
string[] chosen = args.Length > 2 ? args[2..] : [];
string repository = Directory.GetCurrentDirectory();
string diecast = Path.Combine(repository, "artifacts/program/diecast");
string work = Directory.CreateDirectory(Path.Combine(inputs, $"bench-{Environment.ProcessId}")).FullName;
string image = Path.Combine(work, "out", "image");
string source = Path.Combine(work, "in");
string disk = Path.Combine(source, "disk.raw");
try
{
    Directory.CreateDirectory(source);
    Run("./diecast", "--version");
    foreach (string program in new[] { "floor", "measure" })
        Run("cc", "-O2", "-o", Path.Combine(work, program), Path.Combine(repository, "bench/native", program + ".c"));
    MakeDisk();
    if (chosen is ["sparse"])
        MeasureSparse();
    else
        MeasureFormats();
}
finally
{
    Directory.Delete(work, recursive: true);
}

return 0;

void MakeDisk()
{
    string definition = Path.Combine(work, "server.yaml");
    File.WriteAllText(definition, $$"""
        name: tree
        epoch: 2025-08-09
        image:
          partitionTable: none
          partitions:
            - fileSystem: { type: ext4 }
              content: { directory: { path: {{inputs}}/server, ownership: keep } }

        """);
    Run(diecast, "build", "-q", "--digest", "none", definition, "-o", disk);
    Run("truncate", "-s", "1G", disk);
}

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
        new("android-sparse", [.. Peer("img2simg"), disk, image], ["simg2img", image, image + ".raw"]),
        Qemu("qcow2 -o compression_type=zlib", "qcow2", theirs: ["-c", "-m", "2", "-W"]),
        Qemu("qcow2 -o compression_type=zstd", "qcow2", theirs: ["-c", "-m", "2", "-W", "-o", "compression_type=zstd"]),
        Qemu("vmdk -o subformat=streamOptimized", "vmdk", theirs: ["-o", "subformat=streamOptimized"]),
        new("ova", Shell($"{string.Join(' ', Peer("qemu-img"))} convert -f raw -O vmdk -o subformat=streamOptimized {disk} {image}.vmdk && tar -C {work}/out -cf {image} image.vmdk"),
            ["tar", "-tf", image]),
        new("gce", Shell($"tar --format=oldgnu -C {source} -Scf - disk.raw | {string.Join(' ', Peer("pigz"))} > {image}"), ["tar", "-tzf", image]),
        new("raw.gz", Shell($"{string.Join(' ', Peer("pigz"))} -c {disk} > {image}"), Shell($"gzip -dc {image} | cmp - {disk}")),
        new("raw.zst", Shell($"{string.Join(' ', Peer("zstd"))} -q -T0 -c {disk} > {image}"), Shell($"zstd -dc {image} | cmp - {disk}")),
        new("raw.xz", Shell($"{string.Join(' ', Peer("xz"))} -T0 -c {disk} > {image}"), Shell($"xz -dc {image} | cmp - {disk}")),
    ];

    Console.WriteLine($"| {Run([.. Peer("qemu-img"), "--version"]).Split('\n')[0]} | CPU s | wall s | peak MiB | bytes | CPU to the peer | wall to the peer | size to the peer | CPU to the floor |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    string[] floorCommand = [Path.Combine(work, "floor"), source, image];
    var floor = new List<Sample>();
    if (chosen.Length == 0)
    {
        var copy = new List<Sample>();
        for (int run = 0; run < runs; run++)
        {
            floor.Add(Measure(floorCommand));
            copy.Add(Measure(["cp", "--reflink=never", disk, image]));
        }

        Print("the copy floor, `floor.c`", floor, null, floor);
        Print("`cp --reflink=never`", copy, null, floor);
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
            if (peer is not [{ Wall: > 60 }, ..])
                peer.Add(Measure(row.Theirs));
            if (own is [{ Wall: > 60 }, ..])
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
    string large = Path.Combine(work, "large.raw");
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
            $"| `{format}` | {size}iB | {Median(own.Select(s => s.Processor)):0.00} | {Median(own.Select(s => s.Wall)):0.00} | "
            + $"{Median(own.Select(s => s.Peak / 1024.0)):0} | {stored} | {Ratio(own, small, s => s.Processor)} |");
        File.Delete(large);
    }
}

Row Qemu(string format, string name, string[]? theirs = null) => new(
    format,
    [.. Peer("qemu-img"), "convert", "-f", "raw", "-O", name, .. theirs ?? [], disk, image],
    [.. Peer("qemu-img"), "compare", "-f", "raw", "-F", name, disk, image]);

// Without the digest, as no peer makes one.
string[] Convert(string format, string from) => [diecast, "convert", "-q", "--digest", "none", "-O", .. format.Split(' '), from, image];

static bool IsPlain(string format) => !format.Contains("compress", StringComparison.Ordinal) && !format.Contains("stream", StringComparison.Ordinal)
    && !format.Contains('.', StringComparison.Ordinal) && format is not ("ova" or "gce");

// The newest of each tool, with its own libraries, whatever this machine has.
string[] Peer(string program)
{
    string peers = Path.Combine(inputs, "peers");
    string libraries = Directory.GetDirectories(Path.Combine(peers, "usr/lib"), "*-linux-gnu")[0];
    string loader = Directory.GetFiles(libraries, "ld-linux*.so.*")[0];
    return [loader, "--library-path", $"{libraries}:{libraries}/android", $"{peers}/usr/bin/{program}"];
}

static string[] Shell(string command) => ["sh", "-c", command];

string Title(string[] command)
{
    string text = command[0] == "sh" ? command[2] : string.Join(' ', command);
    text = text.Replace(string.Join(' ', Peer("")), "", StringComparison.Ordinal).Replace("convert -f raw", "convert", StringComparison.Ordinal);
    return text.Replace($" {disk}", " DISK", StringComparison.Ordinal).Replace(image, "IMAGE", StringComparison.Ordinal)
        .Replace($" -C {work}/out", "", StringComparison.Ordinal).Replace($" -C {source}", "", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}

// Every file that the command makes is in the output's directory, which is empty before; image.vmdk is on its way into an OVA.
Sample Measure(string[] command)
{
    string directory = Path.GetDirectoryName(image)!;
    if (Directory.Exists(directory))
        Directory.Delete(directory, recursive: true);
    Directory.CreateDirectory(directory);
    string report = Path.Combine(work, "report");
    Run([Path.Combine(work, "measure"), report, .. command]);
    long bytes = new DirectoryInfo(directory).EnumerateFiles().Where(file => file.Name != "image.vmdk").Sum(file => file.Length);
    return Sample.Parse(File.ReadAllText(report), bytes);
}

static void Print(string title, List<Sample> own, List<Sample>? peer, List<Sample> floor) => Console.WriteLine(
    $"| {title} | {Median(own.Select(s => s.Processor)):0.00} | {Median(own.Select(s => s.Wall)):0.00} | {Median(own.Select(s => s.Peak / 1024.0)):0} | "
    + $"{own[0].Bytes} | {Ratio(own, peer, s => s.Processor)} | {Ratio(own, peer, s => s.Wall)} | {Ratio(own, peer, s => s.Bytes, "0.000")} | {Ratio(own, floor, s => s.Processor)} |");

static string Ratio(List<Sample> own, List<Sample>? other, Func<Sample, double> value, string form = "0.00") => other is null
    ? ""
    : (own.Count == other.Count
        ? Median(own.Zip(other, (a, b) => value(a) / value(b)))
        : Median(own.Select(value)) / Median(other.Select(value))).ToString(form);

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

internal sealed record Row(string Name, string[] Theirs, string[] Check);

internal sealed record Sample(double Wall, double Processor, double Peak, long Bytes)
{
    internal static Sample Parse(string line, long bytes) =>
        line.Split(' ') is [var wall, var user, var system, var peak]
            ? new Sample(double.Parse(wall), double.Parse(user) + double.Parse(system), double.Parse(peak), bytes)
            : throw new FormatException(line);
}
