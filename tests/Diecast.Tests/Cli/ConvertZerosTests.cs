using Diecast.Building;

namespace Diecast.Tests.Cli;

/// <summary>Zeros that an input stores are not stored again.</summary>
public sealed class ConvertZerosTests
{
    private static readonly string[] QemuNames = ["qcow2", "vdi", "vpc", "vhdx", "vmdk"];

    [ToolFact("qemu-img")]
    public void Zeros_within_a_file_without_holes_cost_no_more_than_in_qemu_img()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 6; seed++)
        {
            byte[] disk = Disk(seed);
            File.WriteAllBytes(directory["full.raw"], disk);
            foreach (string options in (string[])["cluster_size=65536", "cluster_size=4096", "cluster_size=512", "cluster_size=2097152", "extended_l2=on", "compat=0.10", "preallocation=metadata"])
            {
                long ours = Convert(directory, "full.raw", "ours", "qcow2", options);
                Tool.Check("qemu-img", "convert", "-f", "raw", "-O", "qcow2", "-o", options, directory["full.raw"], directory["theirs"]);
                // With subclusters QEMU ends the file within its last cluster.
                long theirs = new FileInfo(directory["theirs"]).Length;
                if (options == "extended_l2=on")
                    theirs = (theirs + 65535) / 65536 * 65536;
                Assert.True(ours <= theirs, $"seed {seed}, {options}: {ours} bytes, qemu-img {theirs}");
                Assert.Contains("Images are identical", Tool.Check("qemu-img", "compare", directory["full.raw"], directory["ours"]));
            }
        }
    }

    [ToolFact("qemu-img")]
    public void Every_format_leaves_them_out()
    {
        using var directory = new TempDirectory();
        byte[] disk = new byte[64 << 20];
        new Random(1).NextBytes(disk.AsSpan(20 << 20, 300_000));
        File.WriteAllBytes(directory["full.raw"], disk);
        foreach (string name in QemuNames)
        {
            long ours = Convert(directory, "full.raw", "ours", name);
            long all = Convert(directory, "full.raw", "all", name, null, "--sparse", "0");
            Tool.Check("qemu-img", "convert", "-f", "raw", "-O", name, directory["full.raw"], directory["theirs"]);
            // VHDX: the log and the region's alignment are ours; a block is what may differ.
            Assert.InRange(ours, 1, new FileInfo(directory["theirs"]).Length + (name == "vhdx" ? 4 << 20 : 1 << 20));
            Assert.True(all > 60 << 20, $"{name} without a search: {all}");
            Assert.Contains("Images are identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", name, directory["full.raw"], directory["ours"]));
        }
    }

    [Fact]
    public void A_raw_output_gets_holes_for_them_from_a_file_and_from_a_compressed_image()
    {
        using var directory = new TempDirectory();
        byte[] disk = Disk(1);
        File.WriteAllBytes(directory["full.raw"], disk);
        Convert(directory, "full.raw", "small", "qcow2", "compression_type=zlib,cluster_size=2M", "-S", "0");
        long data = 0;
        for (int at = 0; at < disk.Length; at += 4096)
            data += disk.AsSpan(at, Math.Min(4096, disk.Length - at)).ContainsAnyExcept((byte)0) ? 4096 : 0;
        foreach (string from in (string[])["full.raw", "small"])
        {
            Convert(directory, from, "sparse.raw", "raw", "bmap=on");
            Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(directory["sparse.raw"])));
            Assert.InRange(ImageConverter.AllocatedBytes(directory["sparse.raw"]), 0, data + 65536);
            Assert.Contains($"<MappedBlocksCount> {data / 4096} </MappedBlocksCount>", File.ReadAllText(directory["sparse.raw.bmap"]), StringComparison.Ordinal);
        }

        foreach ((string format, string options, string content) in new[]
        {
            ("vhd", "subformat=fixed", "fixed"), ("vdi", "subformat=fixed", "fixed"), ("vhdx", "subformat=fixed", "fixed"),
            ("vmdk", "subformat=monolithicFlat", "fixed-flat.vmdk"),
        })
        {
            Convert(directory, "full.raw", "fixed", format, options);
            Assert.InRange(ImageConverter.AllocatedBytes(directory[content]), 0, data + (4 << 20));
            Convert(directory, "fixed", "back.raw", "raw");
            // A VHD is a whole number of MiB.
            byte[] back = File.ReadAllBytes(directory["back.raw"]);
            Assert.True(disk.AsSpan().SequenceEqual(back.AsSpan(0, disk.Length)) && !back.AsSpan(disk.Length).ContainsAnyExcept((byte)0), format);
        }

        Convert(directory, "full.raw", "all.raw", "raw", null, "-S", "0");
        Assert.InRange(ImageConverter.AllocatedBytes(directory["all.raw"]), disk.Length - 4096, long.MaxValue);
    }

    [Theory]
    [InlineData(2, "it is a number of bytes", "some")]
    [InlineData(2, "it is a number of bytes", "99999M")]
    [InlineData(1, "a multiple of 512", "1000")]
    [InlineData(1, "a multiple of 512", "4M")]
    public void A_wrong_size_is_told(int exitCode, string message, string size)
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["a.raw"], new byte[8192]);
        CommandLine.Result result = CommandLine.Run("convert", directory["a.raw"], directory["b.raw"], "--sparse=" + size);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    private static long Convert(TempDirectory directory, string from, string to, string format, string? options = null, params string[] more)
    {
        string[] set = options is null ? [] : ["-o", options];
        CommandLine.Result result = CommandLine.Run(["convert", directory[from], directory[to], "-O", format, .. set, .. more]);
        Assert.True(result.ExitCode == 0, result.Error);
        return new FileInfo(directory[to]).Length;
    }

    /// <summary>Every byte is written; runs of zeros of all lengths at all places.</summary>
    private static byte[] Disk(int seed)
    {
        var random = new Random(seed);
        byte[] disk = new byte[(8 << 20) + (512 * random.Next(100))];
        random.NextBytes(disk);
        for (int at = 0; at < disk.Length; at += random.Next(1, 300_000))
        {
            int length = Math.Min(random.Next(3) == 0 ? random.Next(2_000_000) : random.Next(70_000), disk.Length - at);
            disk.AsSpan(at, length).Clear();
            at += length;
        }

        return disk;
    }
}
