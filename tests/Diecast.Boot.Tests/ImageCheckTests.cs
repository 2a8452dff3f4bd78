using System.Globalization;
using System.Text.RegularExpressions;

namespace Diecast.Boot.Tests;

/// <summary>Tools that we did not write look at the example's image.</summary>
[Collection(ExampleServerCollection.Name)]
public sealed class ImageCheckTests(ExampleServer server)
{
    [ToolFact("sgdisk", "mmdebstrap")]
    public void Sgdisk_finds_nothing_wrong_with_the_table() =>
        Assert.Contains("No problems found", Tool.Check("sgdisk", "-v", server.RawPath), StringComparison.Ordinal);

    [ToolFact("sgdisk", "e2fsck", "mmdebstrap")]
    public void E2fsck_finds_nothing_wrong_with_the_root()
    {
        using var directory = new TempDirectory();
        string root = Extract(3, directory["root.img"]);

        string output = Tool.Check("e2fsck", "-fn", root);

        Assert.Matches(@"\A(Pass \d: [^\n]*\n){5}root: \d+/\d+ files \([0-9.]+% non-contiguous\), \d+/\d+ blocks\ne2fsck [^\n]*\n\z", output);
    }

    [ToolFact("sgdisk", "fsck.fat", "mmdebstrap")]
    public void Fsck_fat_finds_nothing_wrong_with_the_system_partition()
    {
        using var directory = new TempDirectory();
        string esp = Extract(2, directory["esp.img"]);

        string output = Tool.Check("fsck.fat", "-n", esp);

        Assert.Matches(@"\Afsck\.fat [^\n]*\n[^\n]*: \d+ files, \d+/\d+ clusters\n\z", output);
    }

    [ToolFact("qemu-img", "mmdebstrap")]
    public void Qemu_img_finds_nothing_wrong_with_any_format_and_the_same_disk_in_all()
    {
        foreach ((string path, string driver) in server.Images.Skip(1))
        {
            Assert.Contains("Images are identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", driver, server.RawPath, path), StringComparison.Ordinal);
            // It has no check for these two.
            if (driver is not "vpc" && !path.EndsWith("flat.vmdk", StringComparison.Ordinal))
                Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", driver, path), StringComparison.Ordinal);
        }
    }

    [ToolFact("sha256sum", "mmdebstrap")]
    public void The_report_has_the_digest_of_the_file() =>
        Assert.StartsWith(server.Report.Outputs[0].Sha256, Tool.Check("sha256sum", server.RawPath), StringComparison.Ordinal);

    /// <summary>Copies a partition out, by the place that sgdisk gives it.</summary>
    private string Extract(int partition, string target)
    {
        string info = Tool.Check("sgdisk", "-i", partition.ToString(CultureInfo.InvariantCulture), server.RawPath);
        long first = long.Parse(Regex.Match(info, @"First sector: (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
        long count = long.Parse(Regex.Match(info, @"Partition size: (\d+) sectors").Groups[1].Value, CultureInfo.InvariantCulture);
        Tool.Check("dd", $"if={server.RawPath}", $"of={target}", "bs=1M", "conv=sparse", "status=none",
            "iflag=skip_bytes,count_bytes", $"skip={first * 512}", $"count={count * 512}");
        return target;
    }
}
