using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class GceTests
{
    [ToolFact("tar", "gzip", "qemu-img")]
    public void Tar_unpacks_the_disk_with_its_holes()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            using var directory = new TempDirectory();
            var random = new Random(seed);
            Blob disk = Sample(random, seed == 0 ? 0 : seed * 7, seed == 5 ? 12 : 1 + (seed % 2));
            SampleDisks.Write(disk, directory["a.tar.gz"], output => Gce.OpenWriter(disk, output));
            Tool.Check("gzip", "-t", directory["a.tar.gz"]);
            Assert.Contains("disk.raw", Tool.Check("tar", "-tzf", directory["a.tar.gz"]));
            Tool.Check("tar", "-xSzf", directory["a.tar.gz"], "-C", directory.Path);
            Assert.Equal(disk.Length, new FileInfo(directory["disk.raw"]).Length);
            SampleDisks.Write(disk, directory["expected"]);
            Assert.Contains("identical", Tool.Check("qemu-img", "compare", "-f", "raw", "-F", "raw", directory["disk.raw"], directory["expected"]));
            using ContentSpool spool = ContentSpool.CreateTemporary(directory.Path);
            using FileStream archive = File.OpenRead(directory["a.tar.gz"]);
            Blob read = Gce.Read(archive, spool);
            Assert.Equal(disk.Length, read.Length);
            foreach (BlobRange range in disk.DataRanges())
                Assert.Equal(SampleDisks.Hash(disk.Slice(range.Offset, range.Length)), SampleDisks.Hash(read.Slice(range.Offset, range.Length)));
            Assert.True(read.DataRanges().Sum(r => r.Length) <= disk.DataRanges().Sum(r => r.Length + 8192));
        }
    }

    [ToolFact("tar")]
    public void The_archive_is_as_GNU_tar_makes_it()
    {
        using var directory = new TempDirectory();
        Blob disk = Sample(new Random(3), 60, 1);
        SampleDisks.Write(disk, directory["disk.raw"]);
        Tool.Check("tar", "--format=oldgnu", "-Scf", directory["theirs"], "--owner=0", "--group=0", "--numeric-owner", "--mtime=@5", "--mode=0644",
            "--hole-detection=seek", "-C", directory.Path, "disk.raw");
        SampleDisks.Write(Gce.EncodeTar(disk, new GceOptions { ModifiedTime = 5 }), directory["ours"]);
        byte[] theirs = File.ReadAllBytes(directory["theirs"]);
        byte[] ours = File.ReadAllBytes(directory["ours"]);
        // GNU tar gives names to owner and group, or none, and writes where holes are as the host's file system stores them.
        Assert.Equal(theirs[257..265], ours[257..265]);
        Assert.Equal(theirs[100..124], ours[100..124]);
        Assert.Equal(theirs[136..148], ours[136..148]);
        Assert.Equal((byte)'S', ours[156]);
        Assert.Equal(theirs[483..495], ours[483..495]);
        Assert.Equal(0, ours.Length % 10240);
    }

    [Fact]
    public void It_is_one_gzip_member_of_the_same_bytes_from_any_number_of_workers()
    {
        var random = new Random(2);
        Blob disk = Sample(random, 25, 1);
        byte[] one = SampleDisks.Stream(disk, output => Gce.OpenWriter(disk, output, null, new DiskWriteOptions { Workers = 1 }));
        byte[] many = SampleDisks.Stream(disk, output => Gce.OpenWriter(disk, output, null, new DiskWriteOptions { Workers = 6 }));
        Assert.Equal(SHA256.HashData(one), SHA256.HashData(many));
        // A decoder that ends with the first member has it all.
        using var deflate = new System.IO.Compression.DeflateStream(new MemoryStream(one, 10, one.Length - 10), System.IO.Compression.CompressionMode.Decompress);
        using var tar = new MemoryStream();
        deflate.CopyTo(tar);
        Assert.Equal(SampleDisks.Hash(Gce.EncodeTar(disk, GceOptions.Default)), Convert.ToHexStringLower(SHA256.HashData(tar.ToArray())));
    }

    [Fact]
    public void Only_whole_gibibytes_are_taken()
    {
        using DiskOutput output = DiskOutput.ToStream(Stream.Null, "null");
        foreach (long size in new[] { 0, 1, (1L << 30) - 1, (1L << 30) + 1, 3L << 29 })
            Assert.Contains("GiB", Assert.Throws<UnrepresentableException>(() => Gce.OpenWriter(Blob.Zeros(size), output)).Message);
        Assert.Throws<UnrepresentableException>(() => Gce.OpenWriter(Blob.Zeros(1L << 30), output, new GceOptions { Level = 0 }));
        Assert.Throws<UnrepresentableException>(() => Gce.OpenWriter(Blob.Zeros(1L << 30), output, new GceOptions { ModifiedTime = -1 }));
    }

    [Fact]
    public void A_full_disk_is_a_plain_file_in_the_archive()
    {
        var disk = new GeneratedBlob(1L << 30, (_, destination) => destination.Fill(7));
        Blob tar = Gce.EncodeTar(disk, GceOptions.Default);
        Assert.Equal((byte)'0', tar.Slice(156, 1).ToArray()[0]);
        Assert.Equal(((1L << 30) + 512 + 1024 + 10239) / 10240 * 10240, tar.Length);
    }

    [Fact]
    public void Damaged_archives_are_refused()
    {
        using var directory = new TempDirectory();
        var builder = new BlobBuilder();
        builder.Add(5000, Blob.FromText("data"));
        Blob disk = builder.ToBlob(1L << 30);
        byte[] archive = SampleDisks.Stream(disk, output => Gce.OpenWriter(disk, output));
        using ContentSpool spool = ContentSpool.CreateTemporary(directory.Path);
        int refused = SampleDisks.Mutate(archive, 20_000, [0..], file =>
        {
            using Stream stream = file.OpenRead();
            _ = Gce.Read(stream, spool).Length;
        });
        Assert.InRange(refused, 10_000, 20_000);
    }

    private static Blob Sample(Random random, int pieces, int gibibytes)
    {
        var builder = new BlobBuilder();
        long size = (long)gibibytes << 30;
        long at = 0;
        for (int i = 0; i < pieces; i++)
        {
            byte[] bytes = new byte[random.Next(1, 60_000)];
            if (i % 3 > 0)
                random.NextBytes(bytes.AsSpan(0, random.Next(bytes.Length)));
            at += random.NextInt64((size / pieces) - 60_000);
            builder.Add(at, Blob.FromMemory(bytes));
            at += bytes.Length;
        }

        return builder.ToBlob(size);
    }
}
