using System.Text;
using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>Whatever the text, the reader answers with a definition or its faults, soon and in bounded memory.</summary>
public sealed class HostileDefinitionTests
{
    [Fact]
    public void Aliases_that_double_again_and_again_are_stopped()
    {
        var text = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 60; i++)
            text.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        Assert.Contains("too many values", Yaml.Errors(text.ToString()).Select(e => e.Message));
    }

    [Theory]
    [InlineData("a: &a [*a]", "unknown alias")]
    [InlineData("a: *b", "unknown alias")]
    [InlineData("<<: { name: x }", "merge key")]
    [InlineData("name: x\nname: y", "key given twice")]
    [InlineData("name: !!str x", "tag")]
    [InlineData("name: x\n---\nname: y", "second document")]
    [InlineData("[a]: b", "a list as a key")]
    [InlineData("name: \"x", "not YAML")]
    [InlineData("name: [x", "not YAML")]
    [InlineData("a: b: c", "not YAML")]
    [InlineData("name: x\u0000", "control character")]
    [InlineData("@", "not YAML")]
    public void What_is_not_read_is_told(string text, string message)
    {
        IReadOnlyList<DefinitionError> errors = Yaml.Errors(text);
        Assert.Contains(message, errors.Select(e => e.Message));
        Assert.All(errors, e => Assert.NotNull(e.Position));
    }

    [Fact]
    public void A_second_key_names_the_line_of_the_first()
    {
        DefinitionError error = Yaml.Error(Yaml.Disk + "name: a\nepoch: 1\nname: b\n");
        Assert.Equal("test.yaml:4:1", error.Position!.ToString());
        Assert.StartsWith("the first is on line 2", error.Rule);
    }

    [Theory]
    [InlineData("image:\n\tsize: 4G\n", 2, 1)]
    [InlineData("image:\n  size: 4G\n  \tformat: raw\n", 3, 3)]
    public void A_tab_in_the_indentation_is_told_at_its_place(string text, int line, int column)
    {
        DefinitionError error = Yaml.Error(text);
        Assert.Equal("tab in the indentation", error.Message);
        Assert.Equal((line, column), (error.Position!.Line, error.Position.Column));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_told_at_their_place()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["x.yaml"], [.. "name: x\n# é"u8, 0xE9, .. "\n"u8]);
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.Read(directory["x.yaml"])).Errors);
        Assert.EndsWith("x.yaml:2:4", error.Position!.ToString());
        Assert.Equal("0xE9", error.Value);

        File.WriteAllBytes(directory["x.yaml"], [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Yaml.Disk)]);
        Assert.Equal("x", DefinitionReader.Read(directory["x.yaml"]).Definition.Name);
    }

    [Fact]
    public void Deep_nesting_is_stopped()
    {
        Assert.Equal("nested too deep", Yaml.Error(new string('[', 100_000)).Message);
        Assert.Equal("nested too deep", Yaml.Error(string.Concat(Enumerable.Repeat("{a: ", 100_000))).Message);
        Assert.Equal("nested too deep", Yaml.Error(string.Concat(Enumerable.Repeat("- ", 10_000))).Message);
    }

    [Fact]
    public void A_great_many_faults_are_cut_short()
    {
        string keys = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"k{i}: 1\n"));
        IReadOnlyList<DefinitionError> errors = Yaml.Errors(keys);
        Assert.Equal(1001, errors.Count);
        Assert.Equal("too many faults", errors[^1].Message);
        string groups = string.Join(", ", Enumerable.Range(0, 50_000).Select(i => $"g{i}"));
        Assert.Equal(1001, Yaml.Errors($"system: {{ base: {{ directory: . }}, users: [{{ name: a, groups: [{groups}] }}] }}").Count);
    }

    [Fact]
    public void A_file_that_is_too_large_or_not_there_is_told()
    {
        using var directory = new TempDirectory();
        using (FileStream file = File.Create(directory["large.yaml"]))
            file.SetLength(1L << 40);
        Assert.Equal("too large", Fault(directory["large.yaml"]));
        Assert.Equal("no such file", Fault(directory["none.yaml"]));
        Assert.Equal("directory where a definition file belongs", Fault(directory.Path));

        static string Fault(string path) => Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.Read(path)).Errors).Message;
    }

    [Fact]
    public void Mutations_of_a_definition_end_in_a_definition_or_its_faults()
    {
        string directory = Checkout.PathOf("tests/Diecast.Tests/Definitions");
        string everything = File.ReadAllText(Path.Combine(directory, "everything.yaml"));
        string[] lines = everything.Split('\n');
        string[] pieces = ["&a ", "*a", "!x ", "\"", "'", "[", "]", "{", "}", ": ", "- ", "\n", "\t", "#", "|", ">", "\0", "~", "%", "0x", "-1", "\uFFFF", "99999999999999999999", "\\U0011FFFF", "𝄞", "? ", "<<: *a", "include: everything.yaml\n"];
        var random = new Random(1815);
        int faulty = 0;
        for (int i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder(everything);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(6))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at));
                        break;
                    case 1:
                        text[at] = (char)random.Next(1, 0x250);
                        break;
                    case 2:
                        text.Insert(at, pieces[random.Next(pieces.Length)]);
                        break;
                    case 3:
                        text.Insert(at, lines[random.Next(lines.Length)] + "\n");
                        break;
                    case 4:
                        text.Length = at + 1;
                        break;
                    default:
                        text[at] = text[random.Next(text.Length)];
                        break;
                }
            }

            try
            {
                LoadedDefinition loaded = DefinitionReader.ReadText(text.ToString(), "x.yaml", directory);
                if (i % 10 == 0)
                    Assert.Equal(loaded.Definition, DefinitionReader.ReadText(DefinitionPrinter.ToYaml(loaded.Definition), "x.yaml", directory).Definition);
            }
            catch (DefinitionException e)
            {
                faulty++;
                Assert.NotEmpty(e.Errors);
                if (i % 10 == 0)
                    Assert.All(e.Errors, error => SourceExcerpt.Render(error));
            }
        }

        Assert.InRange(faulty, 5_000, 19_900);
    }

    [Fact]
    public void Assignments_of_any_form_end_in_a_definition_or_its_faults()
    {
        var random = new Random(7);
        string[] pieces = ["image", "system", ".", "partitions", "[", "0", "]", "[+]", "=", "size", "4G", "{", "}", "a", ": ", "\n", "~", "base", "debian", "services", "-", "kernel", "users", "&", "*"];
        for (int i = 0; i < 5000; i++)
        {
            string assignment = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => pieces[random.Next(pieces.Length)]));
            try
            {
                Yaml.Load(Yaml.Disk, assignment);
            }
            catch (DefinitionException e)
            {
                Assert.NotEmpty(e.Errors);
            }
        }
    }
}
