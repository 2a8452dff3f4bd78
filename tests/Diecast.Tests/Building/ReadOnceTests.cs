using System.Globalization;
using System.Text.RegularExpressions;

namespace Diecast.Tests.Building;

/// <summary>What the program reads and writes where dm-verity protects a partition, as the kernel is asked for it.</summary>
public sealed partial class ReadOnceTests
{
    [ToolTheory("strace")]
    [InlineData("ext4", "guess")]
    [InlineData("erofs", "best")]
    public void A_partition_of_repart_is_read_once_and_written_once(string fileSystem, string size)
    {
        using var directory = new TempDirectory();
        long content = WriteTree(directory);
        Directory.CreateDirectory(directory["repart.d"]);
        Directory.CreateDirectory(directory["out"]);
        File.WriteAllText(directory["repart.d/1.conf"], $"[Partition]\nType=root-x86-64\nFormat={fileSystem}\nCopyFiles=/\nMinimize={size}\nVerity=data\nVerityMatchKey=root\n");
        File.WriteAllText(directory["repart.d/2.conf"], "[Partition]\nType=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nMinimize=best\n");

        Calls calls = Trace(
            directory, "repart", "--offline=yes", "--empty=create", "--size=auto", "--dry-run=no", "--seed=750b6cd5c4ae4012a15e7be3c29e6a47",
            $"--definitions={directory["repart.d"]}", $"--copy-source={directory["tree"]}", directory["out/image"]);

        Assert.InRange(calls.BytesRead(directory["tree"]), content, content + SpareOf(fileSystem));
        Assert.Equal(0, calls.BytesRead(directory["out"]));
        AssertWrittenOnce(calls, directory["out"], content, directory["out/image"]);
    }

    [ToolTheory("strace")]
    [InlineData("ext4", "none")]
    [InlineData("ext4", "sha256")]
    [InlineData("erofs", "none")]
    [InlineData("{ type: erofs, compression: lz4 }", "none")]
    [InlineData("{ type: squashfs, compression: zstd }", "sha256")]
    public void A_partition_of_a_build_is_read_once_and_written_once(string fileSystem, string digest)
    {
        using var directory = new TempDirectory();
        long content = WriteTree(directory);
        Directory.CreateDirectory(directory["out"]);
        Directory.CreateDirectory(directory["cache"]);
        File.WriteAllText(
            directory["disk.yaml"],
            "name: disk\nseed: 11111111-2222-4333-8444-555555555555\nepoch: 1700000000\nimage:\n  type: data\n  partitions:\n"
            + $"    - {{ type: root-x86-64, fileSystem: {fileSystem}, content: {{ directory: tree }}, verity: {{ role: data, match: root }} }}\n"
            + "    - { type: root-x86-64-verity, verity: { role: hash, match: root } }\n");

        Calls calls = Trace(directory, "build", "--digest", digest, "--output", directory["out/disk.raw"], directory["disk.yaml"]);

        Assert.InRange(calls.BytesRead(directory["tree"]), content, content + SpareOf(fileSystem));
        // What is compressed is spooled, because its length decides where the hashes begin.
        bool isPacked = fileSystem.Contains("compression", StringComparison.Ordinal);
        long spooled = calls.BytesWritten(directory["cache"]);
        Assert.Equal(isPacked, spooled > 0);
        Assert.InRange(calls.BytesRead(directory["cache"]), 0, spooled);
        AssertWrittenOnce(calls, directory["out"], isPacked ? spooled : content, directory["out/disk.raw"]);
        long data = calls.BytesWritten(directory["out"]);
        Assert.InRange(calls.BytesRead(directory["out"]), 0, digest == "none" ? 0 : data);
    }

    /// <summary>The checksum in EROFS's superblock is of the first block, which has ends of files in it.</summary>
    private static long SpareOf(string fileSystem) => fileSystem.Contains("erofs", StringComparison.Ordinal) ? 6 * 4096 : 0;

