using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Tests.FileSystems;
using Diecast.Formats.Tests.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Boot.Tests;

/// <summary>
/// What only a kernel of one's own can show: it grows ext4 file systems while they are mounted, verifies files by
/// fs-verity, and gives the files of a FAT their short names. A machine that boots anyway gets a disk more.
/// </summary>
internal sealed class GuestFileSystems : IDisposable
{
    private const int Times = 16;
    private const long Mebi = 1 << 20;
    private const string ShortNames = "short-names";
    private const string ToolsPoint = "/run/tools";

    private static readonly VerityOptions[] Parameters =
    [
        new VerityOptions(),
        new VerityOptions { Algorithm = VerityAlgorithm.Sha512, BlockSize = 1024, Salt = ExtImage.Bytes(32, 5) },
    ];

    /// <summary>Features, block size and first size in MiB; 0 is the smallest. Linux does not grow sparse_super2 while it is mounted.</summary>
    private static readonly (string Profile, int BlockSize, long Size)[] Growing =
    [
        ("default", 4096, 64),
        ("default", 4096, 500),
        ("default", 4096, 0),
        ("default", 2048, 0),
        ("default", 1024, 0),
        ("default", 1024, 9),
        ("default", 1024, 64),
        ("modern", 4096, 0),
        ("modern", 4096, 200),
        ("modern", 1024, 30),
        ("compat", 4096, 0),
        ("compat", 4096, 130),
        ("compat", 1024, 30),
        ("default,^flex_bg", 4096, 30),
        ("default,^flex_bg", 1024, 30),
        ("default,^has_journal", 1024, 8),
        ("default,^resize_inode", 4096, 64),
        ("default,^resize_inode", 1024, 16),
        ("compat,uninit_bg", 1024, 30),
        ("ext2", 4096, 64),
        ("ext3", 1024, 30),
        ("default,^resize_inode,meta_bg", 4096, 200),
        ("modern,quota,project,inline_data,ea_inode,verity", 4096, 64),
    ];

    private readonly GuestDisk _disk = new();
    private readonly FileTree _tree = ExtTrees.AllTypes();
    private readonly List<(string Name, ExtPlan Plan)> _verity = [];
    private readonly List<(string Name, ExtPlan Plan)> _growing = [];
    private readonly FileTree _files = Files();

    internal GuestFileSystems()
    {
        var script = new StringBuilder(
            $$"""
            set -e
            mkdir -p /run/m
            on() { mount -t ext4 "$1" /run/m; }
            off() { umount /run/m; }
            grow() {
              on "$1"
              touch -r /run/m /run/reference
              {{ToolsPoint}}/resize2fs "$1"
              cp /run/m/large /run/m/new
              cmp /run/m/large /run/m/new
              rm /run/m/new
              touch -r /run/reference /run/m
              off
            }
            fails() { if "$@" >/dev/null 2>/run/error; then echo "NOT REFUSED: $*"; else sed 's/^/refused: /' /run/error; fi; }

            """);
        var tools = new FileTree();
        foreach (string tool in (string[])["resize2fs", "fsverity"])
            GuestTools.Add(tools, ToolsPoint, tool);
        foreach ((string profile, int blockSize, long size) in Growing)
            AddGrowing(profile, blockSize, size, script);
        for (int i = 0; i < Parameters.Length; i++)
            AddVerity($"verity{i}", Parameters[i], script);
        script.Append(GuestShortNames.Script(_disk.Add(ShortNames, GuestShortNames.Empty, GuestShortNames.Empty.Length)));
        script.AppendLine("echo 'ALL ''DONE'");
        tools.Set("/run", new FileInode(Blob.FromText(script.ToString()), 0b111_101_101));
        Blob image = ExtFileSystem.Plan(tools, ExtImage.Options).ToBlob();
        Tools = _disk.Add("tools", image, image.Length);
        _disk.Write();
    }

    internal QemuDisk Disk => new(_disk.Path, Writable: true);

    private int Tools { get; }

    /// <summary>Has the machine do its part; the disk is its second one.</summary>
    internal void RunOn(Qemu machine)
    {
        string output = machine.Command($"mkdir -p {ToolsPoint}; mount -o ro /dev/vdb{Tools} {ToolsPoint}; sh {ToolsPoint}/run 2>&1; umount {ToolsPoint}", TimeSpan.FromMinutes(5));
        Assert.True(output.Contains("ALL DONE", StringComparison.Ordinal) && !output.Contains("NOT REFUSED", StringComparison.Ordinal), output);
        foreach ((string name, ExtPlan plan) in _verity)
        {
            // Every digest that the kernel names is that of the plan.
            MatchCollection digests = Regex.Matches(output, $@"^{name} (sha\S+) (\S+)$", RegexOptions.Multiline);
            Assert.Equal(_files.Root.Count, digests.Count);
            foreach (Match digest in digests)
                Assert.Equal(plan.VerityDigest(digest.Groups[2].Value)!.ToString(), digest.Groups[1].Value);
        }

        Assert.Equal(_verity.Count * 2, Regex.Count(output, "^refused: .*Input/output error", RegexOptions.Multiline));
        Assert.Equal(_verity.Count, Regex.Count(output, "^refused: .*Operation not permitted", RegexOptions.Multiline));
    }

