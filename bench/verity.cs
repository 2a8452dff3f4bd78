// A device's hash area and its encryption: Diecast's library against veritysetup and cryptsetup on the same file.
//
//     dotnet run -c Release bench/verity.cs -- [RUNS] [MEBIBYTES]      default: 5 1024
//
// The file is noise, in the page cache. Prints a Markdown table: medians of the runs, which take turns; ratios are medians
// of the ratios within a turn. Both roots must be the same, and cryptsetup must open what was encrypted.
#:project ../src/Diecast.Formats/Diecast.Formats.csproj
#:project Diecast.Bench/Diecast.Bench.csproj
#:property PublishAot=false

using System.Diagnostics;
using System.Globalization;
using Diecast.Bench;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using static Diecast.Bench.Samples;
using static Diecast.Bench.Workbench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int runs = args.Length > 0 ? int.Parse(args[0]) : 5;
long length = (args.Length > 1 ? long.Parse(args[1]) : 1024) << 20;
DirectoryInfo work = Directory.CreateTempSubdirectory("diecast-bench-");
try
{
    string data = Path.Combine(work.FullName, "data");
    MakeNoise(data);
    File.WriteAllText(Path.Combine(work.FullName, "key"), "secret");
    Console.WriteLine("| what | by | s | CPU s | s, ratio | CPU, ratio |");
    Console.WriteLine("|---|---|--:|--:|--:|--:|");
    var verity = new DmVerityOptions { Salt = new byte[32], Uuid = Guid.Parse("11111111-2222-3333-4444-555555555555") };
    string root = "";
    string said = "";
    Compare(
        "hash area of dm-verity",
        "veritysetup format",
        () =>
        {
            File.Delete(data + ".hash");
            said = Run("veritysetup", "format", data, data + ".hash", $"--salt={Convert.ToHexStringLower(verity.Salt.Span)}", $"--uuid={verity.Uuid}");
        },
        () => Use(data, blob =>
        {
            DmVerityTree tree = DmVerity.Build(blob, verity);
            root = tree.RootHashText;
            Write(tree.Hash, data + ".ours");
        }));
    if (!said.Contains(root, StringComparison.Ordinal) || !File.ReadAllBytes(data + ".hash").AsSpan().SequenceEqual(File.ReadAllBytes(data + ".ours")))
        throw new InvalidOperationException("the hash areas differ");

    string key = Path.Combine(work.FullName, "key");
    Compare(
        "LUKS2, 4096-byte sectors",
        "cryptsetup reencrypt --encrypt, with the copy",
        () =>
        {
            File.Copy(data, data + ".luks", overwrite: true);
            using (FileStream file = File.OpenWrite(data + ".luks"))
                file.SetLength(length + (32 << 20));
            Run(
                "cryptsetup", "reencrypt", "--encrypt", "--type", "luks2", "--batch-mode", "--reduce-device-size", "32M", "--force-offline-reencrypt",
                "--resilience", "none", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--sector-size", "4096", "--key-file", key, data + ".luks");
        },
        () => Use(data, blob => Write(
            Luks2.Encrypt(blob, new Luks2Options { Slots = [Luks2Slot.FromPassphrase("secret") with { Kdf = Luks2Kdf.Minimal }] }), data + ".ours")));
    Run("cryptsetup", "open", "--test-passphrase", "--key-file", key, data + ".ours");
}
finally
{
    work.Delete(recursive: true);
}

void Compare(string what, string peer, Action theirs, Action ours)
{
    theirs();
    ours();
    var turns = new List<(Turn Theirs, Turn Ours)>();
    for (int i = 0; i < runs; i++)
        turns.Add((Measure(theirs), Measure(ours)));
    Console.WriteLine($"| {what} | {peer} | {Median(turns, t => t.Theirs.Seconds):0.00} | {Median(turns, t => t.Theirs.Processor):0.00} | 1 | 1 |");
    Console.WriteLine(
        $"| {what} | Diecast | {Median(turns, t => t.Ours.Seconds):0.00} | {Median(turns, t => t.Ours.Processor):0.00} "
        + $"| {Median(turns, t => t.Ours.Seconds / t.Theirs.Seconds):0.00} | {Median(turns, t => t.Ours.Processor / t.Theirs.Processor):0.00} |");
}

static Turn Measure(Action action)
{
    double before = ProcessorSeconds();
    long start = Stopwatch.GetTimestamp();
    action();
    return new Turn(Stopwatch.GetElapsedTime(start).TotalSeconds, ProcessorSeconds() - before);
}

// Of this process and of the children that have ended.
static double ProcessorSeconds()
{
    string[] fields = File.ReadAllText("/proc/self/stat").Split(") ", 2)[1].Split(' ');
    return fields[11..15].Sum(ticks => long.Parse(ticks)) / 100.0;
}

void MakeNoise(string path)
{
    byte[] buffer = new byte[1 << 20];
    var random = new Random(1);
    using FileStream file = File.Create(path);
    for (long i = 0; i < length; i += buffer.Length)
    {
        random.NextBytes(buffer);
        file.Write(buffer);
    }
}

static void Use(string path, Action<Blob> action)
{
    using HostFile file = HostFile.Open(path);
    action(Blob.FromFile(file, 0, new FileInfo(path).Length));
}

static void Write(Blob blob, string path)
{
    using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
    BlobWriter.Write(blob, file, path);
}

internal readonly record struct Turn(double Seconds, double Processor);
