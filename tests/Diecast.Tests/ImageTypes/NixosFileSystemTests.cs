using System.Globalization;
using System.Text.Json;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Tests.ImageTypes;

/// <summary>Any file system with any table of make-disk-image, as sfdisk, blkid and the file system's own checker see them.</summary>
public sealed class NixosFileSystemTests
{
    private static readonly string[] Tables =
        ["nixos-legacy", "nixos-legacy-boot", "nixos-legacy-gpt", "nixos-efi", "nixos-efixbootldr", "nixos-hybrid", "nixos-none"];

    /// <summary>How each is asked for, and the command that checks it.</summary>
    private static readonly (string Declared, string Type, string[] Check)[] FileSystems =
    [
        ("ext2", "ext2", ["e2fsck", "-fn"]),
        ("ext3", "ext3", ["e2fsck", "-fn"]),
        ("{ type: ext4, profile: modern }", "ext4", ["e2fsck", "-fn"]),
        ("btrfs", "btrfs", ["btrfs", "check", "--readonly"]),
        ("xfs", "xfs", ["xfs_repair", "-n", "-f"]),
        ("f2fs", "f2fs", ["fsck.f2fs", "--dry-run"]),
        ("{ type: squashfs, compression: xz }", "squashfs", ["unsquashfs", "-ll"]),
        ("{ type: erofs, compression: lz4hc }", "erofs", ["fsck.erofs"]),
    ];

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (string table in Tables)
            {
                for (int i = 0; i < FileSystems.Length; i++)
                {
                    // A squashfs has no id to be mounted by where there is no table.
                    if (table != "nixos-none" || FileSystems[i].Type != "squashfs")
                        cases.Add(table, i);
                }
            }

            return cases;
        }
    }

    [ToolTheory("sfdisk", "blkid", "e2fsck", "btrfs", "mkfs.btrfs", "mkfs.xfs", "xfs_repair", "mkfs.f2fs", "fsck.f2fs", "unsquashfs", "fsck.erofs", "fsck.fat")]
    [MemberData(nameof(Cases))]
    public void A_root_of_any_file_system_stands_in_any_table(string type, int fileSystem)
    {
        using var directory = new TempDirectory();
        (string declared, string name, string[] check) = FileSystems[fileSystem];

        string[] parts = Build(directory, $"type: {type}, free: 2M, rootFileSystem: {declared}");

        CheckPart(parts[^1], name, check);
        // The others are FAT, or no file system.
        foreach (string other in parts[..^1].Where(part => Tool.Run("blkid", "-p", part).Output.Contains("TYPE=\"vfat\"", StringComparison.Ordinal)))
            Tool.Check("fsck.fat", "-n", other);
    }

    /// <summary>A /boot of its own is what a loader reads, beside a root of any kind.</summary>
    [ToolTheory("sfdisk", "blkid", "e2fsck", "btrfs", "mkfs.btrfs", "mkfs.xfs", "xfs_repair", "mkfs.f2fs", "fsck.f2fs", "unsquashfs", "fsck.erofs")]
    [InlineData("gpt", 0)]
    [InlineData("mbr", 1)]
    [InlineData("gpt", 2)]
    [InlineData("mbr", 3)]
    [InlineData("gpt", 4)]
    [InlineData("mbr", 5)]
    [InlineData("gpt", 6)]
    [InlineData("mbr", 7)]
    public void A_boot_partition_of_any_file_system_stands_in_either_table(string table, int fileSystem)
    {
        using var directory = new TempDirectory();
        (string declared, string name, string[] check) = FileSystems[fileSystem];

        string[] parts = Build(
            directory,
            $"type: disk, partitionTable: {table}, partitions: [{{ type: linux-generic, mountPoint: /boot, fileSystem: {declared} }}, {{ type: linux-generic, mountPoint: /, fileSystem: erofs }}]");

        CheckPart(parts[0], name, check);
        CheckPart(parts[1], "erofs", ["fsck.erofs"]);
    }

    /// <summary>Below 8 MiB mke2fs makes none, and then it is an ext2.</summary>
    [ToolFact("sfdisk", "blkid", "e2fsck")]
    public void An_ext3_has_its_journal_however_small_its_content()
    {
        using var directory = new TempDirectory();
        CheckPart(Assert.Single(Build(directory, "type: nixos-legacy, free: 1M, rootFileSystem: ext3")), "ext3", ["e2fsck", "-fn"]);
        File.Delete(directory["any.img"]);
        BuildException exception = Assert.Throws<BuildException>(() => Build(directory, "partitions: [{ mountPoint: /, size: 7M, fileSystem: ext3 }]"));
        Assert.Contains("no room for a journal; the least size with one is 8388608", exception.Message, StringComparison.Ordinal);
    }

    private static void CheckPart(string part, string type, string[] check)
    {
        Assert.Contains($"\nTYPE={type}\n", "\n" + Tool.Check("blkid", "-p", "-o", "export", part), StringComparison.Ordinal);
        Tool.Check(check[0], [.. check[1..], part]);
    }

    /// <summary>Builds an image of a small tree and takes its partitions apart, as sfdisk has them.</summary>
    private static string[] Build(TempDirectory directory, string image)
    {
        foreach ((string path, string text) in new[]
        {
            ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("etc/shadow", "root:*:20000:0:99999:7:::\n"), ("etc/group", "root:x:0:\n"),
            ("etc/gshadow", "root:*::\n"), ("etc/os-release", "PRETTY_NAME=\"Small\"\n"), ("boot/config", new string('x', 100_000)), ("srv/large", string.Concat(Enumerable.Range(0, 50_000))),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(directory["root/" + path])!);
            File.WriteAllText(directory["root/" + path], text);
        }

        LoadedDefinition loaded = DefinitionReader.ReadText(
            $"name: any\nepoch: 1700000000\nseed: 2F9A6C1E-5D9F-4A3B-8C47-1B2D3E4F5A6B\nsystem: {{ base: {{ directory: root }} }}\nimage: {{ {image} }}\n", "any.yaml", directory.Path);
        ImageBuilder.Build(loaded, new BuildOptions { OutputPath = directory["any.img"], Digest = OutputDigest.None, CacheDirectory = directory["cache"] });
        if (image.Contains("nixos-none", StringComparison.Ordinal))
            return [directory["any.img"]];

        Assert.Equal(0, Tool.Run("sfdisk", "--verify", directory["any.img"]).ExitCode);
        using var json = JsonDocument.Parse(Tool.Check("sfdisk", "--json", directory["any.img"]));
        using HostFile file = HostFile.Open(directory["any.img"]);
        var parts = new List<string>();
        foreach (JsonElement partition in json.RootElement.GetProperty("partitiontable").GetProperty("partitions").EnumerateArray())
        {
            string path = directory[parts.Count.ToString(CultureInfo.InvariantCulture)];
            using SafeFileHandle part = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
            BlobWriter.Write(Blob.FromFile(file, 512 * partition.GetProperty("start").GetInt64(), 512 * partition.GetProperty("size").GetInt64()), part, path);
            parts.Add(path);
        }

        return [.. parts];
    }
}
