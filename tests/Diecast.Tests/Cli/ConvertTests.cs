using System.Security.Cryptography;
using System.Text.Json;

namespace Diecast.Tests.Cli;

public sealed class ConvertTests
{
    [Fact]
    public void An_image_goes_through_every_format_and_comes_back()
    {
        using var directory = new TempDirectory();
        byte[] disk = Disk(directory["a.raw"]);
        string from = directory["a.raw"];
        foreach (string name in (string[])["b.qcow2", "c.vdi", "d.vhd", "e.vhdx", "f.vmdk", "g.ova", "h.img.zst", "i.simg", "j.raw"])
        {
            CommandLine.Result result = CommandLine.Run("convert", from, directory[name], "--quiet");
            Assert.True(result.ExitCode == 0, result.Error);
            Assert.Equal(directory[name], result.Output.Trim());
            from = directory[name];
        }

        Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(from)));
    }

    [Fact]
    public void The_report_tells_the_digest_and_info_tells_what_was_set()
    {
        using var directory = new TempDirectory();
        Disk(directory["a.raw"]);
        CommandLine.Result converted = CommandLine.Run(
            "convert", directory["a.raw"], directory["b"], "-O", "qcow2", "-o", "cluster_size=4k,compat=0.10", "-o", "compression_type=zlib", "--json");
        using JsonDocument report = JsonDocument.Parse(converted.Output);
        JsonElement output = report.RootElement.GetProperty("outputs")[0];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(directory["b"]))), output.GetProperty("sha256").GetString());
        Assert.Equal("qcow2", output.GetProperty("format").GetString());
        Assert.Single(report.RootElement.GetProperty("codecs").EnumerateArray());

        using JsonDocument info = JsonDocument.Parse(CommandLine.Run("info", directory["b"], "--json").Output);
        Assert.Equal("qcow2", info.RootElement.GetProperty("format").GetString());
        Assert.Equal(3 << 20, info.RootElement.GetProperty("virtualSize").GetInt64());
        var facts = info.RootElement.GetProperty("facts").EnumerateArray()
            .ToDictionary(fact => fact.GetProperty("name").GetString()!, fact => fact.GetProperty("value").GetString());
        Assert.Equal("4096", facts["cluster_size"]);
        Assert.Equal("0.10", facts["compat"]);
        Assert.Matches(@"virtual size +3\.0 MiB \(3145728 bytes\)", CommandLine.Run("info", directory["b"]).Output);
    }

    [Fact]
    public void The_same_disk_gives_the_same_bytes_and_another_disk_other_ids()
    {
        using var directory = new TempDirectory();
        Disk(directory["a.raw"]);
        foreach (string name in (string[])["b.vdi", "c.vdi"])
            Assert.Equal(0, CommandLine.Run("convert", directory["a.raw"], directory[name]).ExitCode);
        Assert.Equal(File.ReadAllBytes(directory["b.vdi"]), File.ReadAllBytes(directory["c.vdi"]));
        File.WriteAllBytes(directory["other.raw"], new byte[3 << 20]);
        Assert.Equal(0, CommandLine.Run("convert", directory["other.raw"], directory["d.vdi"]).ExitCode);
        Assert.NotEqual(File.ReadAllBytes(directory["b.vdi"])[..512], File.ReadAllBytes(directory["d.vdi"])[..512]);
    }

    [Theory]
    [InlineData(2, "there is no format qcow", "-O", "qcow")]
    [InlineData(1, "tells no format")]
    [InlineData(1, "there is no option size", "-O", "qcow2", "-o", "size=4k")]
    [InlineData(2, "is no key=value", "-O", "qcow2", "-o", "size")]
    public void What_is_wrong_is_told_and_an_old_output_stays(int exitCode, string message, params string[] arguments)
    {
        using var directory = new TempDirectory();
        Disk(directory["a.raw"]);
        File.WriteAllText(directory["b"], "old");
        CommandLine.Result result = CommandLine.Run(["convert", directory["a.raw"], directory["b"], .. arguments]);
        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(directory["b"]));
        Assert.Equal(2, Directory.EnumerateFiles(directory.Path).Count());
    }

    [Fact]
    public void A_damaged_image_ends_with_1_and_leaves_nothing()
    {
        using var directory = new TempDirectory();
        Disk(directory["a.raw"]);
        Assert.Equal(0, CommandLine.Run("convert", directory["a.raw"], directory["b.qcow2"]).ExitCode);
        using (FileStream file = File.OpenWrite(directory["b.qcow2"]))
            file.SetLength(5000);
        CommandLine.Result result = CommandLine.Run("convert", directory["b.qcow2"], directory["c.raw"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("qcow2: ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["c.raw"]));
    }

    private static byte[] Disk(string path)
    {
        byte[] disk = new byte[3 << 20];
        new Random(1).NextBytes(disk.AsSpan(100_000, 600_000));
        disk[^1] = 1;
        using FileStream file = File.Create(path);
        file.SetLength(disk.Length);
        file.Position = 98304;
        file.Write(disk, 98304, 800_000);
        file.Position = disk.Length - 4096;
        file.Write(disk, disk.Length - 4096, 4096);
        return disk;
    }
}
