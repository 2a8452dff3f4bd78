using System.Buffers.Binary;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class VmdkStreamTests
{
    [ToolFact("qemu-img")]
    public void Random_sparse_disks_are_equal_to_raw()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 120; seed++)
        {
            var random = new Random(seed);
            Blob disk = SampleDisks.Sparse(random, SampleDisks.Size(random), random.Next(12));
            SampleDisks.Write(SampleDisks.Padded(disk), directory["raw"]);
            SampleDisks.Write(disk, directory["disk.vmdk"], output => Vmdk.OpenStreamWriter(disk.Length, output));
            Assert.Contains("identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", "vmdk", directory["raw"], directory["disk.vmdk"]));
            if (seed % 8 == 0)
                Assert.Contains("No errors", Tool.Check("qemu-img", "check", "-f", "vmdk", directory["disk.vmdk"]));
            SampleDisks.AssertSame(SampleDisks.Padded(disk), Vmdk.Read(SampleDisks.Open(directory["disk.vmdk"])), random, $"seed {seed}");
        }
    }

    [Fact]
    public void One_and_many_workers_and_a_pipe_give_the_same_bytes()
    {
        Blob disk = SampleDisks.Sparse(new Random(2), 90_000_001, 30);
        byte[] one = SampleDisks.Stream(disk, output => Vmdk.OpenStreamWriter(disk.Length, output, null, new DiskWriteOptions { Workers = 1 }));
        byte[] many = SampleDisks.Stream(disk, output => Vmdk.OpenStreamWriter(disk.Length, output, null, new DiskWriteOptions { Workers = 7 }));
        Assert.True(one.AsSpan().SequenceEqual(many));
        using var directory = new TempDirectory();
        SampleDisks.Write(disk, directory["disk.vmdk"], output => Vmdk.OpenStreamWriter(disk.Length, output));
        Assert.True(File.ReadAllBytes(directory["disk.vmdk"]).AsSpan().SequenceEqual(one));
    }

    [Fact]
    public void Every_sector_of_a_stream_is_accounted_for()
    {
        Blob disk = SampleDisks.Sparse(new Random(6), 100_000_000, 40);
        byte[] image = SampleDisks.Stream(disk, output => Vmdk.OpenStreamWriter(disk.Length, output));
        Assert.Equal(ulong.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(56)));
        int at = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(64)) * 512;
        Assert.Equal(65536, at);
        long last = -1;
        var kinds = new List<uint>();
        while (at < image.Length)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(at));
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at + 8));
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(at + 12));
            if (size > 0)
            {
                Assert.True((long)value > last, "grains ascend");
                Assert.Equal(0UL, value % 128);
                last = (long)value;
                int end = at + 12 + (int)size;
                at = (end + 511) / 512 * 512;
                Assert.False(image.AsSpan(end, at - end).ContainsAnyExcept((byte)0));
                continue;
            }

            Assert.False(image.AsSpan(at + 16, 496).ContainsAnyExcept((byte)0));
            kinds.Add(type);
            at += 512 + ((int)value * 512);
        }

        Assert.Equal(image.Length, at);
        Assert.Equal([1, 1, 1, 2, 3, 0], kinds);
        // The footer is the header, but for the place of the directory.
        byte[] footer = image.AsSpan(image.Length - 1024, 512).ToArray();
        ulong directory = BinaryPrimitives.ReadUInt64LittleEndian(footer.AsSpan(56));
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan((((int)directory - 1) * 512) + 12)));
        footer.AsSpan(56, 8).Fill(0xff);
        Assert.True(footer.AsSpan().SequenceEqual(image.AsSpan(0, 512)));
    }

    [ToolFact("qemu-img")]
    public void A_disk_of_ten_tebibytes_is_small_and_right()
    {
        using var directory = new TempDirectory();
        var builder = new BlobBuilder();
        foreach (long offset in new[] { 0, (1L << 30) - 1, 5L << 40, (10L << 40) - 4 })
            builder.Add(offset, Blob.FromText("here"));
        Blob disk = builder.ToBlob();
        SampleDisks.Write(disk, directory["disk.vmdk"], output => Vmdk.OpenStreamWriter(disk.Length, output));
        Assert.True(new FileInfo(directory["disk.vmdk"]).Length < 2_000_000);
        JsonElement info = JsonDocument.Parse(Tool.Check("qemu-img", "info", "--output=json", directory["disk.vmdk"])).RootElement;
        Assert.Equal(10L << 40, info.GetProperty("virtual-size").GetInt64());
        Assert.Equal("streamOptimized", info.GetProperty("format-specific").GetProperty("data").GetProperty("create-type").GetString());
        Blob read = Vmdk.Read(SampleDisks.Open(directory["disk.vmdk"]));
        // The second piece is in two grains, which are neighbours.
        Assert.Equal([1, 2, 1, 1], read.DataRanges().Select(r => r.Length / 65536));
        Assert.Equal("here", System.Text.Encoding.ASCII.GetString(read.Slice((10L << 40) - 4, 4).ToArray()));
        Assert.Equal("here", System.Text.Encoding.ASCII.GetString(read.Slice((1L << 30) - 1, 4).ToArray()));
    }

    [Fact]
    public void A_disk_without_data_has_no_tables()
    {
        Blob disk = Blob.Concat(Blob.Zeros(100 << 20), Blob.FromMemory(new byte[70_000]));
        byte[] image = SampleDisks.Stream(disk, output => Vmdk.OpenStreamWriter(disk.Length, output));
        // Start, directory marker and directory, footer marker and footer, end.
        Assert.Equal(65536 + (5 * 512), image.Length);
        Blob read = Vmdk.Read(Blob.FromMemory(image));
        Assert.Empty(read.DataRanges());
        Assert.Equal((disk.Length + 511) / 512 * 512, read.Length);
    }

    [Fact]
    public void Options_are_checked_before_anything_is_written()
    {
        using var stream = new MemoryStream();
        using DiskOutput output = DiskOutput.ToStream(stream, "stream");
        Assert.Throws<UnrepresentableException>(() => Vmdk.OpenStreamWriter(0, output));
        Assert.Throws<UnrepresentableException>(() => Vmdk.OpenStreamWriter(512, output, new VmdkOptions { Level = 13 }));
        Assert.Throws<UnrepresentableException>(() => Vmdk.OpenStreamWriter(512, output, new VmdkOptions { Name = "../x" }));
        Assert.Equal(0, output.Length);
    }
}
