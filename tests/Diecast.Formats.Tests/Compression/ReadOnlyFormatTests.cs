using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Tests.Compression;

/// <summary>Formats that old binary caches and Guix's have, and that nothing here writes.</summary>
public sealed class ReadOnlyFormatTests
{
    private const string Text = "hello, closure\n";

    /// <summary>What bzip2 1.0.8 and lzip 1.23 make of <see cref="Text"/>, and of nothing.</summary>
    private static readonly Dictionary<string, (string Text, string Nothing)> Golden = new()
    {
        ["bzip2"] = ("QlpoOTFBWSZTWQW4YQUAAANRgAAQQAQKRJoAIAAxANNNBADJpdCyN0mGRXi7kinChIAtwwgo", "QlpoORdyRThQkAAAAAA="),
        ["lzip"] = ("TFpJUAEMADQZSe6N74xpL7rhUCcLrmROaC//+n0gAN0W3lkPAAAAAAAAADMAAAAAAAAA", "TFpJUAEMAIP/+///wAAAAAAAAAAAAAAAAAAAACQAAAAAAAAA"),
    };

    public static TheoryData<string> Names => ["bzip2", "lzip"];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_the_tools_made_is_read(string name)
    {
        byte[] text = Convert.FromBase64String(Golden[name].Text);
        byte[] nothing = Convert.FromBase64String(Golden[name].Nothing);

        Assert.Equal(name, Decompression.Detect(text.AsSpan(0, 6)).ToString().ToLowerInvariant());
        Assert.Equal(Text, Encoding.ASCII.GetString(Decompress(text)));
        Assert.Empty(Decompress(nothing));
        Assert.Equal(Text + Text, Encoding.ASCII.GetString(Decompress([.. text, .. nothing, .. text])));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_cut_and_every_changed_byte_is_an_error(string name)
    {
        byte[] whole = Convert.FromBase64String(Golden[name].Text);
        // Bytes that say what it is are no damage but another format.
        for (int length = 6; length < whole.Length; length++)
            Assert.Throws<InvalidImageException>(() => Decompress(whole[..length]));
        for (int i = name == "lzip" ? 4 : 5; i < whole.Length; i++)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x10;
            try
            {
                // A larger dictionary or block than is needed does no harm, and bits behind the end are padding.
                Assert.Equal(Text, Encoding.ASCII.GetString(Decompress(damaged)));
                Assert.True((name == "lzip" && i == 5) || (name == "bzip2" && i >= whole.Length - 1), $"byte {i} changes nothing");
            }
            catch (InvalidImageException)
            {
                // As it should be.
            }
        }

        Assert.Throws<InvalidImageException>(() => Decompress([.. whole, 1, 2, 3]));
        Assert.Throws<InvalidImageException>(() => Decompress([.. whole, .. "something else"u8]));
    }

    [Theory]
    [InlineData(4, 0, "version 0 is not known")]
    [InlineData(4, 2, "version 2 is not known")]
    [InlineData(5, 11, "size of the dictionary")]
    [InlineData(5, 30, "size of the dictionary")]
    [InlineData(5, 0x2c, "size of the dictionary")]
    [InlineData(-20, 0, "checksum")]
    [InlineData(-16, 1, "length of a member")]
    [InlineData(-8, 1, "length of a member")]
    public void A_member_of_lzip_is_what_its_frame_says(int at, byte value, string expected)
    {
        byte[] member = Convert.FromBase64String(Golden["lzip"].Text);
        member[at < 0 ? member.Length + at : at] = value;
        Assert.Contains(expected, Assert.Throws<InvalidImageException>(() => Decompress(member)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dictionary_that_fits_no_memory_is_refused()
    {
        byte[] member = Convert.FromBase64String(Golden["lzip"].Text);
        member[5] = 29;
        Assert.Contains("bytes of memory", Assert.Throws<InvalidImageException>(() => Decompress(member)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_dictionary_is_a_power_of_two_less_some_sixteenths()
    {
        Assert.Equal(4096u, Dictionary(12));
        Assert.Equal(1u << 29, Dictionary(29));
        Assert.Equal((1u << 20) - (7 * (1u << 16)), Dictionary(0xf4));

        static uint Dictionary(byte coded) => BinaryPrimitives.ReadUInt32LittleEndian(LzipLayout.LzmaHeader([.. "LZIP"u8, 1, coded]).AsSpan(1));
    }

    [ToolTheory("bzip2", "lzip")]
    [MemberData(nameof(Names))]
    public void What_the_tools_of_the_system_write_is_read(string name)
    {
        using var temp = new TempDirectory();
        var content = new byte[700_000];
        new Random(7).NextBytes(content.AsSpan(0, 300_000));
        File.WriteAllBytes(temp["plain"], content);
        foreach (string level in (string[])["-1", "-9"])
        {
            Tool.Check("sh", "-c", $"{name} {level} -c < {temp["plain"]} > {temp["packed"]}");
            byte[] packed = File.ReadAllBytes(temp["packed"]);
            Assert.Equal(content, Decompress(packed));
            Assert.Throws<InvalidImageException>(() => Decompress(packed[..(packed.Length / 2)]));
            packed[packed.Length / 2] ^= 1;
            Assert.Throws<InvalidImageException>(() => Decompress(packed));
        }
    }

    [Fact]
    public void What_only_begins_like_them_is_not_compressed() => Assert.Equal(CompressionFormat.None, Decompression.Detect("BZhave"u8));

    private static byte[] Decompress(byte[] compressed)
    {
        using var source = new MemoryStream(compressed);
        using Stream stream = Decompression.Open(source);
        using var target = new MemoryStream();
        // Small pieces, so that every state of the decoder is left and come back to.
        byte[] piece = new byte[777];
        for (int count = stream.Read(piece); count > 0; count = stream.Read(piece))
            target.Write(piece, 0, count);
        return target.ToArray();
    }
}
