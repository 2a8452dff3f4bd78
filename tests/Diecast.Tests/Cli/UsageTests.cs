using Diecast.Cli;

namespace Diecast.Tests.Cli;

/// <summary>What the command answers to what cannot be meant.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("buidl x.yaml", "there is no command buidl", "did you mean build?")]
    [InlineData("build --dryrun x.yaml", "there is no option --dryrun", "did you mean --dry-run?")]
    [InlineData("build x.yaml --outputt=y", "there is no option --outputt", "did you mean --output?")]
    [InlineData("--verson", "there is no option --verson", "did you mean --version?")]
    [InlineData("build no-such.cs", "there is no file no-such.cs", "")]
    [InlineData("run no-such.cs", "there is no file no-such.cs", "")]
    [InlineData("run x.img --set image.size=4G", "--set goes with a definition", "leave it out, or name the definition")]
    [InlineData("run x.img -t disk", "--type goes with a definition", "leave it out, or name the definition")]
    [InlineData("build x.yaml -q -v", "contradict", "leave one of them out")]
    [InlineData("run x.img --uefi --bios", "contradict", "leave one of them out")]
    [InlineData("run x.img y.img", "'y.img' is one argument too many", "stand after --")]
    [InlineData("run x.img --cpus none", "--cpus is 'none'", "from 1 to 1024")]
    [InlineData("run x.img --ssh-port 65536", "--ssh-port is '65536'", "from 1 to 65535")]
    [InlineData("run x.img --memory much", "--memory 'much' is no size", "write it as 2G")]
    [InlineData("run no-such.img --uefi -- -no-reboot", "there is no image no-such.img", "")]
    public void A_slip_is_answered_with_what_was_perhaps_meant(string command, string error, string fix)
    {
        CommandLine.Result result = CommandLine.Run(command.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Contains(fix, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void A_program_gets_the_command_line_without_itself() =>
        Assert.Equal(
            ["run", "--file", "my.cs", "--", "build", "-o", "out/", "--set", "name=my.cs"],
            CSharpProgram.Arguments("my.cs", ["build", "-o", "out/", "my.cs", "--set", "name=my.cs"]));

    [Theory]
    [InlineData("--help", "diecast build server.yaml")]
    [InlineData("build --help", "diecast build server.yaml --dry-run")]
    [InlineData("check --help", "diecast check server.yaml")]
    [InlineData("show --help", "diecast show server.yaml")]
    [InlineData("types --help", "diecast types")]
    [InlineData("run --help", "diecast run server.yaml -- -no-reboot")]
    public void Help_has_the_commands_name_and_examples(string command, string example)
    {
        CommandLine.Result result = CommandLine.Run(command.Split(' '));

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("  " + example + "\n", result.Output[result.Output.IndexOf("Examples:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("Usage:\n  diecast", result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void Every_example_of_the_help_is_a_command_line_that_is_understood()
    {
        foreach (string command in new[] { "", "build ", "check ", "show ", "types ", "run " })
        {
            string help = CommandLine.Run((command + "--help").Split(' ')).Output;
            IEnumerable<string> examples = help[help.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n')
                .Where(line => line.StartsWith("  diecast ", StringComparison.Ordinal));
            foreach (string example in examples)
            {
                // An option that does not exist keeps the command from running, and is all that is refused.
                string[] words = example.Trim().Split(' ')[1..];
                int dashes = Array.IndexOf(words, "--");
                CommandLine.Result result = CommandLine.Run([.. words.Take(dashes < 0 ? words.Length : dashes), "--set-nothing"]);
                Assert.Equal("error: there is no option --set-nothing", result.Error.Split('\n')[0]);
                Assert.Single(result.Error.Split('\n'), line => line.StartsWith("error:", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void A_call_with_nothing_is_answered_with_the_help()
    {
        CommandLine.Result result = CommandLine.Run();

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("Usage:", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Help_inside_a_definition_in_csharp_names_no_file()
    {
        CommandLine.Result result = CommandLine.Run(new Definition { Name = "declared" }, "build", "--help");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("FILE", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(".yaml", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("taken", "is a directory; the output must be a file")]
    [InlineData("data.yaml/out.img", "is a file; the output")]
    public void An_output_that_cannot_stand_there_is_refused_before_any_work(string output, string error)
    {
        using var directory = new TempDirectory();

        Directory.CreateDirectory(directory["taken/data.raw"]);

        CommandLine.Result result = CommandLine.Run("build", DataDisk.In(directory), "-o", directory[output]);

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
    }
}
