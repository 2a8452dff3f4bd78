using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Tests.Compression;

public sealed class CompressionTests
{
    public static TheoryData<string> Names => ["gzip", "xz", "zstd"];

    private static ICompressor Compressor(string name, int? level = null) => name switch
    {
        "gzip" => Compressors.Gzip(level ?? 6),
        "xz" => Compressors.Xz(level ?? 1),
        _ => Compressors.Zstd(level ?? 3),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_compressed_comes_back(string name)
    {
        foreach (int length in (int[])[0, 1, 1000, 131071, 131072, 131073, 1_000_000])
        {
            byte[] content = Content(length);
            byte[] compressed = Compressor(name).Compress(Blob.FromMemory(content));
            Assert.Equal(content, Decompress(compressed));
        }
    }

    [ToolTheory("gzip", "xz", "zstd")]
    [MemberData(nameof(Names))]
    public void The_tools_of_the_system_read_what_is_written_and_the_other_way_round(string name)
    {
        using var temp = new TempDirectory();
        byte[] content = Content(500_000);
        File.WriteAllBytes(temp["ours"], Compressor(name).Compress(Blob.FromMemory(content)));
        Tool.Check("sh", "-c", $"{name} -dc < {temp["ours"]} > {temp["back"]}");
        Assert.Equal(content, File.ReadAllBytes(temp["back"]));

        File.WriteAllBytes(temp["plain"], content);
        Tool.Check("sh", "-c", $"{name} -c < {temp["plain"]} > {temp["theirs"]}");
        Assert.Equal(content, Decompress(File.ReadAllBytes(temp["theirs"])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_sizes_of_the_writes_do_not_matter(string name)
    {
        byte[] content = Content(400_000);
        byte[] whole = Compressor(name).Compress(Blob.FromMemory(content));
        using var target = new MemoryStream();
        using (Stream stream = Compressor(name).OpenWrite(target))
        {
            var random = new Random(1);
            for (int at = 0; at < content.Length;)
            {
                int count = Math.Min(random.Next(1, 50_000), content.Length - at);
                stream.Write(content, at, count);
                at += count;
            }
        }

        if (name != "gzip")
            Assert.Equal(whole, target.ToArray());
        Assert.Equal(content, Decompress(target.ToArray()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Streams_one_after_the_other_are_one(string name)
    {
        byte[] compressed = Compressor(name).Compress(Blob.FromMemory(Content(1000)));
        Assert.Equal([.. Content(1000), .. Content(1000)], Decompress([.. compressed, .. compressed]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_stream_that_is_cut_short_or_damaged_is_an_error(string name)
    {
        byte[] compressed = Compressor(name).Compress(Blob.FromMemory(Content(300_000)));
        foreach (int length in (int[])[compressed.Length - 1, compressed.Length / 2, 8])
            Assert.Throws<InvalidImageException>(() => Decompress(compressed[..length]));
        compressed[compressed.Length / 2] ^= 0x55;
        Assert.Throws<InvalidImageException>(() => Decompress(compressed));
    }

    [Fact]
    public void What_is_not_compressed_is_passed_on()
    {
        Assert.Equal(Content(3), Decompress(Content(3)));
        Assert.Equal(Content(70_000), Decompress(Content(70_000)));
    }

    [Fact]
    public void Formats_without_a_decoder_are_named()
    {
        Assert.Contains("lz4", Assert.Throws<InvalidImageException>(() => Decompress([0x04, 0x22, 0x4d, 0x18, 0, 0, 0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_identity_names_version_and_level()
    {
        Assert.Matches(@"^zstd \d+\.\d+\.\d+ level 19$", Compressors.Zstd(19).Identity);
        Assert.Matches(@"^xz \d+\.\d+\.\d+ level 9$", Compressors.Xz(9).Identity);
        Assert.Matches(@"^gzip .* level 1$", Compressors.Gzip(1).Identity);
    }

    private static byte[] Decompress(byte[] compressed)
    {
        using Stream stream = Decompression.Open(new MemoryStream(compressed));
        using var result = new MemoryStream();
        stream.CopyTo(result);
        return result.ToArray();
    }

    private static byte[] Content(int length)
    {
        var random = new Random(length);
        byte[] content = new byte[length];
        for (int i = 0; i < length; i++)
            content[i] = (byte)(random.Next(6) == 0 ? random.Next(256) : (i / 100) & 0xff);
        return content;
    }
}
