using System.Globalization;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Repart;

/// <summary>btrfs, XFS and F2FS, which their own programs make: what systemd-repart tells them is told here.</summary>
public sealed class ForeignFormatTests
{
    private static readonly Guid PartitionId = new("60f33797-1d71-4dcb-aa6f-20564f036cd0");

    [ToolTheory("blkid", "mkfs.btrfs", "mkfs.xfs", "mkfs.f2fs", "sload.f2fs")]
    [InlineData("btrfs", "a-long-label", 300)]
    [InlineData("xfs", "a-long-label", 330)]
    [InlineData("f2fs", "a-long-label", 100)]
    public void Label_id_and_size_are_those_that_systemd_repart_gives(string format, string label, int mebibytes)
    {
        using var directory = new TempDirectory();
        string definitions = Define(directory, format, FormattableString.Invariant($"SizeMinBytes={mebibytes}M\nSizeMaxBytes={mebibytes}M\nLabel={label}\n"));

        RepartProgram.Make(definitions, directory["image"], $"--copy-source={directory["source"]}");

        using var image = new RepartImage(directory["image"]);
        FoundPartition partition = image.Partition(1);
        Assert.Equal((long)mebibytes << 20, partition.Length);
        string probed = Tool.Check("blkid", "-p", "-o", "export", "-O", FormattableString.Invariant($"{partition.Offset}"), "-S", FormattableString.Invariant($"{partition.Length}"), directory["image"]);
        Assert.Contains($"\nTYPE={format}\n", probed, StringComparison.Ordinal);
        Assert.Contains($"\nLABEL={label}\n", "\n" + probed, StringComparison.Ordinal);
        Assert.Contains($"\nUUID={SeedUuids.FileSystem(PartitionId)}\n", probed, StringComparison.Ordinal);
    }

    [ToolTheory("mkfs.xfs", "mkfs.f2fs", "sload.f2fs")]
    [InlineData("xfs")]
    [InlineData("f2fs")]
    public void Two_runs_make_the_same_bytes(string format)
    {
        using var directory = new TempDirectory();
        string definitions = Define(directory, format, "Minimize=guess\n");

        RepartProgram.Make(definitions, directory["one"], $"--copy-source={directory["source"]}");
        RepartProgram.Make(definitions, directory["two"], $"--copy-source={directory["source"]}");

        Tool.Check("cmp", directory["one"], directory["two"]);
        // systemd-repart keeps to the least that mkfs.xfs takes.
        Assert.InRange(new FileInfo(directory["one"]).Length, format == "xfs" ? 300L << 20 : 1L << 20, 600L << 20);
    }

    [MountTheory("mkfs.btrfs", "mkfs.xfs")]
    [InlineData("btrfs", "ro")]
    [InlineData("xfs", "ro,norecovery")]
    public void The_kernel_shows_the_files(string format, string options)
    {
        using var directory = new TempDirectory();
        string definitions = Define(directory, format, "MakeDirectories=/made/here\nMakeSymlinks=/link:made\nExcludeFiles=/etc/secret\n");
        RepartProgram.Make(definitions, directory["image"], $"--copy-source={directory["source"]}");
        using (var image = new RepartImage(directory["image"]))
        using (FileStream part = File.Create(directory["part"]))
        using (Stream content = image.Content(1).OpenRead())
            content.CopyTo(part);

        using var mount = new LoopMount(directory["part"], options, format);

        FileTree tree = HostDirectoryReader.Read(mount.Path, new HostDirectoryOptions { Owner = HostOwner.Keep });
        Assert.Equal(["/etc", "/etc/issue", "/link", "/made", "/made/here", "/plain"], tree.Walk().Select(entry => entry.Path));
        Assert.Equal("welcome", tree.ReadText("/etc/issue"));
        Assert.Equal("made", ((SymlinkInode)tree.Find("/link")!).Target.ToString());
        Assert.Equal(1815u, tree.Find("/plain")!.Uid);
    }

    /// <summary>Older programs know no subvolumes, and say so before anything is written.</summary>
    [ToolFact("mkfs.btrfs", "btrfs")]
    public void Subvolumes_are_made_where_mkfs_has_them()
    {
        using var directory = new TempDirectory();
        string definitions = Define(directory, "btrfs", "MakeDirectories=/var /home\nSubvolumes=/var /home:ro\nDefaultSubvolume=/var\n");
        string[] version = Tool.Check("mkfs.btrfs", "--version").Trim().Split(" v")[^1].Split('.');
        bool isKnown = (int.Parse(version[0], CultureInfo.InvariantCulture), int.Parse(version[1], CultureInfo.InvariantCulture)).CompareTo((6, 11)) >= 0;

        RepartProgram.Result result = RepartProgram.Run($"--definitions={definitions}", "--empty=create", "--size=auto", $"--copy-source={directory["source"]}", directory["image"]);

        if (!isKnown)
        {
            Assert.Equal(1, result.ExitCode);
            Assert.Contains("6.11", result.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(directory["image"]));
            return;
        }

        Assert.True(result.ExitCode == 0, result.Error);
        using var image = new RepartImage(directory["image"]);
        File.WriteAllBytes(directory["part"], image.Content(1).ToArray());
        string roots = Tool.Check("btrfs", "inspect-internal", "dump-tree", "-t", "root", directory["part"]);
        Assert.Contains("name: var", roots, StringComparison.Ordinal);
        Assert.Contains("name: home", roots, StringComparison.Ordinal);
        Assert.Contains("RDONLY", roots, StringComparison.Ordinal);
    }

    private static string Define(TempDirectory directory, string format, string more)
    {
        Directory.CreateDirectory(directory["source/etc"]);
        File.WriteAllText(directory["source/etc/issue"], "welcome");
        File.WriteAllText(directory["source/etc/secret"], "no");
        File.WriteAllText(directory["source/plain"], "plain");
        if (Environment.IsPrivilegedProcess)
            Tool.Check("chown", "1815", directory["source/plain"]);
        return RepartProgram.Define(directory, ("root.conf", $"Type=root\nFormat={format}\nCopyFiles=/:/\n{more}"));
    }
}
