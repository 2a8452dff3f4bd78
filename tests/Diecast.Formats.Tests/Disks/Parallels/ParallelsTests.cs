using System.Buffers.Binary;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Disks;

public sealed class ParallelsTests
{
    private const int Cluster = 1024 * 1024;

    [ToolFact("qemu-img")]
    public void Random_disks_equal_raw_and_are_clean()
    {
        using var directory = new TempDirectory();
        for (int number = 0; number < 160; number++)
        {
            var random = new Random(number);
            // Of a disk of no sectors QEMU makes no image either.
            Blob disk = BlockDisks.Case(random, number == 0 ? 1 : number, 9_000_000);
            disk = disk.Length == 0 ? Blob.FromText("a") : disk;
            var options = new ParallelsOptions { ClusterSize = number % 3 == 0 ? 512 * random.Next(1, 3000) : Cluster };
            BlockDisks.CompareWithRaw(directory, "parallels", disk, Parallels.Encode(disk, options));
            if (number % 5 == 0)
                Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "parallels", directory["image"]));
            Assert.Equal((disk.Length + 511) / 512 * 512, BlockDisks.Info("parallels", directory["image"]).GetProperty("virtual-size").GetInt64());
        }
    }

    [ToolFact("qemu-img")]
    public void Images_of_qemu_img_are_read()
    {
        using var directory = new TempDirectory();
        for (int number = 1; number < 150; number++)
        {
            Blob disk = BlockDisks.Case(new Random(1000 + number), number, 9_000_000);
            disk = disk.Length == 0 ? Blob.FromText("a") : disk;
            using HostFile theirs = BlockDisks.Convert(directory, "parallels", disk, $"cluster_size={(number % 3 + 1) * Cluster}");
            BlockDisks.AssertSame(disk, Parallels.Read(BlockDisks.Open(theirs)));
            ParallelsInfo info = Parallels.ReadInfo(BlockDisks.Open(theirs));
            Assert.Equal((disk.Length + 511) / 512 * 512, info.VirtualSize);
            Assert.Equal((number % 3 + 1) * Cluster, info.ClusterSize);
            Assert.False(info.IsOld);
            Assert.False(info.InUse);
            // Both tell a machine the same.
            Assert.Equal(info.Geometry, Parallels.ReadInfo(Parallels.Encode(disk)).Geometry);
        }
    }

    [Fact]
    public void Random_disks_come_back_with_any_cluster_size()
    {
        for (int number = 0; number < 300; number++)
        {
            var random = new Random(2000 + number);
            Blob disk = BlockDisks.Case(random, number, 4_000_000);
            var options = new ParallelsOptions { ClusterSize = 512 * random.Next(1, 4000) };
            Blob image = Parallels.Encode(disk, options);
            BlockDisks.AssertSame(disk, Parallels.Read(image));
            ParallelsInfo info = Parallels.ReadInfo(image);
            Assert.Equal((disk.Length + 511) / 512 * 512, info.VirtualSize);
            Assert.Equal(options.ClusterSize, info.ClusterSize);
            Assert.Equal((info.VirtualSize + info.ClusterSize - 1) / info.ClusterSize, info.Clusters);
        }
    }

    [ToolFact("qemu-img")]
    public void A_disk_of_ten_tebibytes_is_small_and_equal()
    {
        using var directory = new TempDirectory();
        var builder = new BlobBuilder();
        foreach (long offset in new[] { 0, (1L << 30) - 2, 5L << 40, (10L << 40) - 4 })
            builder.Add(offset, Blob.FromText("here"));
        Blob disk = builder.ToBlob();
        Blob image = Parallels.Encode(disk);
        BlobTests.Write(image, directory["image"], null);
        Assert.Contains("No errors were found", Tool.Check("qemu-img", "check", "-f", "parallels", directory["image"]));
        Assert.Equal(10L << 40, BlockDisks.Info("parallels", directory["image"]).GetProperty("virtual-size").GetInt64());
        // Not by "map", which ends in a failed assertion of QEMU 7.2 on a hole of more than 2 TiB.
        foreach (long sector in new[] { 0, 5L << 31, (10L << 31) - 1 })
        {
            // Its count counts what is skipped.
            Tool.Check("qemu-img", "dd", "-f", "parallels", "-O", "raw", "bs=512", $"count={sector + 1}", $"skip={sector}", $"if={directory["image"]}", $"of={directory["part"]}");
            Assert.Equal(disk.Slice(sector * 512, 512).ToArray(), File.ReadAllBytes(directory["part"]));
        }

        using HostFile file = HostFile.Open(directory["image"]);
        BlockDisks.AssertSame(disk, Parallels.Read(BlockDisks.Open(file)));
    }

    [Fact]
    public void Clusters_lie_in_the_order_of_the_disk_behind_header_and_table()
    {
        byte[] image = Encode().ToArray();
        Assert.Equal("WithouFreSpacExt"u8, image.AsSpan(0, 16));
        Assert.Equal(
            [2u, 16u, 19u, 2048u, 5u, 9766u, 0u, 0u, 2048u, 0u, 0u, 0u, 0u, 1u, 0u, 0u, 2u],
            Enumerable.Range(0, 17).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(16 + (4 * i)))));
        Assert.Equal(3 * Cluster, image.Length);
        Assert.Equal((byte)'a', image[Cluster + 3]);
        Assert.Equal((byte)'b', image[(2 * Cluster) + 4_999_999 - (4 * Cluster)]);
        Assert.Equal("961d4ff1", Convert.ToHexStringLower(SHA256.HashData(image))[..8]);
    }

    [Fact]
    public void Old_images_count_sectors_and_empty_ones_have_nothing()
    {
        byte[] image = Encode().ToArray();
        byte[] old = [.. image];
        "WithoutFreeSpace"u8.CopyTo(old);
        // What stands behind the 32 bits of the size is not part of it.
        BinaryPrimitives.WriteUInt32LittleEndian(old.AsSpan(40), 77);
        BinaryPrimitives.WriteUInt32LittleEndian(old.AsSpan(44), 0x746F6E59);
        foreach (int entry in new[] { 64 + 4, 64 + 16 })
            BinaryPrimitives.WriteUInt32LittleEndian(old.AsSpan(entry), BinaryPrimitives.ReadUInt32LittleEndian(old.AsSpan(entry)) * 2048);
        Assert.Equal(Parallels.Read(Blob.FromMemory(image)).ToArray(), Parallels.Read(Blob.FromMemory(old)).ToArray());
        Assert.True(Parallels.ReadInfo(Blob.FromMemory(old)) is { IsOld: true, InUse: true });
        image[52] = 1;
        Blob empty = Parallels.Read(Blob.FromMemory(image));
        Assert.Empty(empty.DataRanges());
        Assert.Equal(0, empty.Slice(Cluster + 3, 1).ToArray()[0]);
    }

    [Theory]
    [InlineData(0, 0x11111111, "does not start")]
    [InlineData(16, 3, "version is 3")]
    [InlineData(28, 0, "clusters of 0 sectors")]
    [InlineData(28, -1, "clusters of 4294967295 sectors")]
    [InlineData(28, 1, "5 clusters hold 5")]
    [InlineData(32, 4, "4 clusters hold 8192")]
    [InlineData(32, 1_000_000, "past the file's end")]
    [InlineData(32, -1, "past the file's end")]
    [InlineData(40, -1, "5 clusters hold 10240")]
    [InlineData(64 + 4, 3, "cluster 1 lies at 3145728")]
    [InlineData(64 + 4, -1, "cluster 1 lies at")]
    public void What_is_wrong_is_named(int offset, int value, string part)
    {
        byte[] image = Encode().ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(offset), value);
        var error = Assert.Throws<InvalidImageException>(() => Parallels.Read(Blob.FromMemory(image)).DataRanges());
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_images_end_in_a_typed_error()
    {
        byte[] image = Parallels.Encode(BlockDisks.Random(new Random(3), 40_000, 5), new ParallelsOptions { ClusterSize = 4096 }).ToArray();
        BlockDisks.Mutate(11, 20_000, image, [(0, 64), (16, 48), (64, 40)], _ => { }, Parallels.Read);
        BlockDisks.Truncate(image, Enumerable.Range(0, 104).Concat([4095, image.Length - 4096]), Parallels.Read);
    }

    [Fact]
    public void What_the_format_cannot_hold_is_refused()
    {
        foreach (int cluster in new[] { 0, 100, 513, -512, (1 << 30) + 512 })
            Assert.Throws<UnrepresentableException>(() => Parallels.Encode(Blob.Empty, new ParallelsOptions { ClusterSize = cluster }));
        Assert.Throws<UnrepresentableException>(() => Parallels.Encode(Blob.Zeros(1L << 50)));
        Assert.NotNull(Parallels.Encode(Blob.Zeros(1L << 50), new ParallelsOptions { ClusterSize = 16 << 20 }));
    }

    private static Blob Encode()
    {
        var builder = new BlobBuilder();
        builder.Add(Cluster + 3, Blob.FromText("a"));
        builder.Add(4_999_999, Blob.FromText("b"));
        return Parallels.Encode(builder.ToBlob());
    }
}
