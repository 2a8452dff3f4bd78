using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

public sealed class AndroidSparseTests
{
    [ToolFact("simg2img")]
    public void Random_sparse_disks_are_unpacked_by_simg2img()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            Blob disk = SampleDisks.Sparse(random, SampleDisks.Size(random), random.Next(12));
            var options = new AndroidSparseOptions
            {
                BlockSize = seed % 3 == 0 ? 1024 << random.Next(7) : 4096,
                Holes = seed % 2 == 0 ? AndroidSparseHoles.DontCare : AndroidSparseHoles.Fill,
            };
            Blob expected = SampleDisks.Padded(disk, options.BlockSize);
            Blob image = AndroidSparse.Encode(disk, options);
            SampleDisks.Write(image, directory["planned"]);
            SampleDisks.Write(disk, directory["looked"], output => AndroidSparse.OpenWriter(disk, output, options));
            foreach (string name in new[] { "planned", "looked" })
            {
                if (seed % 2 == 0 || name == "looked")
                {
                    Tool.Check("simg2img", directory[name], directory["raw"]);
                    Assert.Equal(SampleDisks.Hash(expected), SampleDisks.Hash(SampleDisks.Open(directory["raw"])));
                    File.Delete(directory["raw"]);
                }

                Assert.True(AndroidSparse.IsAndroidSparse(SampleDisks.Open(directory[name])));
                SampleDisks.AssertSame(expected, AndroidSparse.Read(SampleDisks.Open(directory[name])), random, $"{name} {seed}");
            }

