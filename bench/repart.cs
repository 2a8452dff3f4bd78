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
#:project Diecast.Bench/Diecast.Bench.csproj

using Diecast.Bench;
using static Diecast.Bench.Workbench;

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
string inner = $"/tmp/bench-repart-{Environment.ProcessId}";
using var bench = new Workbench(args[0], peers + inner);
string image = bench.At("image");
PublishProgram();
Directory.CreateDirectory(bench.At("tree"));
Console.WriteLine("| case | CPU s | wall s | peak MiB | stored MiB | CPU to systemd-repart | wall to systemd-repart |");
Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|");
foreach (string name in chosen)
    Measure(name, cases[name]);
return 0;

void Measure(string name, string[] definitions)
{
    string directory = Directory.CreateDirectory(bench.At(name)).FullName;
    for (int i = 0; i < definitions.Length; i++)
        File.WriteAllText(Path.Combine(directory, $"{i}.conf"), "[Partition]\n" + definitions[i]);
    string[] switches = ["--offline=yes", "--empty=create", "--size=auto", "--dry-run=no", "--seed=750b6cd5c4ae4012a15e7be3c29e6a47", "--json=short"];
    string there = $"mount --bind /proc {peers}/proc && mount --bind /dev {peers}/dev && mount --bind {tree} {bench.At("tree")} && exec chroot {peers} \"$@\"";
    List<Sample> theirs = [];
    List<Sample> ours = [];
    for (int run = 0; run < runs; run++)
    {
        theirs.Add(Sampled([
            "unshare", "-m", "sh", "-c", there, "sh", "systemd-repart", .. switches, $"--definitions={inner}/{name}", $"--copy-source={inner}/tree", $"{inner}/image"]));
        ours.Add(Sampled([bench.Diecast, "repart", .. switches, $"--definitions={directory}", $"--copy-source={tree}", image]));
    }

    Print($"systemd-repart, {name}", theirs, theirs);
    Print($"Diecast, {name}", ours, theirs);
}

Sample Sampled(string[] command)
{
    File.Delete(image);
    return bench.Measure(command, () => long.Parse(Run("stat", "-c", "%b", image)) * 512);
}

static void Print(string title, List<Sample> own, List<Sample> other) => Console.WriteLine(
    $"| {title} | {Samples.Cells(own)} | {own[0].Size >> 20} | {Samples.Ratio(own, other, s => s.Processor)} | {Samples.Ratio(own, other, s => s.Wall)} |");
