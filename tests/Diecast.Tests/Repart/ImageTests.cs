using System.Security.Cryptography;
using Diecast.Formats.FileSystems.Ext;

namespace Diecast.Tests.Repart;

/// <summary>Images that are there already, and what a run says of itself.</summary>
public sealed class ImageTests
{
    /// <summary>mkosi takes the third word for the version, without its brackets; others take the second.</summary>
    [Fact]
    public void The_version_is_where_programs_look_for_it()
    {
        RepartProgram.Result result = RepartProgram.Run("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"^systemd 262 \(262[-.~a-z0-9]*\)\n$", result.Output);
    }

    [Fact]
    public void A_second_run_changes_nothing()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=esp\nFormat=vfat\n"), ("2.conf", "Type=root\nFormat=ext4\n"), ("3.conf", "Type=swap\nSizeMaxBytes=16M\n"));
        RepartProgram.Make(definitions, directory["image"], "--size=400M");
        byte[] before = Digest(directory["image"]);
        DateTime written = File.GetLastWriteTimeUtc(directory["image"]);

        RepartProgram.Result result = Run(definitions, directory["image"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("nothing is to be changed", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, Digest(directory["image"]));
        Assert.Equal(written, File.GetLastWriteTimeUtc(directory["image"]));
    }

    [ToolFact("sgdisk", "e2fsck")]
    public void What_is_there_stays_when_an_image_grows_and_gets_more()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "kept", new string('k', 100_000));
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=root-x86-64\nFormat=ext4\nCopyFiles=/\nSizeMaxBytes=40M\n"));
        RepartProgram.Make(definitions, directory["image"], "--size=64M", $"--copy-source={directory["source"]}");
        byte[] root;
        using (var image = new RepartImage(directory["image"]))
            root = SHA256.HashData(image.Content(1).ToArray());
        RepartProgram.Define(directory, ("2.conf", "Type=home\nFormat=ext4\nCopyFiles=/:/copy\n"), ("3.conf", "Type=swap\nSizeMaxBytes=8M\n"));

        RepartProgram.Result result = Run(definitions, directory["image"], "--size=160M", $"--copy-source={directory["source"]}");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.DoesNotContain("Problem", Tool.Check("sgdisk", "-v", directory["image"]), StringComparison.Ordinal);
        using var grown = new RepartImage(directory["image"]);
        Assert.Equal(160 << 20, grown.Disk.Length);
        Assert.Equal(root, SHA256.HashData(grown.Content(1).ToArray()));
        Assert.Equal(new string('k', 100_000), ExtFileSystem.Read(grown.Content(2)).ReadText("/copy/kept"));
    }

    [Fact]
    public void Free_room_that_held_something_is_cleared()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=root\nSizeMaxBytes=10M\n"));
        RepartProgram.Make(definitions, directory["image"], "--size=64M");
        using (FileStream file = File.OpenWrite(directory["image"]))
        {
            file.Position = 20 << 20;
            file.Write(Enumerable.Repeat((byte)0xA5, 1 << 20).ToArray());
        }

        RepartProgram.Define(directory, ("2.conf", "Type=home\n"));
        Assert.Equal(0, Run(definitions, directory["image"]).ExitCode);

