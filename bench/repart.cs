// Images from repart.d definitions: Diecast against the newest systemd-repart, on the same tree in the same run.
//
//     bench/inputs.sh DIRECTORY                                                        (once)
//     dotnet run bench/repart.cs -- DIRECTORY [RUNS] [INPUT] [CASE...]                 default: 3 server, all cases
//
// INPUT is a directory in DIRECTORY. systemd-repart runs in DIRECTORY/peers, a root with it and the mkfs programs (systemd-repart,
// e2fsprogs, dosfstools, mtools, erofs-utils, libcryptsetup12), in a mount namespace, so this needs root. Cases: ext4 guess
// verity erofs. Prints a Markdown table: medians of the runs, in which both take turns; ratios are medians of the ratios within a
// turn. Both write to a file below DIRECTORY/peers; the figures do not have the time until it is on the disk.
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args.Length == 0)
{
    Console.Error.WriteLine("usage: dotnet run bench/repart.cs -- DIRECTORY [RUNS] [INPUT] [ext4|guess|verity|erofs]...");
    return 2;
}

const string Esp = "Type=esp\nFormat=vfat\nCopyFiles=/boot:/\nSizeMinBytes=512M\n";
const string Hash = "Type=root-verity\nVerity=hash\nVerityMatchKey=root\nMinimize=best\n";
var cases = new Dictionary<string, string[]>
{
    ["ext4"] = [Esp, "Type=root\nFormat=ext4\nCopyFiles=/\nSizeMinBytes=4G\n"],
    ["guess"] = [Esp, "Type=root\nFormat=ext4\nCopyFiles=/\nMinimize=guess\n"],
    ["verity"] = [Esp, "Type=root\nFormat=ext4\nCopyFiles=/\nMinimize=guess\nVerity=data\nVerityMatchKey=root\n", Hash],
    ["erofs"] = [Esp, "Type=root\nFormat=erofs\nCopyFiles=/\nMinimize=best\nVerity=data\nVerityMatchKey=root\n", Hash],
};
string peers = Path.GetFullPath(Path.Combine(args[0], "peers"));
int runs = args.Length > 1 ? int.Parse(args[1]) : 3;
string tree = Path.GetFullPath(Path.Combine(args[0], args.Length > 2 ? args[2] : "server"));
string[] chosen = args.Length > 3 ? args[3..] : [.. cases.Keys];
string repository = Directory.GetCurrentDirectory();
string inner = $"/tmp/bench-repart-{Environment.ProcessId}";
string work = Directory.CreateDirectory(peers + inner).FullName;
try
{
    Run("./diecast", "--version");
    Run("cc", "-O2", "-o", Path.Combine(work, "measure"), Path.Combine(repository, "bench/native/measure.c"));
    Directory.CreateDirectory(Path.Combine(work, "tree"));
    Console.WriteLine("| case | CPU s | wall s | peak MiB | stored MiB | CPU to systemd-repart | wall to systemd-repart |");
    Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
    foreach (string name in chosen)
        Measure(name, cases[name]);
}
finally
{
    Directory.Delete(work, recursive: true);
}

return 0;

void Measure(string name, string[] definitions)
{
    string directory = Directory.CreateDirectory(Path.Combine(work, name)).FullName;
    for (int i = 0; i < definitions.Length; i++)
        File.WriteAllText(Path.Combine(directory, $"{i}.conf"), "[Partition]\n" + definitions[i]);
    string[] switches = ["--offline=yes", "--empty=create", "--size=auto", "--dry-run=no", "--seed=750b6cd5c4ae4012a15e7be3c29e6a47", "--json=short"];
    List<Sample> theirs = [];
    List<Sample> ours = [];
    for (int run = 0; run < runs; run++)
    {
        string there = $"mount --bind /proc {peers}/proc && mount --bind /dev {peers}/dev && mount --bind {tree} {work}/tree && exec chroot {peers} \"$@\"";
        theirs.Add(Sampled([
            "unshare", "-m", "sh", "-c", there, "sh", "systemd-repart", .. switches, $"--definitions={inner}/{name}", $"--copy-source={inner}/tree", $"{inner}/image"]));
        ours.Add(Sampled([
            Path.Combine(repository, "artifacts/program/diecast"), "repart", .. switches, $"--definitions={directory}", $"--copy-source={tree}", $"{work}/image"]));
    }

    Print($"systemd-repart, {name}", theirs, theirs);
    Print($"Diecast, {name}", ours, theirs);
}

Sample Sampled(string[] command)
{
    string image = Path.Combine(work, "image");
    File.Delete(image);
    string report = Path.Combine(work, "report");
    Run([Path.Combine(work, "measure"), report, .. command]);
    long stored = long.Parse(Run("stat", "-c", "%b", image)) * 512;
    return Sample.Parse(File.ReadAllText(report), stored);
}

static void Print(string title, List<Sample> own, List<Sample> other) => Console.WriteLine(
    $"| {title} | {Median(own.Select(s => s.Processor)):0.00} | {Median(own.Select(s => s.Wall)):0.00} | {Median(own.Select(s => s.Peak / 1024.0)):0} | {own[0].Size >> 20} | "
    + $"{Ratio(own, other, s => s.Processor)} | {Ratio(own, other, s => s.Wall)} |");

static string Ratio(List<Sample> own, List<Sample> other, Func<Sample, double> value) =>
    ReferenceEquals(own, other) ? "1" : $"{Median(own.Zip(other, (a, b) => value(a) / value(b))):0.00}";

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

internal sealed record Sample(double Wall, double Processor, double Peak, long Size)
{
    internal static Sample Parse(string line, long size) =>
        line.Split(' ') is [var wall, var user, var system, var peak]
            ? new Sample(double.Parse(wall), double.Parse(user) + double.Parse(system), double.Parse(peak), size)
            : throw new FormatException(line);
}
