using System.Text.Json;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

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

    [Theory]
    [InlineData(IsoTable.Gpt, "gpt", 32768)]
    [InlineData(IsoTable.Mbr, "mbr", 0)]
    public void An_ISO_image_is_told_of_as_a_volume_a_disk_and_what_it_boots(IsoTable table, string kind, long start)
    {
        using var directory = new TempDirectory();
        var options = new IsoOptions
        {
            VolumeId = "LIVE",
            CreationTime = new Timestamp(1_700_000_000),
            Boot = [new IsoBootEntry { Image = Blob.FromText("code") }, new IsoBootEntry { Platform = IsoBootPlatform.Efi, Partition = 0 }],
            Partitions = [new IsoPartition { Content = FatFileSystem.Plan(new FileTree(), new FatOptions { MinimumSize = 1440 * 1024 }).ToBlob(), Name = "esp" }],
            Hybrid = new IsoHybrid { Table = table, DiskSignature = 0x1234 },
        };
        File.WriteAllBytes(directory["live.iso"], IsoFileSystem.Plan(new FileTree(), options).ToBlob().ToArray());

        JsonElement info = Json(directory["live.iso"]);
        Assert.Equal("iso", info.GetProperty("format").GetString());
        Assert.Equal(kind, info.GetProperty("table").GetProperty("kind").GetString());
        Assert.Equal("iso9660", info.GetProperty("content").GetProperty("type").GetString());
        JsonElement[] partitions = [.. info.GetProperty("partitions").EnumerateArray()];
        Assert.Equal(start, partitions[0].GetProperty("start").GetInt64());
        Assert.Equal(("esp", "vfat"), (partitions[1].GetProperty("type").GetString(), partitions[1].GetProperty("content").GetProperty("type").GetString()));
        Dictionary<string, string> facts = info.GetProperty("facts").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!, f => f.GetProperty("value").GetString()!);
        Assert.Equal(("LIVE", "2023-11-14-22-13-20-00", "2023-11-14 22:13:20Z"), (facts["volume"], facts["uuid"], facts["created"]));
        Assert.StartsWith("bios, 4 sectors of 512 from byte ", facts["boot 1"], StringComparison.Ordinal);
        Assert.Equal($"uefi, 2880 sectors of 512 from byte {partitions[1].GetProperty("start").GetInt64()} on", facts["boot 2"]);
    }

    [Fact]
    public void A_swap_area_is_made_in_its_partition_and_known_again()
    {
        using var directory = new TempDirectory();
        CommandLine.Result built = CommandLine.Run(
            "build", DataDisk.In(directory), "-o", directory["a.raw"], "--quiet",
            "--set", "image.partitions[+]={ type: swap, size: 8M, fileSystem: { type: swap, label: spare, uuid: 6e1f9a9e-3f2a-4b7e-9d0a-8c1b2d3e4f50 } }");
        Assert.True(built.ExitCode == 0, built.Error);

        JsonElement partition = Json(directory["a.raw"]).GetProperty("partitions")[1];
        Assert.Equal("swap", partition.GetProperty("type").GetString());
        JsonElement content = partition.GetProperty("content");
        Assert.Equal("swap", content.GetProperty("type").GetString());
        Assert.Equal("spare", content.GetProperty("label").GetString());
        Assert.Equal("6e1f9a9e-3f2a-4b7e-9d0a-8c1b2d3e4f50", content.GetProperty("id").GetString());
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

    [Fact]
    public void What_protects_data_tells_its_parameters()
    {
        using var directory = new TempDirectory();
        var options = new Luks2Options { Slots = [Luks2Slot.FromPassphrase("secret") with { Kdf = Luks2Kdf.Minimal }], Label = "\e[31mhome" };
        DmVerityTree tree = DmVerity.Build(Blob.Zeros(8192), new DmVerityOptions { Salt = new byte[] { 0xAB } });
        Blob disk = new GptTable { Length = 64 << 20, DiskId = Guid.NewGuid() }.Compose(
        [
            new() { Offset = 1 << 20, Length = 40 << 20, Type = PartitionTypes.LinuxGeneric, Id = Guid.NewGuid(), Content = Luks2.Encrypt(Blob.Zeros(8192), options) },
            new() { Offset = 50 << 20, Length = 1 << 20, Type = PartitionTypes.LinuxGeneric, Id = Guid.NewGuid(), Content = tree.Hash },
        ]);
        File.WriteAllBytes(directory["disk.raw"], disk.ToArray());

        string text = Run("info", directory["disk.raw"]);
        Assert.Matches("# 1 +crypto_LUKS\n.*cipher +aes-xts-plain64\n", text);
        Assert.Matches("key slot 0 +pbkdf2, sha256, 1000 iterations\n", text);
        Assert.Matches("# 2 +DM_verity_hash\n.*hash +sha256, type 1\n", text);
        Assert.DoesNotContain('\e', text);
        JsonElement content = Json(directory["disk.raw"]).GetProperty("partitions")[1].GetProperty("content");
        Assert.Contains(content.GetProperty("facts").EnumerateArray(), fact => fact.GetProperty("name").GetString() == "salt" && fact.GetProperty("value").GetString() == "ab");
    }

    private static JsonElement Json(string path) => JsonDocument.Parse(Run("info", path, "--json")).RootElement;

    private static string Run(params string[] arguments)
    {
        CommandLine.Result result = CommandLine.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
