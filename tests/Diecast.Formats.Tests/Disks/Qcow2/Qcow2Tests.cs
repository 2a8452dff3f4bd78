using System.Security.Cryptography;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class Qcow2Tests
{
    [ToolFact("qemu-img")]
    public void Random_sparse_disks_are_clean_and_equal_to_raw()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var options = new Qcow2Options
            {
                ClusterSize = seed % 2 == 0 ? 65536 : 512 << random.Next(13),
                Version = seed % 5 == 0 ? Qcow2Version.V2 : Qcow2Version.V3,
            };
            long size = seed == 0 ? 0 : random.NextInt64(1, 40_000_000);
            if (seed % 3 == 0)
                size = size / 512 * 512;
            Blob disk = Sparse(random, size, random.Next(12));
            Blob image = Qcow2.Encode(disk, options);
            BlobTests.Write(disk, directory["raw"], null);
            BlobTests.Write(image, directory["qcow2"], null);
            Check(directory["qcow2"], disk, options);
            // Only the raw file knows of a length that is no multiple of 512; QEMU takes the rest of its sector for zeros.
            string same = Tool.Check("qemu-img", "compare", "-f", "raw", "-F", "qcow2", directory["raw"], directory["qcow2"]);
            Assert.Contains("Images are identical", same);
        }
    }

    [ToolFact("qemu-img")]
    public void Sizes_around_sectors_clusters_and_tables_are_clean()
    {
        using var directory = new TempDirectory();
        var options = new Qcow2Options { ClusterSize = 4096 };
        const long TableSpan = 4096L / 8 * 4096;
        foreach (long size in new[] { 1, 511, 512, 513, 4095, 4096, 4097, TableSpan - 1, TableSpan, TableSpan + 1, (TableSpan * 512) - 1, (TableSpan * 512) + 1 })
        {
            var builder = new BlobBuilder();
            builder.Add(size - 1, new byte[] { 0xAA });
            Blob disk = builder.ToBlob();
            BlobTests.Write(Qcow2.Encode(disk, options), directory["qcow2"], null);
            Check(directory["qcow2"], disk, options);
            Tool.Check("qemu-img", "convert", "-f", "qcow2", "-O", "raw", directory["qcow2"], directory["raw"]);
            using FileStream raw = File.OpenRead(directory["raw"]);
            Assert.Equal((size + 511) / 512 * 512, raw.Length);
            raw.Position = size - 1;
            Assert.Equal(0xAA, raw.ReadByte());
        }
    }

    [ToolFact("qemu-img")]
    public void Refcounts_that_fill_their_blocks_count_themselves()
    {
        using var directory = new TempDirectory();
        // With clusters of 512 bytes a refcount block covers 256 clusters and a table cluster 64 blocks.
        var options = new Qcow2Options { ClusterSize = 512 };
        foreach (int clusters in Enumerable.Range(243, 14).Concat(Enumerable.Range(15_990, 3)).Concat([16_040, 16_100, 16_128, 16_200, 33_000]))
        {
            Blob disk = new GeneratedBlob(clusters * 512L, (offset, destination) => destination.Fill(0x11));
            BlobTests.Write(Qcow2.Encode(disk, options), directory["qcow2"], null);
            Check(directory["qcow2"], disk, options);
        }
    }

    [ToolFact("qemu-img")]
    public void A_disk_of_ten_tebibytes_is_small_and_clean()
    {
        using var directory = new TempDirectory();
        var builder = new BlobBuilder();
        foreach (long offset in new[] { 0, (1L << 30) - 1, 5L << 40, (10L << 40) - 4 })
            builder.Add(offset, Blob.FromText("here"));
        Blob disk = builder.ToBlob();
        Blob image = Qcow2.Encode(disk);
        Assert.True(image.DataRanges().Sum(r => r.Length) < 1_000_000);
        BlobTests.Write(image, directory["qcow2"], null);
        Check(directory["qcow2"], disk, Qcow2Options.Default);
        JsonElement[] map =
        [
            .. JsonDocument.Parse(Tool.Check("qemu-img", "map", "--output=json", directory["qcow2"])).RootElement.EnumerateArray()
                .Where(e => e.GetProperty("data").GetBoolean()),
        ];
        Assert.Equal([0, (1L << 30) - 65536, 1L << 30, 5L << 40, (10L << 40) - 65536], map.Select(e => e.GetProperty("start").GetInt64() / 65536 * 65536).Distinct());
    }

    [Fact]
    public void Clusters_lie_in_the_order_of_the_disk_behind_all_metadata()
    {
        var builder = new BlobBuilder();
        builder.Add(70_000, Blob.FromText("b"));
        builder.Add(10L << 30, Blob.FromText("c"));
        builder.Add(3, Blob.FromText("a"));
        Blob image = Qcow2.Encode(builder.ToBlob(20L << 30));
        // Header, refcount table, refcount block, L1, two L2 tables, three clusters.
        Assert.Equal(9 * 65536, image.Length);
        Assert.Equal((byte)'a', image.Slice((6 * 65536) + 3, 1).ToArray()[0]);
        Assert.Equal((byte)'b', image.Slice((7 * 65536) + 70_000 - 65536, 1).ToArray()[0]);
        Assert.Equal((byte)'c', image.Slice(8 * 65536, 1).ToArray()[0]);
        Assert.Equal("8acfa02e", Convert.ToHexStringLower(SHA256.HashData(image.ToArray()))[..8]);
    }

    [Fact]
    public void Any_part_of_an_image_can_be_read_alone()
    {
        var random = new Random(5);
        Blob image = Qcow2.Encode(Sparse(random, 3_000_000, 20), new Qcow2Options { ClusterSize = 512 });
        byte[] whole = image.ToArray();
        for (int i = 0; i < 3000; i++)
        {
            int offset = random.Next(whole.Length);
            int length = random.Next(Math.Min(300, whole.Length - offset) + 1);
            Assert.True(image.Slice(offset, length).ToArray().AsSpan().SequenceEqual(whole.AsSpan(offset, length)));
        }
    }

    [Fact]
    public void What_QEMU_does_not_read_is_refused()
    {
        Blob disk = Blob.Zeros(1L << 40);
        foreach (int cluster in new[] { 0, 256, 3000, 4 << 20, -65536 })
            Assert.Throws<UnrepresentableException>(() => Qcow2.Encode(disk, new Qcow2Options { ClusterSize = cluster }));
        Assert.Throws<UnrepresentableException>(() => Qcow2.Encode(disk, new Qcow2Options { ClusterSize = 512 }));
        Assert.Throws<UnrepresentableException>(() => Qcow2.Encode(disk, new Qcow2Options { Version = (Qcow2Version)1 }));
        Assert.NotNull(Qcow2.Encode(Blob.Zeros(128L << 30), new Qcow2Options { ClusterSize = 512 }));
        Assert.Throws<UnrepresentableException>(() => Qcow2.Encode(Blob.Zeros((128L << 30) + 1), new Qcow2Options { ClusterSize = 512 }));
    }

    private static Blob Sparse(Random random, long size, int pieces)
    {
        var builder = new BlobBuilder();
        long at = 0;
        for (int i = 0; i < pieces && at < size; i++)
        {
            at += random.NextInt64(0, size / 4 + 1);
            byte[] bytes = new byte[Math.Clamp(random.Next(3) == 0 ? random.Next(500_000) : random.Next(5000), 0, Math.Max(0, size - at))];
            random.NextBytes(bytes);
            builder.Add(at, Blob.FromMemory(bytes));
            at += bytes.Length;
        }

        return builder.ToBlob(Math.Max(size, builder.End));
    }

    private static void Check(string path, Blob disk, Qcow2Options options)
    {
        Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "qcow2", path));
        JsonElement info = JsonDocument.Parse(Tool.Check("qemu-img", "info", "--output=json", path)).RootElement;
        Assert.Equal("qcow2", info.GetProperty("format").GetString());
        Assert.Equal((disk.Length + 511) / 512 * 512, info.GetProperty("virtual-size").GetInt64());
        Assert.Equal(options.ClusterSize, info.GetProperty("cluster-size").GetInt32());
        Assert.False(info.GetProperty("dirty-flag").GetBoolean());
        JsonElement data = info.GetProperty("format-specific").GetProperty("data");
        Assert.Equal(options.Version == Qcow2Version.V2 ? "0.10" : "1.1", data.GetProperty("compat").GetString());
        Assert.Equal(16, data.GetProperty("refcount-bits").GetInt32());
    }
}
