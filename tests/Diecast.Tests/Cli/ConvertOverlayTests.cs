using System.Text.Json;

namespace Diecast.Tests.Cli;

/// <summary>qcow2 images that hold what differs from another.</summary>
public sealed class ConvertOverlayTests
{
    [ToolFact("qemu-img")]
    public void An_overlay_has_only_the_clusters_that_differ_and_reads_back()
    {
        using var directory = new TempDirectory();
        byte[] below = Disk(1);
        byte[] disk = [.. below];
        disk.AsSpan(3 << 20, 10).Fill(7);
        disk.AsSpan(5 << 20, 65536).Clear();
        File.WriteAllBytes(directory["below.raw"], below);
        File.WriteAllBytes(directory["new.raw"], disk);
        Run("convert", directory["below.raw"], directory["below.qcow2"]);
        Run("convert", directory["below.raw"], directory["below.vhd"], "-o", "size_rule=exact");
        foreach ((string name, string format) in new[] { ("below.raw", "raw"), ("below.qcow2", "qcow2"), ("below.vhd", "vpc") })
        {
            foreach (string options in (string[])["", ",compression_type=zstd", ",compat=0.10", ",extended_l2=on", $",backing_fmt={format}"])
            {
                Run("convert", directory["new.raw"], directory["over.qcow2"], "-o", $"backing_file={name}{options}");
                using JsonDocument told = JsonDocument.Parse(Tool.Check("qemu-img", "info", "--output=json", directory["over.qcow2"]));
                Assert.Equal(name, told.RootElement.GetProperty("backing-filename").GetString());
                Assert.Equal(format, told.RootElement.GetProperty("backing-filename-format").GetString());
                Assert.Contains("Images are identical", Tool.Check("qemu-img", "compare", directory["new.raw"], directory["over.qcow2"]));
                Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", directory["over.qcow2"]));
                Assert.InRange(new FileInfo(directory["over.qcow2"]).Length, 1, 12 * 65536);
                Run("convert", directory["over.qcow2"], directory["back.raw"], "--backing");
                Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(directory["back.raw"])), $"{name}{options}");
            }
        }

        // One more above it: each is compared with the disk that is seen through those below.
        Run("convert", directory["new.raw"], directory["over.qcow2"], "-o", "backing_file=below.raw");
        Run("convert", directory["below.raw"], directory["top.qcow2"], "--backing", "-o", "backing_file=over.qcow2");
        Assert.Contains("Images are identical", Tool.Check("qemu-img", "compare", directory["below.raw"], directory["top.qcow2"]));
        Assert.Contains("may not be opened here", Fail("convert", directory["below.raw"], directory["other.qcow2"], "-o", "backing_file=over.qcow2"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_never_becomes_its_own_backing_file()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["new.raw"], Disk(1));
        Run("convert", directory["new.raw"], directory["old.qcow2"]);
        byte[] old = File.ReadAllBytes(directory["old.qcow2"]);
        File.CreateSymbolicLink(directory["link.qcow2"], "old.qcow2");
        Run("convert", directory["new.raw"], directory["over.qcow2"], "-o", "backing_file=old.qcow2");
        foreach (string name in (string[])["old.qcow2", "link.qcow2", "./old.qcow2", "over.qcow2", directory["old.qcow2"]])
        {
            string error = Fail("convert", directory["new.raw"], directory["old.qcow2"], "--backing", "-o", $"backing_file={name}");
            Assert.Contains("would be its own backing file", error, StringComparison.Ordinal);
            Assert.Equal(old, File.ReadAllBytes(directory["old.qcow2"]));
        }
    }

    [Fact]
    public void What_cannot_be_below_is_refused()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["new.raw"], Disk(1));
        Run("convert", directory["new.raw"], directory["below.raw.gz"]);
        Run("convert", directory["new.raw"], directory["below.simg"]);
        Assert.Contains("compressed by gzip", Overlay("below.raw.gz"), StringComparison.Ordinal);
        Assert.Contains("android-sparse is not what QEMU reads", Overlay("below.simg"), StringComparison.Ordinal);
        Assert.Contains("cannot open", Overlay("missing.raw"), StringComparison.Ordinal);
        Assert.Contains("backing_fmt=vhd: QEMU has no such format", Overlay("new.raw,backing_fmt=vhd"), StringComparison.Ordinal);
        Assert.Contains("preallocation with a backing file", Overlay("new.raw,preallocation=full"), StringComparison.Ordinal);
        Assert.Contains("1 to 1023", Fail("convert", directory["new.raw"], directory["over.qcow2"], "-o", "backing_file="), StringComparison.Ordinal);
        Assert.False(File.Exists(directory["over.qcow2"]));

        string Overlay(string options) => Fail("convert", directory["new.raw"], directory["over.qcow2"], "-o", "backing_file=" + options);
    }

    [Fact]
    public void A_chain_that_ends_in_itself_is_refused_when_it_is_read()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["new.raw"], Disk(1));
        Run("convert", directory["new.raw"], directory["a"], "-O", "qcow2");
        Run("convert", directory["new.raw"], directory["b"], "-O", "qcow2", "-o", "backing_file=a");
        File.Copy(directory["b"], directory["a"], overwrite: true);
        Assert.Contains("its own backing file", Fail("info", directory["a"], "--backing"), StringComparison.Ordinal);
    }

    private static void Run(params string[] arguments)
    {
        CommandLine.Result result = CommandLine.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static string Fail(params string[] arguments)
    {
        CommandLine.Result result = CommandLine.Run(arguments);
        Assert.Equal(1, result.ExitCode);
        return result.Error;
    }

    private static byte[] Disk(int seed)
    {
        byte[] disk = new byte[8 << 20];
        new Random(seed).NextBytes(disk.AsSpan(1 << 20, 6 << 20));
        return disk;
    }
}