    /// <summary>That no byte was written twice, and none left out.</summary>
    private static void AssertWrittenOnce(Calls calls, string directory, long least, string image)
    {
        long end = 0;
        long written = 0;
        foreach ((long offset, long length) in calls.Writes(directory).Order())
        {
            Assert.True(offset >= end, string.Create(CultureInfo.InvariantCulture, $"{end - offset} bytes at {offset} are written twice"));
            end = offset + length;
            written += length;
        }

        Assert.InRange(written, least, new FileInfo(image).Length);
    }

    /// <summary>Files that have no zeros, and become half as large by every compressor; their bytes.</summary>
    private static long WriteTree(TempDirectory directory)
    {
        var random = new Random(91);
        long total = 0;
        for (int i = 0; i < 120; i++)
        {
            byte[] bytes = new byte[i % 40 == 7 ? random.Next(1 << 20, 6 << 20) : random.Next(1, 90_000)];
            for (int at = 0; at < bytes.Length; at++)
                bytes[at] = (byte)('a' + ((at & 64) == 0 ? random.Next(16) : 0));
            string path = directory[string.Create(CultureInfo.InvariantCulture, $"tree/{i % 7}/{i}")];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
            total += bytes.Length;
        }

        return total;
    }

    private static Calls Trace(TempDirectory directory, params string[] arguments)
    {
        Tool.Check(
            "env",
            [
                $"XDG_CACHE_HOME={directory["cache"]}", "strace", "-f", "-y", "-s", "0", "-o", directory["trace"], "-e",
                "trace=read,readv,pread64,preadv,preadv2,write,writev,pwrite64,pwritev,pwritev2,copy_file_range,sendfile,splice",
                "dotnet", Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll"), .. arguments,
            ]);
        return Calls.Read(directory["trace"]);
    }

    /// <summary>Calls that read or wrote, by what the descriptor is of.</summary>
    private sealed partial class Calls
    {
        private readonly List<(string Name, string Path, long Offset, long Length)> _all = [];

        internal static Calls Read(string trace)
        {
            var calls = new Calls();
            var begun = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string line in File.ReadLines(trace))
            {
                (string thread, string text) = (line[..line.IndexOf(' ')], line[line.IndexOf(' ')..].TrimStart());
                if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
                {
                    begun[thread] = text[..^"<unfinished ...>".Length].TrimEnd();
                    continue;
                }

                if (Resumed().Match(text) is { Success: true } resumed)
                    text = begun[thread] + text[resumed.Length..];
                if (Call().Match(text) is not { Success: true } call || !long.TryParse(call.Groups["result"].ValueSpan, CultureInfo.InvariantCulture, out long length) || length <= 0)
                    continue;
                Group offset = call.Groups["offset"];
                calls._all.Add((call.Groups["name"].Value, call.Groups["path"].Value, offset.Success ? long.Parse(offset.ValueSpan, CultureInfo.InvariantCulture) : -1, length));
            }

            Assert.NotEmpty(calls._all);
            return calls;
        }

        internal long BytesRead(string directory) => Of(directory).Where(call => call.Name.StartsWith("pread64", StringComparison.Ordinal)).Sum(call => call.Length);

        internal long BytesWritten(string directory) => Of(directory).Where(call => call.Name == "pwrite64").Sum(call => call.Length);

        internal IEnumerable<(long Offset, long Length)> Writes(string directory) =>
            Of(directory).Where(call => call.Name == "pwrite64").Select(call => (call.Offset, call.Length));

        /// <summary>All by these two calls, so that none is missed.</summary>
        private IEnumerable<(string Name, string Path, long Offset, long Length)> Of(string directory)
        {
            foreach ((string Name, string Path, long Offset, long Length) call in _all.Where(call => call.Path.StartsWith(directory + "/", StringComparison.Ordinal)))
            {
                Assert.Contains(call.Name, new[] { "pread64", "pwrite64" });
                yield return call;
            }
        }

        [GeneratedRegex(@"^<\.\.\. \w+ resumed>")]
        private static partial Regex Resumed();

        [GeneratedRegex(@"^(?<name>\w+)\(\d+<(?<path>[^>]*)>.*?(, (?<offset>\d+))?\)\s+= (?<result>-?\d+)")]
        private static partial Regex Call();
    }
}
