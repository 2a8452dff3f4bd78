using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

public sealed class SourceExcerptTests
{
    [Fact]
    public void The_caret_stands_below_the_value()
    {
        DefinitionError error = Yaml.Error("system:\n  base: { directory: . }\n  hostName: my host\n");
        Assert.Equal("    3 |   hostName: my host\n      |             ^~~~~~~", SourceExcerpt.Render(error));
    }

    [Fact]
    public void Of_a_long_line_the_part_around_the_place_is_shown()
    {
        DefinitionError error = Yaml.Error($"{{ name: x, {new string(' ', 300)}epoch: never, {new string(' ', 300)}{Yaml.Disk.Trim()} }}");
        string[] lines = SourceExcerpt.Render(error).Split('\n');
        Assert.Equal("never", lines[0].Substring(lines[1].IndexOf('^'), 5));
        Assert.Equal("^~~~~", lines[1].Trim(' ', '|'));
        Assert.InRange(lines[0].Length, 100, 112);
    }

    [Fact]
    public void An_assignment_is_shown_too()
    {
        Assert.Equal("    1 | image.size=4Q\n      |            ^~", SourceExcerpt.Render(Yaml.Error(Yaml.Disk, "image.size=4Q")));
    }

    [Fact]
    public void A_tab_takes_one_cell()
    {
        DefinitionError error = Yaml.Error("image:\n\tsize: 4G\n");
        Assert.Equal("    2 |  size: 4G\n      | ^", SourceExcerpt.Render(error));
    }

    [Theory]
    [InlineData("", "abc", 3)]
    [InlineData("hostname", "hostName", 1)]
    [InlineData("abcd", "abdc", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    public void Distances(string a, string b, int slips) => Assert.Equal(slips, Suggestion.Distance(a, b));
}
