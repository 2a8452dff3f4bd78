using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

/// <summary>Compressed disks that are read in place.</summary>
public sealed class FramesTests
{
    [Fact]
    public void Zstandard_with_a_seek_table_and_xz_of_several_blocks_are_read_in_place()
    {
        foreach (string name in new[] { "raw.zst", "raw.xz" })
        {
            foreach (long length in new long[] { 1, (4 << 20) - 1, (4 << 20) + 1, 30_000_001 })
            {
                var random = new Random((int)length);
                Blob disk = SampleDisks.Sparse(random, length, 12);
                Blob file = Compress(name, disk);
                FramesBlob? frames = Open(name, file);
                if (name == "raw.xz" && length <= 1 << 20)
                {
                    Assert.Null(frames);
                    continue;
                }

                Assert.NotNull(frames);
                int block = name == "raw.xz" ? 1 << 20 : 4 << 20;
                Assert.Equal((length + block - 1) / block, frames.Count);
                SampleDisks.AssertSame(disk, frames, random, $"{name} of {length}");
            }
        }
    }

    [Fact]
    public void Frames_of_zeros_are_holes()
    {
        var builder = new BlobBuilder();
        builder.Add(21 << 20, Blob.FromText("here"));
        Blob disk = builder.ToBlob(70 << 20);
        Assert.Equal([new BlobRange(20 << 20, 4 << 20)], Open("raw.zst", Compress("raw.zst", disk))!.DataRanges());
        Assert.Equal([new BlobRange(21 << 20, 1 << 20)], Open("raw.xz", Compress("raw.xz", disk))!.DataRanges());
    }

    [ToolFact("xz", "zstd")]
    public void Files_of_the_systems_tools_are_read_in_place_where_they_tell_their_blocks()
    {
        using var directory = new TempDirectory();
        var random = new Random(4);
        Blob disk = SampleDisks.Sparse(random, 9_000_000, 20);
        File.WriteAllBytes(directory["disk"], disk.ToArray());
        Tool.Check("xz", "-k", "-1", "--block-size=1MiB", "--check=sha256", directory["disk"]);
        FramesBlob? frames = XzBlocks.TryOpen(SampleDisks.Open(directory["disk.xz"]));
        Assert.Equal(9, frames!.Count);
        SampleDisks.AssertSame(disk, frames, random);
        Tool.Check("sh", "-c", $"cd {directory.Path} && xz -c disk disk > two.xz && xz -dc two.xz > two && zstd -q disk");
        // Two streams in one file, and a file without a table, are left to the spool.
        Assert.Null(XzBlocks.TryOpen(SampleDisks.Open(directory["two.xz"])));
        Assert.Null(SeekableZstd.TryOpen(SampleDisks.Open(directory["disk.zst"])));
        foreach (string name in new[] { "two.xz", "disk.zst", "disk.xz" })
        {
            using ImageFile image = ImageFile.Open(directory[name], new ImageFileOptions { SpoolDirectory = directory.Path });
            Assert.True(image.Disk.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(directory[name == "two.xz" ? "two" : "disk"])), name);
            Assert.Equal(name == "disk.xz", image.Frames is not null);
        }
    }

    [Fact]
    public void Hostile_files_end_in_a_typed_error_or_are_left_to_the_spool()
    {
        Blob disk = SampleDisks.Sparse(new Random(8), 5_000_000, 6);
        foreach (string name in new[] { "raw.zst", "raw.xz" })
        {
            byte[] file = Compress(name, disk).ToArray();
            int table = name == "raw.zst" ? 8 + (2 * 8) + 9 : 12 + 32;
            int refused = 0;
            int left = 0;
            _ = SampleDisks.Mutate(file, 1000, [Range.StartAt(^table), new Range(0, 40), Range.StartAt(^table)], image =>
            {
                FramesBlob? frames;
                try
                {
                    frames = Open(name, image);
                    if (frames is not null)
                        _ = frames.Slice(0, Math.Min(frames.Length, 100_000)).ToArray();
                    else
                        left++;
                }
                catch (InvalidImageException)
                {
                    refused++;
                    throw;
                }
            });
            Assert.True(refused > 20 && left > 200, $"{name}: {refused} refused, {left} left");
        }
    }

    [Fact]
    public void A_gzipped_disk_is_one_member_with_the_sum_and_length_of_all()
    {
        foreach (long length in new long[] { 0, 1, (1 << 20) - 1, 1 << 20, 5_000_001 })
        {
            Blob disk = SampleDisks.Sparse(new Random((int)length), length, 8);
            byte[] file = Compress("raw.gz", disk).ToArray();
            Assert.Equal(Crc32.Compute(disk.ToArray()), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(^8..)));
            Assert.Equal((uint)length, BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(^4..)));
            // A reader of one member, which deflate ends: what is left are the sum and the length.
            using var input = new MemoryStream(file, 10, file.Length - 18);
            using var inflate = new System.IO.Compression.DeflateStream(input, System.IO.Compression.CompressionMode.Decompress);
            using var output = new MemoryStream();
            inflate.CopyTo(output);
            Assert.True(disk.ToArray().AsSpan().SequenceEqual(output.ToArray()), $"{length}");
        }
    }

    [Fact]
    public void Checksums_of_parts_make_that_of_the_whole()
    {
        var random = new Random(6);
        for (int i = 0; i < 200; i++)
        {
            byte[] bytes = new byte[random.Next(200_000)];
            random.NextBytes(bytes);
            int cut = random.Next(bytes.Length + 1);
            uint combined = Crc32.Combine(Crc32.Compute(bytes.AsSpan(0, cut)), Crc32.Compute(bytes.AsSpan(cut)), bytes.Length - cut);
            Assert.Equal(Crc32.Compute(bytes), combined);
        }

        // Longer than anyone sums in a test: a part in halves is the part.
        uint once = Crc32.Combine(12345, 0, 3L << 40);
        Assert.Equal(once, Crc32.Combine(Crc32.Combine(12345, 0, 1L << 40), 0, 2L << 40));
    }

    private static FramesBlob? Open(string name, Blob file) => name == "raw.zst" ? SeekableZstd.TryOpen(file) : XzBlocks.TryOpen(file);

    private static Blob Compress(string name, Blob disk)
    {
        ImageFormat format = DiskFormats.Find(name)!;
        List<KeyValuePair<string, string>> values = [new("level", "1")];
        if (name == "raw.zst")
            values.Add(new("seekable", "on"));
        return Blob.FromMemory(SampleDisks.Stream(disk, output => DiskFormats.Open(format, new ImageWriteRequest
        {
            Disk = disk,
            Values = new ImageFormatValues(format, values),
            Outputs = new Only(output),
            Ids = _ => Guid.Empty,
        })));
    }

    private sealed class Only(DiskOutput output) : ImageOutputs
    {
        public override string Name => "disk";

        public override DiskOutput Main => output;

        public override DiskOutput Beside(string name) => throw new NotSupportedException();
    }
}