            Assert.True(new FileInfo(directory["looked"]).Length <= new FileInfo(directory["planned"]).Length + 12);
        }
    }

    [ToolFact("img2simg", "simg2img")]
    public void Images_of_img2simg_are_read()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            Blob disk = SampleDisks.Padded(SampleDisks.Sparse(random, SampleDisks.Size(random), random.Next(12)), 4096);
            SampleDisks.Write(disk, directory["raw"]);
            Tool.Check("img2simg", directory["raw"], directory["simg"]);
            SampleDisks.AssertSame(disk, AndroidSparse.Read(SampleDisks.Open(directory["simg"])), random, $"{seed}");
        }
    }

    [ToolFact("simg2img")]
    public void Parts_are_images_that_together_are_the_disk()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            byte[] noise = new byte[1_000_000];
            random.NextBytes(noise);
            Blob disk = Blob.Concat(SampleDisks.Sparse(random, 5_000_000, 15), Blob.FromMemory(noise), SampleDisks.Sparse(random, 5_000_000, 15));
            var options = new AndroidSparseOptions { LargestPart = 65536 + random.Next(400_000), Holes = (AndroidSparseHoles)(seed % 2) };
            IReadOnlyList<DiskFile> parts = AndroidSparse.EncodeParts(disk, options);
            Assert.True(parts.Count > 1);
            string[] paths = [.. parts.Select(p => directory["disk" + p.Suffix])];
            Assert.EndsWith("disk.simg.0", paths[0], StringComparison.Ordinal);
            for (int i = 0; i < parts.Count; i++)
            {
                Assert.True(parts[i].Content.Length <= options.LargestPart);
                SampleDisks.Write(parts[i].Content, paths[i]);
                _ = AndroidSparse.Read(parts[i].Content).Length;
            }

            Blob expected = SampleDisks.Padded(disk, 4096);
            Tool.Check("simg2img", [.. paths, directory["raw"]]);
            Assert.Equal(SampleDisks.Hash(expected), SampleDisks.Hash(SampleDisks.Open(directory["raw"])));
            SampleDisks.AssertSame(expected, AndroidSparse.Read([.. parts.Select(p => p.Content).Reverse()]), random);
            File.Delete(directory["raw"]);
        }

        Assert.Equal(".simg", Assert.Single(AndroidSparse.EncodeParts(Blob.Zeros(1 << 20))).Suffix);
    }

    [Fact]
    public void Sizes_from_nothing_to_sixteen_tebibytes_have_the_chunks_they_need()
    {
        Assert.Equal(28, AndroidSparse.Encode(Blob.Empty).Length);
        Assert.Equal(0, AndroidSparse.Read(AndroidSparse.Encode(Blob.Empty)).Length);
        Assert.Equal(40, AndroidSparse.Encode(Blob.Zeros(1)).Length);
        Assert.Equal(40, AndroidSparse.Encode(Blob.Zeros(10L << 40)).Length);
        Assert.Equal(10L << 40, AndroidSparse.Read(AndroidSparse.Encode(Blob.Zeros(10L << 40))).Length);
        var fill = new AndroidSparseOptions { Holes = AndroidSparseHoles.Fill };
        Assert.Equal(28 + (10240 * 16), AndroidSparse.Encode(Blob.Zeros(10L << 40), fill).Length);
        var full = new GeneratedBlob(5L << 30, (_, destination) => destination.Fill(1));
        Blob image = AndroidSparse.Encode(full);
        Assert.Equal((5L << 30) + 28 + (80 * 12), image.Length);
        IReadOnlyList<DiskFile> parts = AndroidSparse.EncodeParts(full);
        Assert.Equal(2, parts.Count);
        Assert.True(parts[0].Content.Length is <= uint.MaxValue and > uint.MaxValue - 8192);
        Assert.Throws<UnrepresentableException>(() => AndroidSparse.Encode(Blob.Zeros(16L << 40)));
        Assert.NotNull(AndroidSparse.Encode(Blob.Zeros((16L << 40) - 4096)));
    }

    [Fact]
    public void Blocks_of_one_value_are_stored_as_that_value()
    {
        byte[] content = new byte[10 * 4096];
        content.AsSpan(0, 2 * 4096).Fill(0xAB);
        for (int i = 0; i < 4096; i++)
            content[(4 * 4096) + i] = (byte)(i % 4);
        content[(6 * 4096) + 5] = 1;
        Blob disk = Blob.Concat(Blob.FromMemory(content), Blob.Zeros(40960));
        using var directory = new TempDirectory();
        SampleDisks.Write(disk, directory["a"], output => AndroidSparse.OpenWriter(disk, output));
        // Fill AB, fill 0, fill 0123, fill 0, raw, fill 0, don't care.
        Assert.Equal(28 + (5 * 16) + 12 + 4096 + 12, new FileInfo(directory["a"]).Length);
        SampleDisks.AssertSame(disk, AndroidSparse.Read(SampleDisks.Open(directory["a"])), new Random(1));
    }

    [Fact]
    public void Bad_options_are_refused()
    {
        Blob disk = Blob.Zeros(1 << 20);
        foreach (int size in new[] { 0, 256, 4095, 3 << 12, 2 << 20, -4096 })
            Assert.Throws<UnrepresentableException>(() => AndroidSparse.Encode(disk, new AndroidSparseOptions { BlockSize = size }));
        Assert.Throws<UnrepresentableException>(() => AndroidSparse.EncodeParts(disk, new AndroidSparseOptions { LargestPart = 65535 }));
        Assert.Throws<UnrepresentableException>(() => AndroidSparse.Encode(disk, new AndroidSparseOptions { Holes = (AndroidSparseHoles)2 }));
        using DiskOutput pipe = DiskOutput.ToStream(Stream.Null, "pipe");
        Assert.Throws<NotSupportedException>(() => AndroidSparse.OpenWriter(disk, pipe));
    }

    [Fact]
    public void Mutated_and_cut_images_end_in_content_or_a_typed_error()
    {
        Blob disk = SampleDisks.Sparse(new Random(5), 300_000, 12);
        using var directory = new TempDirectory();
        SampleDisks.Write(disk, directory["a"], output => AndroidSparse.OpenWriter(disk, output));
        byte[] image = File.ReadAllBytes(directory["a"]);
        int refused = SampleDisks.Mutate(image, 20_000, [0..28, 28..44, 28..60, 0..], file => SampleDisks.Sample(AndroidSparse.Read(file)));
        Assert.InRange(refused, 1000, 19_999);
        for (int length = 0; length < image.Length; length += 97)
            Assert.Throws<InvalidImageException>(() => AndroidSparse.Read(Blob.FromMemory(image.AsMemory(0, length))));
        Assert.Throws<InvalidImageException>(() => AndroidSparse.Read([Blob.FromMemory(image), Blob.FromMemory(image)]));
        Assert.Throws<InvalidImageException>(() => AndroidSparse.Read([AndroidSparse.Encode(Blob.Zeros(4096)), AndroidSparse.Encode(Blob.Zeros(8192))]));
    }
}
