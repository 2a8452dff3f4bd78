using System.Text.Json;

namespace Diecast.Tests.Cli;

public sealed class InfoTests
{
    [Fact]
    public void Partitions_and_what_is_in_them_are_told_of_any_format()
    {
        using var directory = new TempDirectory();
        CommandLine.Result built = CommandLine.Run("build", DataDisk.In(directory), "--output", directory["disk.raw"], "--quiet");
        Assert.True(built.ExitCode == 0, built.Error);
        foreach (string name in (string[])["disk.raw", "disk.qcow2", "disk.vmdk", "disk.hds", "disk.raw.zst"])
        {
            if (name != "disk.raw")
                Run("convert", directory["disk.raw"], directory[name], "--quiet");
            JsonElement info = Json(directory[name]);
            Assert.Equal(1, info.GetProperty("schemaVersion").GetInt32());
            Assert.True(info.GetProperty("complete").GetBoolean());
            Assert.Equal("gpt", info.GetProperty("table").GetProperty("kind").GetString());
            Assert.Empty(info.GetProperty("table").GetProperty("faults").EnumerateArray());
            JsonElement partition = Assert.Single(info.GetProperty("partitions").EnumerateArray());
            Assert.Equal(1, partition.GetProperty("number").GetInt32());
            Assert.Equal("linux-generic", partition.GetProperty("type").GetString());
            Assert.Equal("0fc63daf-8483-4772-8e79-3d69d8477de4", partition.GetProperty("typeId").GetString());
            Assert.Equal("data", partition.GetProperty("label").GetString());
            Assert.Equal(1 << 20, partition.GetProperty("start").GetInt64());
            Assert.Equal("ext4", partition.GetProperty("content").GetProperty("type").GetString());
            Assert.True(partition.GetProperty("content").GetProperty("clean").GetBoolean());
        }

        string text = Run("info", directory["disk.qcow2"]);
        Assert.Matches("partition table +gpt [0-9a-f-]{36}", text);
        Assert.Matches("1 +linux-generic +data +1.0 MiB .*ext4", text);
    }

    [Fact]
    public void Facts_are_told_of_every_format()
    {
        using var directory = new TempDirectory();
        byte[] disk = new byte[6 << 20];
        new Random(1).NextBytes(disk.AsSpan(1 << 20, 100_000));
        File.WriteAllBytes(directory["a.raw"], disk);
        foreach ((string name, string options, string fact, string value) in new[]
        {
            ("a.vmdk", "adapter_type=ide", "adapter_type", "ide"),
            ("b.vmdk", "subformat=streamOptimized", "compressed", "on"),
            ("c.vmdk", "subformat=monolithicFlat", "extent", "12288 FLAT \"c-flat.vmdk\" 0"),
            ("a.ova", "", "disk", "a-disk1.vmdk"),
            ("a.simg", "", "block_size", "4096"),
            ("a.raw.zst", "seekable=on", "frames", "2"),
            ("b.raw.zst", "", "seekable", "off"),
            ("a.raw.xz", "level=1", "frames", "6"),
            ("a.raw.gz", "", "seekable", "off"),
            ("a.hds", "cluster_size=2M", "cluster_size", "2097152"),
            ("a.vdi", "", "block_size", "1048576"),
        })
        {
            string[] set = options.Length == 0 ? [] : ["-o", options];
            Run(["convert", directory["a.raw"], directory[name], .. set]);
            JsonElement info = Json(directory[name]);
            Assert.Contains(info.GetProperty("facts").EnumerateArray(), f => f.GetProperty("name").GetString() == fact && f.GetProperty("value").GetString() == value);
            Assert.Equal(disk.Length, info.GetProperty("virtualSize").GetInt64());
            Assert.Equal(new FileInfo(directory[name]).Length, info.GetProperty("size").GetInt64());
            Assert.False(info.TryGetProperty("table", out _));
        }
    }

    [Fact]
    public void An_overlay_is_told_of_without_its_backing_file()
    {
        using var directory = new TempDirectory();
        byte[] disk = new byte[6 << 20];
        new Random(1).NextBytes(disk);
        File.WriteAllBytes(directory["a.raw"], disk);
        disk[0] ^= 1;
        File.WriteAllBytes(directory["b.raw"], disk);
        Run("convert", directory["b.raw"], directory["b.qcow2"], "-o", "backing_file=a.raw");
        File.Delete(directory["a.raw"]);
        JsonElement info = Json(directory["b.qcow2"]);
        Assert.False(info.GetProperty("complete").GetBoolean());
        Assert.Equal(65536, info.GetProperty("dataSize").GetInt64());
        Assert.Contains(info.GetProperty("facts").EnumerateArray(), f => f.GetProperty("name").GetString() == "backing_file" && f.GetProperty("value").GetString() == "a.raw");
        Assert.Contains("without the backing file", Run("info", directory["b.qcow2"]), StringComparison.Ordinal);
        Assert.Equal(1, CommandLine.Run("convert", directory["b.qcow2"], directory["c.raw"]).ExitCode);
    }

    [ToolFact("qemu-img")]
    public void Snapshots_are_listed()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["a.raw"], new byte[1 << 20]);
        Run("convert", directory["a.raw"], directory["a.qcow2"]);
        Tool.Check("qemu-img", "snapshot", "-c", "before", directory["a.qcow2"]);
        JsonElement snapshot = Assert.Single(Json(directory["a.qcow2"]).GetProperty("snapshots").EnumerateArray());
        Assert.Equal("before", snapshot.GetProperty("name").GetString());
        Assert.Equal("1", snapshot.GetProperty("id").GetString());
        Assert.Equal(1 << 20, snapshot.GetProperty("virtualSize").GetInt64());
    }

    private static JsonElement Json(string path) => JsonDocument.Parse(Run("info", path, "--json")).RootElement;

    private static string Run(params string[] arguments)
    {
        CommandLine.Result result = CommandLine.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