    /// <summary>Looks at what the machine, which has ended, left behind.</summary>
    internal void Check()
    {
        foreach ((string name, ExtPlan plan) in _growing)
        {
            IsClean(name);
            TreeEquality.AssertSame(_tree, ExtFileSystem.Read(_disk.Read(name)));
            long blocks = plan.BlockCount * Times;
            string header = Tool.Check("dumpe2fs", "-h", _disk.In(name));
            long found = long.Parse(Regex.Match(header, @"^Block count:\s+(\d+)", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);
            // The kernel leaves a last group out that is too small.
            Assert.True(found > blocks - (plan.BlockSize * 8) && found <= blocks, $"{name}: {found} blocks are there, {blocks} were asked for");
        }

        GuestShortNames.Check(_disk.Read(ShortNames));
        foreach ((string name, _) in _verity)
        {
            IsClean(name);
            IsClean($"{name}-kernel");
            foreach (TreeEntry entry in _files.Walk())
                Assert.Equal(Whole(name, entry.Path), Whole($"{name}-kernel", entry.Path));
        }
    }

    public void Dispose() => _disk.Dispose();

    private void AddGrowing(string profile, int blockSize, long size, StringBuilder script)
    {
        string[] parts = profile.Split(',');
        ExtPlan plan = ExtFileSystem.Plan(_tree, ExtImage.Options with
        {
            Profile = ExtProfile.Find(parts[0])!.With(parts[1..]),
            BlockSize = blockSize,
            Size = size == 0 ? null : size * Mebi,
        });
        string name = $"{profile}-{blockSize}-{size}".Replace(',', '_');
        int number = _disk.Add(name, plan.ToBlob(), plan.BlockCount * Times * blockSize);
        script.AppendLine(CultureInfo.InvariantCulture, $"echo {name}; grow /dev/vdb{number}");
        _growing.Add((name, plan));
    }

    /// <summary>The same files protected by us and by the kernel, and protected by us with damage.</summary>
    private void AddVerity(string name, VerityOptions verity, StringBuilder script)
    {
        ExtOptions options = ExtImage.Options with { Profile = ExtProfile.Default.With("verity"), Size = 64 * Mebi };
        ExtOptions protecting = options with { VerityFiles = ["/"], Verity = verity };
        ExtPlan plan = ExtFileSystem.Plan(_files, protecting);
        int ours = _disk.Add(name, plan.ToBlob(), plan.Length);
        int kernels = _disk.Add($"{name}-kernel", ExtFileSystem.Plan(_files, options).ToBlob(), plan.Length);
        byte[] damaged = plan.ToBlob().ToArray();
        using var text = new StringWriter();
        plan.Print(text);
        // A byte of one file's content, and one of another's tree.
        Match content = Regex.Match(text.ToString(), @" /300000 .* 0\+\d+@(\d+)");
        Match tree = Regex.Match(text.ToString(), @" /300001 .* 80\+\d+@(\d+)");
        damaged[(long.Parse(content.Groups[1].Value, CultureInfo.InvariantCulture) * plan.BlockSize) + 9] ^= 1;
        damaged[(long.Parse(tree.Groups[1].Value, CultureInfo.InvariantCulture) * plan.BlockSize) + 9] ^= 1;
        int broken = _disk.Add($"{name}-damaged", Blob.FromMemory(damaged), plan.Length);
        _verity.Add((name, plan));

        string parameters = verity.Algorithm == VerityAlgorithm.Sha256 ? "--hash-alg=sha256" : "--hash-alg=sha512";
        parameters += $" --block-size={verity.BlockSize ?? 4096}";
        if (!verity.Salt.IsEmpty)
            parameters += $" --salt={Convert.ToHexString(verity.Salt.Span)}";
        script.AppendLine(CultureInfo.InvariantCulture,
            $$"""
            on /dev/vdb{{ours}}
            for f in /run/m/[0-9]*; do echo {{name}} $({{ToolsPoint}}/fsverity measure $f | sed 's,/run/m,,'); cat $f >/dev/null; done
            fails sh -c 'echo more >>/run/m/300000'
            off
            on /dev/vdb{{kernels}}
            for f in /run/m/[0-9]*; do {{ToolsPoint}}/fsverity enable {{parameters}} $f; done
            off
            on /dev/vdb{{broken}}
            cat /run/m/300002 >/dev/null
            fails cat /run/m/300000
            fails cat /run/m/300001
            off
            """);
    }

    private void IsClean(string name)
    {
        (int exitCode, string output) = Tool.Run("e2fsck", "-fn", _disk.In(name));
        Assert.True(exitCode == 0 && !output.Contains('?', StringComparison.Ordinal), $"{name}: {output}");
    }

    /// <summary>All bytes of a file as far as it has blocks, those beyond its end too.</summary>
    private string Whole(string name, string path)
    {
        using var directory = new TempDirectory();
        string image = _disk.In(name);
        Match last = Regex.Matches(Tool.Check("debugfs", "-R", $"dump_extents -l {path}", image), @"- *(\d+) +\d+ - +\d+", RegexOptions.Multiline)[^1];
        long end = (long.Parse(last.Groups[1].Value, CultureInfo.InvariantCulture) + 1) * 4096;
        Tool.Check("debugfs", "-w", "-R", string.Create(CultureInfo.InvariantCulture, $"set_inode_field {path} size {end}"), image);
        Tool.Check("debugfs", "-R", $"dump {path} {directory["whole"]}", image);
        Assert.Equal(end, new FileInfo(directory["whole"]).Length);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(directory["whole"])));
    }

    private static FileTree Files()
    {
        var tree = new FileTree();
        foreach (int size in (int[])[0, 1, 4096, 4097, 65536, 65537, 300_000, 300_001, 300_002, 524_288, 524_289, 3_000_000])
            tree.Set($"/{size}", new FileInode(Blob.FromMemory(ExtImage.Bytes(size, size))));
        return tree;
    }
}
