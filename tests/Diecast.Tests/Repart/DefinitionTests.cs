using Diecast.Repart.Definitions;

namespace Diecast.Tests.Repart;

/// <summary>What definition files may say, and what is said of those that say something else.</summary>
public sealed class DefinitionTests
{
    [Theory]
    [InlineData("Type=root\nBogus=1\n", ":3: unknown key 'Bogus' in section [Partition], ignored")]
    [InlineData("Type=root\nSizeMinByte=1M\n", "did you mean SizeMinBytes=?")]
    [InlineData("Type=root\nLabel=0123456789012345678901234567890123456\n", ":3: Label=")]
    [InlineData("Type=root\nWeight=1000001\n", "a weight is a number from 0 to 1000000, ignored")]
    [InlineData("Type=root\nUUID=x\n", "not a 128-bit id, ignored")]
    [InlineData("Type=root\nPriority=many\n", "not a whole number of 32 bits, ignored")]
    [InlineData("Type=root\nReadOnly=perhaps\n", "neither yes nor no, ignored")]
    [InlineData("Type=root\n[Other]\nX=y\n", ":3: unknown section [Other], ignored")]
    [InlineData("Type=root\nno assignment\n", ":3: no assignment, ignored")]
    [InlineData("Type=root\nCopyFiles=relative\n", "is not an absolute path without .., ignored")]
    [InlineData("Type=root\nVerity=perhaps\n", "not one of off, data, hash, signature, ignored")]
    [InlineData("Type=root\nTPM2PCRs=seven\n", "seven is no register of a TPM, ignored")]
    [InlineData("Type=esp\nReadOnly=yes\n", "ReadOnly= means nothing for type esp, ignored")]
    public void What_cannot_be_used_is_told_and_left_out(string settings, string warning)
    {
        RepartProgram.Result result = Run(settings);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(warning, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Label=x\n", "there is no Type=")]
    [InlineData("Type=rot\n", ":2: Type=rot: no such partition type")]
    [InlineData("Type=root\nSizeMinBytes=many\n", ":3: SizeMinBytes=many: not a size")]
    [InlineData("Type=root\nSizeMinBytes=2G\nSizeMaxBytes=1G\n", "SizeMinBytes= is larger than SizeMaxBytes=")]
    [InlineData("Type=root\nPaddingMinBytes=2G\nPaddingMaxBytes=1G\n", "PaddingMinBytes= is larger than PaddingMaxBytes=")]
    [InlineData("Type=root\nCopyBlocks=/x\nFormat=ext4\n", "CopyBlocks= cannot stand beside Format=")]
    [InlineData("Type=root\nMinimize=guess\n", "Minimize= needs Format= or Verity=hash")]
    [InlineData("Type=root\nFormat=ext4\nMinimize=best\n", "Minimize=best is for read-only file systems")]
    [InlineData("Type=root\nFormat=squashfs\nAddValidateFS=no\n", "squashfs is not made without files")]
    [InlineData("Type=root\nFormat=btrfs\nDefaultSubvolume=/x\n", "DefaultSubvolume=/x is not among Subvolumes=")]
    [InlineData("Type=root\nVerity=data\n", "Verity= needs VerityMatchKey=")]
    [InlineData("Type=root\nVerityMatchKey=x\n", "VerityMatchKey= needs Verity=")]
    [InlineData("Type=root\nVerity=data\nVerityMatchKey=x\nFormat=ext4\n", "there is no verity hash partition with VerityMatchKey=x")]
    [InlineData("Type=root-verity\nVerity=hash\nVerityMatchKey=x\nFormat=ext4\n", "a verity hash or signature holds no file system")]
    [InlineData("Type=root\nVerityDataBlockSizeBytes=8192\n", "a block's size is a power of two from 512 to 4096")]
    [InlineData("Type=root\nSupplementFor=none\n", "there is no definition for SupplementFor=none")]
    [InlineData("Type=root\nEncrypt=tpm2\n", "there is no TPM while an image is made")]
    [InlineData("Type=root\nEncrypt=yes\nIntegrity=inline\n", "authenticated encryption is written by the kernel")]
    [InlineData("Type=root\nBlockDeviceReplace=/\n", "it moves a mounted btrfs of the running machine")]
    [InlineData("Type=root\nCopyFiles=/a:/b:x:y\n", "more than SOURCE:TARGET:OPTIONS")]
    [InlineData("Type=swap\nFormat=swap\nMakeDirectories=/x\n", "Format=swap holds no files")]
    public void What_contradicts_itself_or_cannot_be_done_is_refused(string settings, string error)
    {
        RepartProgram.Result result = Run(settings);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("a.conf", result.Error, StringComparison.Ordinal);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Facts_come_from_the_root_and_never_from_this_machine()
    {
        using var directory = new TempDirectory();
        string root = directory["root"];
        ContentTests.Write(root, "usr/lib/os-release", "ID=shop\nVERSION_ID=\"7.1\"\nIMAGE_ID=till\n");
        ContentTests.Write(root, "etc/machine-id", "750b6cd5c4ae4012a15e7be3c29e6a47\n");
        ContentTests.Write(root, "etc/hostname", "counter.shop\n");
        File.CreateSymbolicLink(Path.Combine(root, "etc/os-release"), "../usr/lib/os-release");
        string definitions = RepartProgram.Define(
            directory,
            ("1.conf", "Type=root-x86-64\nLabel=%o-%w-%M-%A-%l-%%\n"),
            ("2.conf", "Type=home\nLabel=%v\n"));

        RepartProgram.Result result = RepartProgram.Run($"--definitions={definitions}", "--empty=create", "--size=auto", "--json=short", $"--root={root}", directory["image"]);

        Assert.Contains("\"label\":\"shop-7.1-till--counter-%\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"uuid\":\"60f33797-1d71-4dcb-aa6f-20564f036cd0\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("2.conf:3: Label=%v: it belongs to the running machine", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_the_first_directory_hide_others_of_their_name_and_empty_ones_hide_all()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["one"], "a.conf", "[Partition]\nType=root\n");
        ContentTests.Write(directory["one"], "b.conf", "");
        ContentTests.Write(directory["two"], "a.conf", "[Partition]\nType=home\n");
        ContentTests.Write(directory["two"], "b.conf", "[Partition]\nType=srv\n");
        ContentTests.Write(directory["two"], "c.conf", "[Partition]\nType=swap\n");
        ContentTests.Write(directory["one"], "c.conf.d/x.conf", "[Partition]\nLabel=x\n");
        ContentTests.Write(directory["two"], "c.conf.d/y.conf", "[Partition]\nLabel=y\n");
        File.CreateSymbolicLink(directory["two"] + "/d.conf", "/dev/null");

        RepartProgram.Result result = RepartProgram.Run(
            $"--definitions={directory["one"]}", $"--definitions={directory["two"]}", "--empty=create", "--size=auto", "--json=short", directory["image"]);

        Assert.Equal(["\"type\":\"root-x86-64\"", "\"type\":\"swap\""], result.Output.Split(['{', ',']).Where(word => word.StartsWith("\"type\"", StringComparison.Ordinal)));
        Assert.Contains("\"label\":\"y\"", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("512", 512L)]
    [InlineData("4K", 4096L)]
    [InlineData("1.5M", 1572864L)]
    [InlineData("1G 512M", 1610612736L)]
    [InlineData(" 7 B", 7L)]
    [InlineData("1.0001K", 1024L)]
    [InlineData("512M 1G", null)]
    [InlineData("M", null)]
    [InlineData("", null)]
    [InlineData("1MiB", null)]
    [InlineData("-1", null)]
    [InlineData("9E", null)]
    public void Sizes_are_read_as_systemd_reads_them(string text, long? expected) => Assert.Equal(expected, SystemdValues.ParseSize(text));

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1K")]
    [InlineData(70234112, "66.9M")]
    [InlineData(26202112, "24.9M")]
    [InlineData(1L << 40, "1T")]
    public void Sizes_are_shown_as_systemd_shows_them(long bytes, string expected) => Assert.Equal(expected, SystemdValues.FormatSize(bytes));

    [Fact]
    public void Words_are_cut_as_systemd_cuts_them()
    {
        Assert.Equal(["a", "b c", "d"], Words.Split(" a \"b c\"  'd'")!);
        Assert.Equal(["a:b", "", "c"], Words.Split("a\\x3ab::c", ':')!);
        Assert.Null(Words.Split("\"open"));
        Assert.Null(Words.Split("a\\q", ':'));
    }

    [Fact]
    public void Values_go_on_over_lines_and_comments_within_are_left_out()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["a.conf"], "# first\n; second\n[Partition]\nMakeDirectories=/a \\\n# between\n  /b\nLabel = x \n");

        List<SettingLine> lines = SettingsFile.Read(new DefinitionFile(DefinitionDirectory.OfHost(directory.Path), "a.conf"), new Diecast.Repart.RepartLog((_, text) => Assert.Fail(text)));

        Assert.Equal(["MakeDirectories=/a  /b", "Label=x"], lines.Select(line => $"{line.Key}={line.Value}"));
    }

    private static RepartProgram.Result Run(string settings)
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("a.conf", settings));
        return RepartProgram.Run($"--definitions={definitions}", "--empty=create", "--size=auto", $"--seed={RepartProgram.Seed}", $"--copy-source={directory.Path}", directory["image"]);
    }
}
