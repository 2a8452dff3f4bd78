using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Planning;
using Diecast.Tests.Cli;

namespace Diecast.Tests.Planning;

/// <summary>What a definition asks of a file system is in the image.</summary>
public sealed class FileSystemOptionsTests
{
    [ToolFact("dumpe2fs", "e2fsck", "debugfs")]
    public void An_ext4_has_what_the_definition_asks()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, """
            { type: ext4, label: box, profile: modern, features: "^64bit,large_dir", reservedPercent: 3, inodes: 4096, journalSize: 4M, blockSize: 1024,
              inodeSize: 512, hashSeed: 01234567-89ab-cdef-0123-456789abcdef, hashCharacters: unsigned, lastMounted: /srv, uuid: 1c2d3e4f-0000-4000-8000-000000000001 }
            """);
        Tool.Check("e2fsck", "-fn", image);
        string[] lines = Tool.Check("dumpe2fs", "-h", image).Split('\n');
        string[] features = Value("Filesystem features").Split(' ');
        Assert.Contains("metadata_csum_seed", features);
        Assert.Contains("orphan_file", features);
        Assert.Contains("large_dir", features);
        Assert.DoesNotContain("64bit", features);
        Assert.Equal("box", Value("Filesystem volume name"));
        Assert.Equal("1c2d3e4f-0000-4000-8000-000000000001", Value("Filesystem UUID"));
        Assert.Equal("/srv", Value("Last mounted on"));
        Assert.Equal("1024", Value("Block size"));
        Assert.Equal("512", Value("Inode size"));
        Assert.Equal("4096", Value("Inode count"));
        Assert.Equal("01234567-89ab-cdef-0123-456789abcdef", Value("Directory Hash Seed"));
        Assert.Equal("unsigned_directory_hash", Value("Filesystem flags"));
        Assert.Equal("4096k", Value("Total journal size"));
        Assert.Equal(3 * long.Parse(Value("Block count")) / 100, long.Parse(Value("Reserved block count")));

        string Value(string key) => lines.Single(l => l.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Trim();
    }

    [ToolFact("dumpe2fs", "e2fsck", "debugfs")]
    public void An_ext4_has_owners_limits_and_projects_that_the_definition_asks()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, """
            { type: ext4, features: "quota,project,casefold,verity", quotas: "user,project", projects: [{ path: /hello, id: 9 }], casefold: [/games], verity: [/hello],
              stride: 16, stripeWidth: 64, rootMode: 0750, rootUid: 1815, rootGid: 2000, defaultMountOptions: "acl,nobarrier",
              extendedMountOptions: nodelalloc, errors: remount-read-only, maxMountCount: 30, checkDays: 2 }
            """, () => Directory.CreateDirectory(directory["files/games"]));
        Tool.Check("e2fsck", "-fn", image);
        string[] lines = [.. Tool.Check("dumpe2fs", "-h", image).Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        foreach (string fact in new[]
            {
                "Errors behavior: Remount read-only", "Default mount options: acl nobarrier", "Mount options: nodelalloc", "Maximum mount count: 30",
                "RAID stride: 16", "RAID stripe width: 64", "Check interval: 172800 (2 days)",
            })
            Assert.Contains(fact, lines);
        Assert.Contains("Mode:  0750", Tool.Check("debugfs", "-R", "stat /", image), StringComparison.Ordinal);
        Assert.Contains("User:  1815   Group:  2000   Project:     0", Tool.Check("debugfs", "-R", "stat /", image), StringComparison.Ordinal);
        Assert.Contains("Project:     9", Tool.Check("debugfs", "-R", "stat /hello", image), StringComparison.Ordinal);
        Assert.Contains("Flags: 0x180000", Tool.Check("debugfs", "-R", "stat /hello", image), StringComparison.Ordinal);
    }

    [ToolTheory("dumpe2fs", "e2fsck")]
    [InlineData("ext2", "", "Linux")]
    [InlineData("{ type: ext2, profile: hurd }", "", "Hurd")]
    [InlineData("ext3", "has_journal", "Linux")]
    public void Older_file_systems_have_their_own_features(string fileSystem, string journal, string creator)
    {
        using var directory = new TempDirectory();
        string image = Build(directory, fileSystem);
        Tool.Check("e2fsck", "-fn", image);
        string header = Tool.Check("dumpe2fs", "-h", image);
        Assert.Contains(journal, header, StringComparison.Ordinal);
        Assert.Equal(journal.Length > 0, header.Contains("has_journal", StringComparison.Ordinal));
        Assert.DoesNotContain("extent", header, StringComparison.Ordinal);
        Assert.Matches($"Filesystem OS type: +{creator}", header);
    }

    [ToolFact("dumpe2fs", "e2fsck")]
    public void An_ext4_without_a_journal_has_none()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, "{ type: ext4, profile: modern, journalSize: none, lostAndFound: no }");
        Tool.Run("e2fsck", "-fn", image);
        string header = Tool.Check("dumpe2fs", "-h", image);
        Assert.DoesNotContain("has_journal", header, StringComparison.Ordinal);
        Assert.DoesNotContain("orphan_file", header, StringComparison.Ordinal);
        Assert.Contains("metadata_csum_seed", header, StringComparison.Ordinal);
    }

    [ToolFact("fsck.fat", "minfo", "mattrib")]
    public void A_FAT_has_what_the_definition_asks()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, """
            { type: vfat, label: box, fatType: 16, clusterSize: 1K, sectorSize: 1024, dataAlignment: 64K, volumeId: CAFE-0042, unsupported: skip,
              attributes: [{ path: "/hel*", set: "hidden,system", clear: archive }], hiddenSectors: 77, sectorsPerTrack: 17, heads: 9, driveNumber: 0 }
            """, () => File.CreateSymbolicLink(directory["files/link"], "hello"));
        Assert.Contains("Data area starts at byte 65536 ", Tool.Check("fsck.fat", "-n", "-v", image), StringComparison.Ordinal);
        string info = Tool.Check("env", "MTOOLS_SKIP_CHECK=1", "minfo", "-i", image, "::");
        foreach (string fact in new[]
            { "serial number: CAFE0042", "hidden sectors: 77", "sectors per track: 17", "heads: 9", "physical drive id: 0x0", "sector size: 1024 bytes", "disk type=\"FAT16", "cluster size: 1 sectors" })
            Assert.Contains(fact, info, StringComparison.Ordinal);
        string attributes = Assert.Single(Tool.Check("env", "MTOOLS_SKIP_CHECK=1", "mattrib", "-i", image, "::/*").Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("SH", attributes[..12].Replace(" ", "", StringComparison.Ordinal));
    }

    [ToolFact("unsquashfs")]
    public void A_squashfs_has_what_the_definition_asks()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, """
            { type: squashfs, compression: gzip, compressionLevel: 3, windowSize: 12, strategies: "fixed,default", blockSize: 65536, fragments: none,
              uncompressed: [inodes], duplicates: no, exports: no, allRoot: yes, rootMode: 0700, rootUid: 5, rootGid: 6 }
            """);
        string stat = Tool.Check("unsquashfs", "-stat", image);
        foreach (string fact in new[]
            {
                "Compression gzip", "compression-level 3", "window-size 12", "Block size 65536", "Filesystem is not exportable via NFS", "Inodes are uncompressed",
                "Data is compressed", "Duplicates are not removed", "Number of ids 3",
            })
            Assert.Contains(fact, stat, StringComparison.Ordinal);
        string list = Tool.Check("unsquashfs", "-llnumeric", image);
        Assert.Matches(@"drwx------ 5/6 .* squashfs-root\n", list);
        Assert.Matches(@"-rw-r--r-- 0/0 .* squashfs-root/hello", list);
    }

    [ToolFact("unsquashfs", "sfdisk")]
    public void A_squashfs_stands_in_a_partition_of_its_size()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["files"]);
        File.WriteAllText(directory["files/hello"], "hello\n");
        File.WriteAllText(directory["disk.yaml"], """
            name: disk
            epoch: 2025-08-09
            image:
              partitions:
                - { type: linux-generic, fileSystem: ext4, free: 1M }
                - type: linux-generic
                  fileSystem: { type: squashfs, compression: lz4 }
                  content: { directory: files }
                - { type: linux-generic, fileSystem: ext4, free: 1M }
            """);
        CommandLine.Result result = CommandLine.Run("build", directory["disk.yaml"], "-o", directory["disk.img"]);
        Assert.True(result.ExitCode == 0, result.Error);
        CommandLine.Result again = CommandLine.Run("build", "--dry-run", directory["disk.yaml"], "-o", directory["again.img"]);
        Assert.Contains("squashfs 4.0 lz4 blocks of 131072", again.Output, StringComparison.Ordinal);
        Assert.Matches(@"codec lz4 \d", again.Output);
        Assert.False(File.Exists(directory["again.img"]));
        string start = System.Text.RegularExpressions.Regex.Match(Tool.Check("sfdisk", "-d", directory["disk.img"]), @"img2 : start= *(\d+)").Groups[1].Value;
        Assert.Equal("hello\n", Tool.Check("unsquashfs", "-o", $"{long.Parse(start) * 512}", "-cat", directory["disk.img"], "hello"));
    }

    [Theory]
    [InlineData("{ type: erofs, label: of-files, uuid: 01234567-89ab-cdef-0123-456789abcdef, times: build, allRoot: yes }", "")]
    [InlineData("{ type: erofs, compression: zstd, label: of-files, uuid: 01234567-89ab-cdef-0123-456789abcdef, tailPacking: yes }", "zstd")]
    public void An_erofs_has_what_the_definition_asks(string fileSystem, string algorithms)
    {
        using var directory = new TempDirectory();
        string image = Build(directory, fileSystem);
        Blob bytes = Blob.FromFile(HostFile.FromPath(image), 0, new FileInfo(image).Length);
        ErofsInfo info = ErofsFileSystem.ReadInfo(bytes);
        Assert.Equal("of-files", info.Label);
        Assert.Equal(new Guid("01234567-89ab-cdef-0123-456789abcdef"), info.Uuid);
        Assert.Equal(algorithms, string.Join(' ', info.Algorithms));
        Assert.Equal("hello\n", ErofsFileSystem.Read(bytes).ReadText("/hello"));
    }

    [Fact]
    public void What_is_left_open_is_the_default()
    {
        ExtOptions options = FileSystemOptions.Ext(new PartitionFileSystem { Type = FileSystemType.Ext4 }, Guid.Empty);
        Assert.Empty(options.Projects);
        Assert.Empty(options.CasefoldedDirectories);
        Assert.Empty(options.VerityFiles);
        var usual = new ExtOptions { Uuid = Guid.Empty, ReservedPercent = 1 };
        Assert.Equal(usual, options with { Projects = usual.Projects, CasefoldedDirectories = usual.CasefoldedDirectories, VerityFiles = usual.VerityFiles });
        Assert.Equal(new ErofsOptions { Uuid = Guid.Empty }, FileSystemOptions.Erofs(new PartitionFileSystem { Type = FileSystemType.Erofs }, Guid.Empty));
        Assert.Equal(new SquashfsOptions(), FileSystemOptions.Squashfs(new PartitionFileSystem { Type = FileSystemType.Squashfs }));
        foreach (ExtProfile profile in FileSystemOptions.ExtTypes.SelectMany(t => t.Profiles))
            Assert.Equal(profile, ExtProfile.Find(profile.Name));
    }

    /// <summary>Builds a data disk without a table, so that the image is the file system.</summary>
    private static string Build(TempDirectory directory, string fileSystem, Action? more = null)
    {
        string definition = DataDisk.In(directory);
        more?.Invoke();
        string yaml = File.ReadAllText(definition).Replace("fileSystem: ext4", "fileSystem: " + fileSystem.ReplaceLineEndings(" "), StringComparison.Ordinal)
            .Replace("image:\n", "image:\n  partitionTable: none\n", StringComparison.Ordinal).Replace("      label: data\n", "", StringComparison.Ordinal)
            // minfo 4.0.32 aborts on a FAT16 of the fewest clusters.
            .Replace("free: 1M", "free: 9M", StringComparison.Ordinal);
        File.WriteAllText(definition, yaml);
        string image = directory["disk.img"];
        CommandLine.Result result = CommandLine.Run("build", definition, "-o", image);
        Assert.True(result.ExitCode == 0, result.Error);
        return image;
    }
}
