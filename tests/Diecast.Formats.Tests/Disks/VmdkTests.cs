using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class VmdkTests
{
    [ToolFact("qemu-img")]
    public void Random_sparse_disks_are_clean_and_equal_to_raw()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            Blob disk = SampleDisks.Sparse(random, SampleDisks.Size(random), random.Next(12));
            var options = new VmdkOptions { Adapter = (VmdkAdapter)(seed % 4), Id = seed % 2 == 0 ? new Guid(seed, 1, 2, [3, 4, 5, 6, 7, 8, 9, 10]) : null };
            Blob image = Vmdk.Encode(disk, options);
            SampleDisks.Write(SampleDisks.Padded(disk), directory["raw"]);
            SampleDisks.Write(image, directory["disk.vmdk"]);
            Assert.Contains("identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", "vmdk", directory["raw"], directory["disk.vmdk"]));
            if (seed % 8 == 0)
                Assert.Contains("No errors", Tool.Check("qemu-img", "check", "-f", "vmdk", directory["disk.vmdk"]));
            SampleDisks.AssertSame(SampleDisks.Padded(disk), Vmdk.Read(image), random, $"seed {seed}");
            Assert.Equal(SampleDisks.Hash(image), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(SampleDisks.Stream(disk, o => Vmdk.OpenWriter(disk, o, options)))));
        }
    }

    [ToolFact("qemu-img")]
    public void Images_of_QEMU_are_read_in_every_kind()
    {
        using var directory = new TempDirectory();
        string[] kinds = ["monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat", "streamOptimized"];
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            Blob disk = SampleDisks.Padded(SampleDisks.Sparse(random, seed < 5 ? 70L << 30 : SampleDisks.Size(random), random.Next(1, 12)));
            string kind = kinds[seed % kinds.Length];
            if (disk.Length > 5L << 30 && kind.StartsWith("twoGb", StringComparison.Ordinal))
                disk = disk.Slice(0, 5L << 30);
            SampleDisks.Write(disk, directory["raw"]);
            string name = $"disk {seed}.vmdk";
            string zeroGrain = seed % 2 == 0 && kind == "monolithicSparse" ? ",zeroed_grain=on" : "";
            Tool.Check("qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=" + kind + zeroGrain, directory["raw"], directory[name]);
            Blob read = Vmdk.Read(SampleDisks.Open(directory[name]), new VmdkReadOptions { OpenExtent = n => SampleDisks.Open(directory[n]) });
            Assert.True(Vmdk.IsVmdk(SampleDisks.Open(directory[name])));
            if (disk.Length > 1L << 30)
                AssertSameRanges(disk, read, isSparse: !kind.EndsWith("Flat", StringComparison.Ordinal));
            else
                SampleDisks.AssertSame(disk, read, random, $"{kind} {seed}");
        }
    }

    [ToolFact("qemu-img")]
    public void Sizes_around_sectors_grains_and_tables_are_clean()
    {
        using var directory = new TempDirectory();
        const long Span = 32L << 20;
        foreach (long size in new[] { 1, 511, 512, 513, 65535, 65536, 65537, Span - 1, Span, Span + 1, (128 * Span) - 1, 128 * Span, (128 * Span) + 1, 10L << 40 })
        {
            var builder = new BlobBuilder();
            builder.Add(size - 1, new byte[] { 0xAA });
            if (size > 3 * Span)
                builder.Add(size / 2, Blob.FromText("middle"));
            Blob disk = builder.ToBlob();
            Blob image = Vmdk.Encode(disk);
            Assert.True(image.DataRanges().Sum(r => r.Length) < 4_000_000);
            SampleDisks.Write(image, directory["disk.vmdk"]);
            JsonElement info = JsonDocument.Parse(Tool.Check("qemu-img", "info", "--output=json", directory["disk.vmdk"])).RootElement;
            Assert.Equal("vmdk", info.GetProperty("format").GetString());
            Assert.Equal((size + 511) / 512 * 512, info.GetProperty("virtual-size").GetInt64());
            JsonElement data = info.GetProperty("format-specific").GetProperty("data");
            Assert.Equal("monolithicSparse", data.GetProperty("create-type").GetString());
            Assert.Equal(0xfffffffe, data.GetProperty("cid").GetInt64());
            Assert.Equal(0xffffffff, data.GetProperty("parent-cid").GetInt64());
            AssertSameRanges(disk, Vmdk.Read(SampleDisks.Open(directory["disk.vmdk"])), isSparse: true);
            // QEMU reads every table for a map, which takes half a minute for a disk of 10 TiB.
            if (size > 1L << 40)
                continue;
            long[] starts =
            [
                .. JsonDocument.Parse(Tool.Check("qemu-img", "map", "--output=json", directory["disk.vmdk"])).RootElement.EnumerateArray()
                    .Where(e => e.GetProperty("data").GetBoolean()).Select(e => e.GetProperty("start").GetInt64() / 65536 * 65536).Distinct(),
            ];
            Assert.Equal(disk.DataRanges().Select(r => r.Offset / 65536 * 65536).Distinct(), starts);
        }
    }

    [ToolFact("qemu-img")]
    public void QEMU_writes_into_an_image_of_ours()
    {
        using var directory = new TempDirectory();
        Blob disk = SampleDisks.Padded(SampleDisks.Sparse(new Random(7), 90_000_000, 5));
        SampleDisks.Write(Vmdk.Encode(disk), directory["disk.vmdk"]);
        Tool.Check("qemu-io", "-f", "vmdk", "-c", "write -P 7 50000000 3000000", directory["disk.vmdk"]);
        Tool.Check("qemu-img", "check", "-f", "vmdk", directory["disk.vmdk"]);
        byte[] expected = disk.ToArray();
        expected.AsSpan(50_000_000, 3_000_000).Fill(7);
        SampleDisks.AssertSame(Blob.FromMemory(expected), Vmdk.Read(SampleDisks.Open(directory["disk.vmdk"])), new Random(1));
    }

    [ToolFact("qemu-img")]
    public void A_flat_image_is_a_descriptor_and_a_file()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            Blob disk = SampleDisks.Sparse(random, SampleDisks.Size(random), 5);
            var options = new VmdkOptions { Name = "ma machine é" };
            IReadOnlyList<DiskFile> files = Vmdk.EncodeFlat(disk, options);
            Assert.Equal([".vmdk", "-flat.vmdk"], files.Select(f => f.Suffix));
            foreach (DiskFile file in files)
                SampleDisks.Write(file.Content, directory[options.Name + file.Suffix]);
            SampleDisks.Write(SampleDisks.Padded(disk), directory["raw"]);
            Assert.Contains("identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", "vmdk", directory["raw"], directory[options.Name + ".vmdk"]));
            Blob read = Vmdk.Read(files[0].Content, new VmdkReadOptions { OpenExtent = name => files.Single(f => options.Name + f.Suffix == name).Content });
            SampleDisks.AssertSame(SampleDisks.Padded(disk), read, random);
        }
    }

    [Fact]
    public void The_redundant_directory_stands_in_for_a_lost_one()
    {
        Blob disk = SampleDisks.Padded(SampleDisks.Sparse(new Random(3), 5_000_000, 9));
        byte[] image = Vmdk.Encode(disk).ToArray();
        image.AsSpan(56, 8).Fill(0x7f);
        SampleDisks.AssertSame(disk, Vmdk.Read(Blob.FromMemory(image)), new Random(1));
        image.AsSpan(48, 8).Fill(0x7f);
        Assert.Throws<InvalidImageException>(() => Vmdk.Read(Blob.FromMemory(image)));
    }

    [Fact]
    public void Bytes_do_not_change()
    {
        Blob disk = SampleDisks.Sparse(new Random(11), 150_000_001, 20);
        Assert.StartsWith("1dfc663d92829d7b85e6120d84ac4a78", SampleDisks.Hash(Vmdk.Encode(disk)), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_part_of_an_image_can_be_read_alone()
    {
        var random = new Random(5);
        Blob image = Vmdk.Encode(SampleDisks.Sparse(random, 3_000_000, 20));
        byte[] whole = image.ToArray();
        for (int i = 0; i < 3000; i++)
        {
            int offset = random.Next(whole.Length);
            int length = random.Next(Math.Min(3000, whole.Length - offset) + 1);
            Assert.True(image.Slice(offset, length).ToArray().AsSpan().SequenceEqual(whole.AsSpan(offset, length)));
        }
    }

    [Fact]
    public void Options_that_no_reader_takes_are_refused()
    {
        Blob disk = Blob.Zeros(1 << 20);
        Assert.Throws<UnrepresentableException>(() => Vmdk.Encode(Blob.Empty));
        Assert.Throws<UnrepresentableException>(() => Vmdk.EncodeFlat(Blob.Empty));
        Assert.Throws<UnrepresentableException>(() => Vmdk.Encode(new GeneratedBlob((2L << 40) - (1 << 20), (_, _) => { })));
        foreach (string name in new[] { "", ".", "..", "a/b", "a\\b", "a\"b", "a\nb", "\ud800", new string('x', 300) })
            Assert.Throws<UnrepresentableException>(() => Vmdk.Encode(disk, new VmdkOptions { Name = name }));
        Assert.Throws<UnrepresentableException>(() => Vmdk.Encode(disk, new VmdkOptions { Adapter = (VmdkAdapter)9 }));
        Assert.Throws<UnrepresentableException>(() => Vmdk.Encode(disk, new VmdkOptions { HardwareVersion = 2 }));
        Assert.Throws<UnrepresentableException>(() => Vmdk.Encode(disk, new VmdkOptions { ContentId = uint.MaxValue }));
        Assert.Throws<UnrepresentableException>(() => Vmdk.Encode(disk, new VmdkOptions { ToolsVersion = -1 }));
    }

    private static void AssertSameRanges(Blob expected, Blob actual, bool isSparse)
    {
        Assert.Equal((expected.Length + 511) / 512 * 512, actual.Length);
        IReadOnlyList<BlobRange> ranges = actual.DataRanges();
        var copy = new BlobBuilder();
        foreach (BlobRange range in ranges)
            copy.Add(range.Offset, actual.Slice(range.Offset, range.Length));
        Blob copied = copy.ToBlob(actual.Length);
        foreach (BlobRange range in expected.DataRanges())
            Assert.Equal(SampleDisks.Hash(expected.Slice(range.Offset, range.Length)), SampleDisks.Hash(copied.Slice(range.Offset, range.Length)));
        if (isSparse)
            Assert.True(ranges.Sum(r => r.Length) <= expected.DataRanges().Sum(r => r.Length + (2 * 65536)));
    }
}
