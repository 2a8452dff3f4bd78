using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class Qcow2InfoTests
{
    [ToolFact("qemu-img")]
    public void Everything_that_qemu_img_info_tells_is_told()
    {
        using var directory = new TempDirectory();
        Make(directory, "base.raw", "-f", "raw");
        string[][] kinds =
        [
            [],
            ["-o", "compat=0.10"],
            ["-o", "lazy_refcounts=on,refcount_bits=64,cluster_size=4k"],
            ["-o", "extended_l2=on,compression_type=zstd"],
            ["-o", "refcount_bits=1"],
            ["-o", $"data_file={directory["outside"]}"],
            ["-o", $"data_file={directory["outside"]},data_file_raw=on"],
            ["-b", "base.raw", "-F", "raw"],
        ];
        foreach (string[] kind in kinds)
        {
            Make(directory, "image", ["-f", "qcow2", .. kind]);
            // Neither refcounts of one bit nor data files go with snapshots and bitmaps of every kind.
            bool withMore = !kind.Any(k => k.StartsWith("data_file", StringComparison.Ordinal) || k == "refcount_bits=1" || k == "compat=0.10");
            if (withMore)
            {
                Tool.Check("qemu-img", "snapshot", "-c", "before the flood", directory["image"]);
                Tool.Check("qemu-img", "snapshot", "-c", "später", directory["image"]);
                Tool.Check("qemu-img", "bitmap", "--add", "-g", "32k", directory["image"], "first");
                Tool.Check("qemu-img", "bitmap", "--add", "--disable", directory["image"], "second");
            }

            AssertSame(directory["image"], withMore);
        }
    }

    [ToolFact("qemu-img", "qemu-io")]
    public void A_snapshot_leaves_the_active_layer_to_be_read()
    {
        using var directory = new TempDirectory();
        Make(directory, "image", "-f", "qcow2", "-o", "cluster_size=4k");
        Tool.Check("qemu-io", "-f", "qcow2", "-c", "write -P 1 0 100k", "-c", "write -P 2 512k 64k", directory["image"]);
        Tool.Check("qemu-img", "snapshot", "-c", "one", directory["image"]);
        Tool.Check("qemu-io", "-f", "qcow2", "-c", "write -P 3 8k 9k", "-c", "write -z 520k 4k", "-c", "discard 540k 8k", directory["image"]);
        byte[] expected = new byte[1 << 20];
        expected.AsSpan(0, 100 << 10).Fill(1);
        expected.AsSpan(512 << 10, 64 << 10).Fill(2);
        expected.AsSpan(8 << 10, 9 << 10).Fill(3);
        expected.AsSpan(520 << 10, 4 << 10).Clear();
        expected.AsSpan(540 << 10, 8 << 10).Clear();
        using var files = new OpenFiles();
        Qcow2Disks.AssertSame(Blob.FromMemory(expected), Qcow2.Read(files.Open(directory["image"])));
    }

    [ToolFact("qemu-img", "qemu-io")]
    public void Subclusters_and_chains_of_backing_files_show_what_QEMU_shows()
    {
        using var directory = new TempDirectory();
        Blob below = Qcow2Disks.Sparse(new Random(12), 700_416, 12);
        BlobTests.Write(below, directory["0"], null);
        for (int i = 1; i <= 5; i++)
        {
            // Each is longer than the one below, or shorter, and in a directory of its own where the name is absolute.
            string format = i == 1 ? "raw" : "qcow2";
            string name = i % 2 == 0 ? directory[(i - 1).ToString()] : (i - 1).ToString();
            string extended = i % 2 == 1 ? "extended_l2=on" : "cluster_size=2k";
            Tool.Check("qemu-img", "create", "-f", "qcow2", "-b", name, "-F", format, "-o", extended, directory[i.ToString()], $"{(i == 4 ? 300 : 900 + (100 * i))}k");
            int at = i * 37;
            Tool.Check(
                "qemu-io", "-f", "qcow2", "-c", $"write -P {i} {at}k 3k", "-c", $"write -z {at + 10}k 6k", "-c", $"write -z -u {at + 70}k 64k",
                "-c", $"write -P {i + 50} {at + 51}k 512", "-c", "discard 128k 64k", directory[i.ToString()]);
            Tool.Check("qemu-img", "convert", "-f", "qcow2", "-O", "raw", directory[i.ToString()], directory["flat"]);
            using var files = new OpenFiles();
            Blob read = Qcow2.Read(files.Open(directory[i.ToString()]), new Qcow2ReadOptions { Path = directory[i.ToString()], OpenFile = files.Open });
            Qcow2Disks.AssertSame(files.Open(directory["flat"]), read);
        }
    }

    [ToolFact("qemu-img", "qemu-io")]
    public void Data_files_hold_the_clusters()
    {
        using var directory = new TempDirectory();
        foreach (string raw in new[] { "on", "off" })
        {
            Make(directory, "image", "-f", "qcow2", "-o", $"data_file={directory["data"]},data_file_raw={raw}");
            Tool.Check("qemu-io", "-f", "qcow2", "-c", "write -P 7 300k 70k", "-c", "write -P 9 0 1k", directory["image"]);
            Tool.Check("qemu-img", "convert", "-f", "qcow2", "-O", "raw", directory["image"], directory["flat"]);
            using var files = new OpenFiles();
            Blob image = files.Open(directory["image"]);
            Qcow2Disks.AssertSame(files.Open(directory["flat"]), Qcow2.Read(image, new Qcow2ReadOptions { OpenFile = files.Open }));
            var refused = Assert.Throws<InvalidImageException>(() => Qcow2.Read(image));
            Assert.Contains("needs its data file", refused.Message, StringComparison.Ordinal);
        }
    }

    private static void Make(TempDirectory directory, string name, params string[] arguments) =>
        Tool.Check("qemu-img", ["create", "-q", .. arguments, directory[name], "1M"]);

    private static void AssertSame(string path, bool withMore)
    {
        using var files = new OpenFiles();
        Qcow2Info info = Qcow2.ReadInfo(files.Open(path));
        JsonElement told = JsonDocument.Parse(Tool.Check("qemu-img", "info", "--output=json", path)).RootElement;
        JsonElement data = told.GetProperty("format-specific").GetProperty("data");
        Assert.Equal(told.GetProperty("virtual-size").GetInt64(), info.VirtualSize);
        Assert.Equal(told.GetProperty("cluster-size").GetInt32(), info.ClusterSize);
        Assert.Equal(told.GetProperty("dirty-flag").GetBoolean(), info.Dirty);
        Assert.Equal(Text(told, "backing-filename"), info.BackingFile);
        Assert.Equal(Text(told, "backing-filename-format"), info.BackingFormat);
        Assert.Equal(data.GetProperty("compat").GetString() == "0.10" ? Qcow2Version.V2 : Qcow2Version.V3, info.Version);
        Assert.Equal(data.GetProperty("compression-type").GetString(), info.CompressionType.ToString().ToLowerInvariant());
        Assert.Equal(data.GetProperty("refcount-bits").GetInt32(), info.RefcountBits);
        Assert.Equal(Flag(data, "lazy-refcounts"), info.LazyRefcounts);
        Assert.Equal(Flag(data, "extended-l2"), info.ExtendedL2);
        Assert.Equal(Flag(data, "corrupt"), info.Corrupt);
        Assert.Equal(Text(data, "data-file"), info.DataFile);
        Assert.Equal(Flag(data, "data-file-raw"), info.DataFileRaw);
        Assert.Equal(withMore ? 2 : 0, info.Snapshots.Count);
        Assert.Equal(withMore ? 2 : 0, info.Bitmaps.Count);
        for (int i = 0; i < info.Snapshots.Count; i++)
        {
            JsonElement snapshot = told.GetProperty("snapshots")[i];
            Assert.Equal(snapshot.GetProperty("id").GetString(), info.Snapshots[i].Id);
            Assert.Equal(snapshot.GetProperty("name").GetString(), info.Snapshots[i].Name);
            Assert.Equal(snapshot.GetProperty("date-sec").GetInt64(), info.Snapshots[i].Seconds);
            Assert.Equal(snapshot.GetProperty("vm-state-size").GetInt64(), info.Snapshots[i].VirtualMachineStateSize);
            Assert.Equal(info.VirtualSize, info.Snapshots[i].VirtualSize);
        }

        for (int i = 0; i < info.Bitmaps.Count; i++)
        {
            JsonElement bitmap = data.GetProperty("bitmaps")[i];
            Assert.Equal(bitmap.GetProperty("name").GetString(), info.Bitmaps[i].Name);
            Assert.Equal(bitmap.GetProperty("granularity").GetInt64(), info.Bitmaps[i].Granularity);
            string[] flags = [.. bitmap.GetProperty("flags").EnumerateArray().Select(f => f.GetString()!)];
            Assert.Equal(flags.Contains("in-use"), info.Bitmaps[i].InUse);
            Assert.Equal(flags.Contains("auto"), info.Bitmaps[i].Enabled);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static bool Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.GetBoolean();
}