        using var image = new RepartImage(directory["image"]);
        Assert.DoesNotContain((byte)0xA5, image.Content(2).ToArray());
    }

    [Theory]
    [InlineData("Type=home\nSizeMinBytes=10G\n", "do not fit")]
    [InlineData("Type=home\nFormat=ext4\nCopyFiles=/\nSizeMaxBytes=32M\n", "make it larger")]
    [InlineData("Type=home\nFormat=reiserfs\n", "Format=reiserfs: there is no writer for it")]
    [InlineData("Type=home\nCopyBlocks=/odd\n", "whole sectors of 512")]
    public void A_failure_leaves_an_image_as_it_was(string settings, string reason)
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "large", new string('x', 40_000_000));
        ContentTests.Write(directory["source"], "odd", "odd");
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=root\nSizeMaxBytes=10M\n"));
        RepartProgram.Make(definitions, directory["image"], "--size=64M");
        byte[] before = Digest(directory["image"]);
        RepartProgram.Define(directory, ("2.conf", settings));

        RepartProgram.Result result = Run(definitions, directory["image"], "--size=128M", $"--root={directory["source"]}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, Digest(directory["image"]));
    }

    [Fact]
    public void A_dry_run_writes_nothing_at_all()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=root\nSizeMaxBytes=10M\nFactoryReset=yes\nMountPoint=/x\nFormat=ext4\n"));
        RepartProgram.Make(definitions, directory["image"], "--size=64M");
        byte[] before = Digest(directory["image"]);
        RepartProgram.Define(directory, ("2.conf", "Type=home\n"));

        RepartProgram.Result result = RepartProgram.Run(
            $"--definitions={definitions}", "--size=128M", "--factory-reset=yes", $"--copy-source={directory.Path}", "--generate-fstab=/fstab", "--split=yes", directory["image"]);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("--dry-run=no", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, Digest(directory["image"]));
        Assert.Equal(["image", "repart.d"], Directory.EnumerateFileSystemEntries(directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(77, "refuse", false)]
    [InlineData(0, "allow", false)]
    [InlineData(0, "require", false)]
    [InlineData(0, "force", false)]
    [InlineData(1, "create", false)]
    [InlineData(0, "refuse", true)]
    [InlineData(0, "allow", true)]
    [InlineData(77, "require", true)]
    [InlineData(0, "force", true)]
    public void The_exit_status_says_whether_there_is_a_table_to_work_on(int expected, string mode, bool hasTable)
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=root\n"));
        if (hasTable)
            RepartProgram.Make(definitions, directory["image"], "--size=32M");
        else
            File.WriteAllBytes(directory["image"], new byte[32 << 20]);

        Assert.Equal(expected, Run(definitions, directory["image"], $"--empty={mode}", "--size=32M").ExitCode);
    }

    [Fact]
    public void Without_an_image_there_is_no_disk_and_a_dash_asks_for_the_size()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("a.conf", "Type=root\nSizeMinBytes=15M\n"), ("b.conf", "Type=linux-generic\nSizeMinBytes=23M\n"));

        Assert.Equal(76, RepartProgram.Run($"--definitions={definitions}").ExitCode);
        RepartProgram.Result result = RepartProgram.Run($"--definitions={definitions}", "-");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("the image takes 39M", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_are_copied_from_files_devices_and_the_image_named()
    {
        using var directory = new TempDirectory();
        byte[] blocks = new byte[3 << 20];
        new Random(7).NextBytes(blocks);
        File.WriteAllBytes(directory["blocks"], blocks);
        string definitions = RepartProgram.Define(directory, ("1.conf", $"Type=root-x86-64\nCopyBlocks={directory["blocks"]}\n"), ("2.conf", "Type=swap\nCopyBlocks=/dev/zero\nSizeMaxBytes=10M\n"));
        RepartProgram.Make(definitions, directory["image"]);
        string copies = Directory.CreateDirectory(directory["copies"]).FullName;
        File.WriteAllText(Path.Combine(copies, "1.conf"), "[Partition]\nType=root-x86-64\nCopyBlocks=auto\n");

        RepartProgram.Make(copies, directory["copy"], $"--image={directory["image"]}");

        using var image = new RepartImage(directory["image"]);
        using var copy = new RepartImage(directory["copy"]);
        Assert.Equal(blocks, image.Content(1).Slice(0, blocks.Length).ToArray());
        Assert.Equal(image.Content(1).ToArray(), copy.Content(1).ToArray());
        Assert.Equal(image.Partition(1).Id, copy.Partition(1).Id);
    }

    [Fact]
    public void Partitions_are_split_into_files_and_two_of_one_name_are_refused()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=root-x86-64\nFormat=ext4\n"), ("2.conf", "Type=home\nSplitName=%t-%n\n"), ("3.conf", "Type=srv\nSplitName=-\n"));

        RepartProgram.Make(definitions, directory["disk.raw"], "--split=yes");

        Assert.Equal(["disk.home-1.raw", "disk.raw", "disk.root-x86-64.raw"], Directory.GetFiles(directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var image = new RepartImage(directory["disk.raw"]);
        Assert.Equal(image.Content(1).ToArray(), File.ReadAllBytes(directory["disk.root-x86-64.raw"]));
        RepartProgram.Define(directory, ("4.conf", "Type=root-x86-64\n"));
        Assert.Contains("both be split into", RepartProgram.Run($"--definitions={definitions}", "--empty=force", "--dry-run=no", "--size=200M", "--split=yes", directory["disk.raw"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_boot_catalog_points_to_the_esp()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("1.conf", "Type=esp\nFormat=vfat\n"));

        RepartProgram.Make(definitions, directory["image"], "--el-torito=yes", "--el-torito-volume=VOLUME");

        using var image = new RepartImage(directory["image"]);
        byte[] blocks = image.Disk.Slice(16 * 2048, 5 * 2048).ToArray();
        Assert.Equal("\u0001CD001\u0001"u8.ToArray(), blocks[..7]);
        Assert.Equal("VOLUME  "u8.ToArray(), blocks[40..48]);
        Assert.Equal("EL TORITO SPECIFICATION"u8.ToArray(), blocks[2055..2078]);
        Assert.Equal(19u, BitConverter.ToUInt32(blocks, 2048 + 71));
        byte[] catalog = blocks[(3 * 2048)..];
        Assert.Equal(0, Enumerable.Range(0, 16).Sum(i => BitConverter.ToUInt16(catalog, 2 * i)) & 0xFFFF);
        Assert.Equal((1u << 20) / 2048, BitConverter.ToUInt32(catalog, 40));
    }

    private static RepartProgram.Result Run(string definitions, string image, params string[] more) =>
        RepartProgram.Run([$"--definitions={definitions}", "--dry-run=no", $"--seed={RepartProgram.Seed}", .. more, image]);

    private static byte[] Digest(string path) => SHA256.HashData(File.ReadAllBytes(path));
}
