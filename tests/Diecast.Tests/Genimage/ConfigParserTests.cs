using System.Text;
using Diecast.Genimage;

namespace Diecast.Tests.Genimage;

public sealed class ConfigParserTests
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { ["NAME"] = "disk", ["EMPTY"] = "" };

    private const string Sample = """
        # a comment
        image "a \"b\" \x41\101\n" { // another
          hdimage { align = 1M gpt=true }
          /* one
             over lines */
          files = { "x", 'y\'z', w, }
          files += v
          partition one { size = ${SIZE:-4k} image = "${NAME}.img" }
        }
        config { outputpath=${NAME} }
        """;

    [Fact]
    public void A_configuration_is_read_as_libconfuse_reads_it()
    {
        ConfigSection top = Read(Sample);

        ConfigSection image = top.All("image").Single();
        Assert.Equal("a \"b\" AA\n", image.Title);
        Assert.Equal(2, image.Position.Line);
        Assert.Equal(["x", "y'z", "w", "v"], image.List("files"));
        Assert.Equal(1 << 20, image.All("hdimage").Single().Size("align"));
        Assert.True(image.All("hdimage").Single().Flag("gpt"));
        ConfigSection partition = image.All("partition").Single();
        Assert.Equal(("one", 8), (partition.Title, partition.Position.Line));
        Assert.Equal(4096, partition.Size("size"));
        Assert.Equal("disk.img", partition.Text("image"));
        Assert.Equal("disk", top.All("config").Single().Text("outputpath"));
    }

    [Theory]
    [InlineData("512", 512L)]
    [InlineData("0x200", 512L)]
    [InlineData("010", 8L)]
    [InlineData("4k", 4096L)]
    [InlineData("4K", 4096L)]
    [InlineData("3M", 3L << 20)]
    [InlineData("2G", 2L << 30)]
    [InlineData("34s", 34L * 512)]
    [InlineData("150MB", 150L << 20)]
    [InlineData("64kB", 65536L)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("", 0L)]
    [InlineData("B", -1L)]
    [InlineData("4MM", -1L)]
    [InlineData("1.5M", -1L)]
    [InlineData("4T", -1L)]
    [InlineData("k", -1L)]
    [InlineData("-1", -1L)]
    [InlineData("99999999999999999999", -1L)]
    [InlineData("9223372036854775807G", -1L)]
    public void Sizes_are_numbers_with_a_suffix(string text, long expected) => Assert.Equal(expected, ConfigNumbers.Size(text) ?? -1);

    [Theory]
    [InlineData("image a {\n", "t:2:1: the section image of line 1 does not end")]
    [InlineData("image a {\n  size 4k\n}", "t:3:1: } stands where { does, after size 4k")]
    [InlineData("a = \"x", "t:1:5: a text begins with \" and does not end")]
    [InlineData("\n/* x", "t:2:1: a comment begins with /* and does not end")]
    [InlineData("a = ${x", "t:1:5: a variable begins with ${ and does not end")]
    [InlineData("a = { x y }", "t:1:9: y stands in the list a where a comma does")]
    [InlineData("} ", "t:1:1: } stands where the name of an option or section does")]
    [InlineData("a b c", "t:1:5: c stands where { does, after a b")]
    [InlineData("exec(\"x\")", "t:1:1: there is no function exec")]
    [InlineData("\ninclude(\"nowhere.cfg\")", "t:2:1: there is no file nowhere.cfg to include")]
    public void What_is_wrong_is_told_with_its_line(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Files_are_included_from_the_first_directory_that_has_them()
    {
        using var directory = new TempDirectory();
        foreach (string folder in (string[])["one", "two"])
        {
            Directory.CreateDirectory(directory[folder]);
            File.WriteAllText(Path.Combine(directory[folder], "part.cfg"), $"name = {folder}\nmore = 1");
        }

        File.Delete(directory["one/part.cfg"]);
        File.WriteAllText(directory["main.cfg"], "image a { include(\"part.cfg\") }");

        ConfigSection image = new ConfigParser([directory["one"], directory["two"]], Variables.GetValueOrDefault).Read(directory["main.cfg"]).All("image").Single();

        Assert.Equal("two", image.Text("name"));
        Assert.Equal($"{directory["two/part.cfg"]}:2:1", image.Find("more")!.Position.ToString());
    }

    [Fact]
    public void A_file_that_includes_itself_is_refused()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["main.cfg"], $"include(\"{directory["main.cfg"]}\")");

        ConfigException exception = Assert.Throws<ConfigException>(() => new ConfigParser([], Variables.GetValueOrDefault).Read(directory["main.cfg"]));

        Assert.Contains("include each other too deep", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dump_is_the_same_configuration()
    {
        string dump = ConfigDump.Text(Read(Sample));

        Assert.Equal(dump, ConfigDump.Text(Read(dump)));
        Assert.Contains("image = 'disk.img'", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_thousand_broken_configurations_are_read_or_refused()
    {
        var random = new Random(8);
        string alphabet = "={}()+,\"'#/*$\\\n\0 aimage partition\u00e9";
        int read = 0;
        for (int round = 0; round < 10_000; round++)
        {
            var text = new StringBuilder(Sample);
            for (int change = random.Next(1, 6); change > 0 && text.Length > 1; change--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, random.Next(1, text.Length - at + 1));
                        break;
                    case 1:
                        text.Insert(at, alphabet[random.Next(alphabet.Length)]);
                        break;
                    case 2:
                        text[at] = alphabet[random.Next(alphabet.Length)];
                        break;
                    default:
                        text.Insert(at, text.ToString(random.Next(at + 1), Math.Min(20, text.Length - at)));
                        break;
                }
            }

            try
            {
                var problems = new ConfigProblems();
                GenimageSchema.Check(Read(text.ToString()), problems);
                read += problems.Any ? 0 : 1;
            }
            catch (ConfigException)
            {
            }
        }

        Assert.InRange(read, 0, 9_999);
    }

    private static ConfigSection Read(string text) => new ConfigParser([], Variables.GetValueOrDefault).ReadText(text, "t");
}
