using System.Text.Json;
using Diecast.Building;
using Diecast.Cli.Rendering;
using Spectre.Console;

namespace Diecast.Tests.Cli;

/// <summary>What people read and copy.</summary>
public sealed class PresentationTests
{
    [Theory]
    [InlineData("types")]
    [InlineData("--help")]
    [InlineData("build --help")]
    [InlineData("run --help")]
    [InlineData("show FILE")]
    [InlineData("show FILE --yaml")]
    [InlineData("check FILE")]
    [InlineData("build FILE -o OUT")]
    [InlineData("build FILE -o OUT --dry-run")]
    public void No_line_in_a_pipe_ends_in_spaces(string command)
    {
        using var directory = new TempDirectory();

        CommandLine.Result result = CommandLine.Run(
            command.Replace("FILE", DataDisk.In(directory)).Replace("OUT", directory["out.img"]).Split(' '));

        Assert.Equal(0, result.ExitCode);
        Assert.All((result.Output + result.Error).Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(400)]
    public void A_digest_and_a_path_stay_whole_on_any_terminal(int columns)
    {
        using var directory = new TempDirectory();

        CommandLine.Result result = CommandLine.RunWide(columns, "build", DataDisk.In(directory), "-o", directory["out.img"]);

        Assert.Matches("(?m)(^| )[0-9a-f]{64}$", result.Output);
        Assert.Contains(directory["out.img"], result.Output, StringComparison.Ordinal);
        Assert.Contains(": 1 partition, ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_narrow_terminal_shows_every_value_and_its_origin()
    {
        using var directory = new TempDirectory();
        string file = DataDisk.In(directory);
        string label = new('l', 36);

        string output = CommandLine.RunWide(60, "show", file, "--set", "image.partitions[0].label=" + label).Output;

        Assert.Matches($@"image\.partitions\[0\]\.label\s+{label}\s+--set", output);
        Assert.Matches(@"image\.sectorSize\s+512\s+default", output);
        Assert.Contains(file + ":", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_keeps_its_columns_where_they_fit_and_moves_what_does_not()
    {
        string digest = new('d', 64);

        Assert.Equal(
            $"name    12  first\nlonger   3  second\nfile\n    {digest}\n",
            Print(70, ["name", "12", "first"], ["longer", "3", "second"], ["file", "", digest]));
        Assert.Equal($"file  {digest}\n", Print(30, ["file", digest]));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(100)]
    public void Every_step_of_the_tree_is_one_line(int columns)
    {
        using var error = new StringWriter();
        using var progress = new LiveProgress(new Terminal(error, error, true, true), "a definition with a long name " + new string('n', 80));
        progress.Report(new StepStarted(1, "write a file with a long name " + new string('f', 80)));
        progress.Report(new StepProgress(1, 5 << 20, 10 << 20));
        progress.Report(new StepStarted(2, "base"));
        progress.Report(new StepDetail(2, "a line\tof a program " + new string('p', 120)));
        progress.Report(new StepStarted(3, "configure"));
        progress.Report(new StepFinished(3, "configure", TimeSpan.FromSeconds(1), 1 << 20, new string('s', 90)));

        foreach (bool ended in new[] { false, true })
        {
            string[] lines = Draw(progress.Render(ended, columns), columns);

            Assert.Equal(4, lines.Length);
            Assert.All(lines, line => Assert.InRange(line.Length, 1, columns - 1));
            Assert.Contains("✓ configure  1.00s", lines[3], StringComparison.Ordinal);
            Assert.Equal(ended ? 2 : 0, lines.Count(line => line.Contains('✗', StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_document_has_its_letters_as_they_are()
    {
        using var directory = new TempDirectory();
        string output = directory["käse+1.img"];

        string json = CommandLine.Run("build", DataDisk.In(directory), "-o", output, "--json").Output;

        Assert.Contains(output, json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dry_run_prints_its_plan_as_a_document()
    {
        using var directory = new TempDirectory();
        string file = DataDisk.In(directory);

        string text = CommandLine.Run("build", file, "--dry-run").Output;
        using JsonDocument document = JsonDocument.Parse(CommandLine.Run("build", file, "--dry-run", "--json").Output);

        Assert.Equal(text, string.Concat(document.RootElement.GetProperty("plan").EnumerateArray().Select(line => line.GetString() + "\n")));
        Assert.Empty(document.RootElement.GetProperty("outputs").EnumerateArray());
    }

    [Fact]
    public void Check_prints_every_error_as_a_document()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["bad.yaml"], "name: bad\nimage:\n  size: 4Q\n");

        CommandLine.Result bad = CommandLine.Run("check", directory["bad.yaml"], "--json");
        CommandLine.Result good = CommandLine.Run("check", DataDisk.In(directory), "--json");

        using JsonDocument document = JsonDocument.Parse(bad.Output);
        JsonElement error = document.RootElement.EnumerateArray().First(each => each.TryGetProperty("path", out JsonElement path) && path.GetString() == "image.size");
        Assert.Equal((3, 9), (error.GetProperty("line").GetInt32(), error.GetProperty("column").GetInt32()));
        Assert.Equal("4Q", error.GetProperty("value").GetString());
        Assert.Equal((2, 0), (bad.ExitCode, good.ExitCode));
        Assert.Equal("[]\n", good.Output);
    }

    private static string Print(int columns, params string[][] rows)
    {
        using var output = new StringWriter();
        var table = new TextTable(1);
        foreach (string[] row in rows)
            table.Add([.. row.Select(text => new TextTable.Cell(text))]);
        table.Write(new Terminal(output, TextWriter.Null, true, true, columns));
        return output.ToString();
    }

    private static string[] Draw(Tree tree, int columns)
    {
        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = columns;
        console.Write(tree);
        return output.ToString().TrimEnd('\n').Split('\n');
    }
}
