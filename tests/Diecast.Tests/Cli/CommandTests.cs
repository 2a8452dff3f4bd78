using System.Text.Json;

namespace Diecast.Tests.Cli;

public sealed class CommandTests
{
    [Fact]
    public void Check_lists_every_error_with_its_place_and_ends_with_2()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["bad.yaml"], """
            name: bad
            image:
              size: 4Q
              partitons: []
            """);

        CommandLine.Result result = CommandLine.Run("check", directory["bad.yaml"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("bad.yaml:3:9: image.size", result.Error, StringComparison.Ordinal);
        Assert.Contains("bad.yaml:4:3: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean partitions?", result.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was done", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("--frobnicate")]
    [InlineData("frobnicate")]
    [InlineData("build")]
    public void A_wrong_command_line_ends_with_2_and_says_where_help_is(string argument)
    {
        CommandLine.Result result = CommandLine.Run(argument);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--help", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_definition_that_is_not_there_ends_with_2()
    {
        using var directory = new TempDirectory();

        CommandLine.Result result = CommandLine.Run("build", directory["no.yaml"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("no such file", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_lists_every_type_in_text_and_in_json()
    {
        CommandLine.Result text = CommandLine.Run("types");
        CommandLine.Result json = CommandLine.Run("types", "--json");

        using JsonDocument document = JsonDocument.Parse(json.Output);
        foreach (JsonElement type in document.RootElement.EnumerateArray())
            Assert.Contains(type.GetProperty("name").GetString()!, text.Output, StringComparison.Ordinal);
        Assert.Contains("disk", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Version_is_one_line()
    {
        CommandLine.Result result = CommandLine.Run("--version");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\A\d+\.\d+\.\d+\n\z", result.Output);
    }

    [Fact]
    public void Show_prints_values_with_their_origins_and_draws_the_disk()
    {
        using var directory = new TempDirectory();
        string file = DataDisk.In(directory);

        CommandLine.Result result = CommandLine.Run("show", file, "--set", "image.partitions[0].label=chosen");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"image\.partitions\[0\]\.label\s+chosen\s+--set", result.Output);
        Assert.Matches(@"image\.partitions\[0\]\.free\s+1M\s+\S*data\.yaml:\d+:\d+", result.Output);
        Assert.Matches(@"image\.sectorSize\s+512\s+default", result.Output);
        Assert.Matches(@"image\.partitions\[0\]\.weight\s+1000\s+default", result.Output);
        Assert.Matches(@"image\.partitionTable\s+gpt\s+image type data", result.Output);
        Assert.Contains("█", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"1\s+chosen\s+1\.0 MiB\s+[\d.]+ MiB\s+ext4", result.Output);
    }

    [Fact]
    public void Show_prints_a_definition_that_reads_as_the_same()
    {
        using var directory = new TempDirectory();
        string yaml = CommandLine.Run("show", DataDisk.In(directory), "--yaml").Output;
        File.WriteAllText(directory["again.yaml"], yaml);

        Assert.Equal(yaml, CommandLine.Run("show", directory["again.yaml"], "--yaml").Output);
    }

    [Fact]
    public void A_dry_run_prints_the_plan_and_writes_nothing()
    {
        using var directory = new TempDirectory();
        string file = DataDisk.In(directory);
        string output = directory["out.img"];

        CommandLine.Result result = CommandLine.Run("build", file, "--dry-run", "-o", output);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("partition 1 linux-generic \"data\" at 1048576", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Build_reports_the_output_as_json_and_as_a_table()
    {
        using var directory = new TempDirectory();
        string file = DataDisk.In(directory);

        CommandLine.Result json = CommandLine.Run("build", file, "-o", directory["a.img"], "--json");
        CommandLine.Result table = CommandLine.Run("build", file, "-o", directory["b.img"]);

        using JsonDocument document = JsonDocument.Parse(json.Output);
        JsonElement output = document.RootElement.GetProperty("outputs")[0];
        string sha256 = output.GetProperty("sha256").GetString()!;
        Assert.Equal(new FileInfo(directory["a.img"]).Length, output.GetProperty("size").GetInt64());
        Assert.True(output.GetProperty("allocatedSize").GetInt64() < output.GetProperty("size").GetInt64());
        Assert.Contains(sha256, table.Output, StringComparison.Ordinal);
        Assert.Contains(directory["b.img"], table.Output, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(directory["a.img"]), File.ReadAllBytes(directory["b.img"]));
        Assert.Contains("lay out the disk done", table.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_says_only_where_the_output_is()
    {
        using var directory = new TempDirectory();

        CommandLine.Result result = CommandLine.Run("build", DataDisk.In(directory), "-q", "-o", directory["a.img"]);

        Assert.Equal(directory["a.img"] + "\n", result.Output);
        Assert.Empty(result.Error);
    }

    [Fact]
    public void A_failed_build_ends_with_1_and_leaves_the_old_output()
    {
        using var directory = new TempDirectory();
        string file = DataDisk.In(directory);
        File.WriteAllBytes(directory["files/large"], new byte[8 << 20]);
        File.WriteAllText(directory["out.img"], "old");

        CommandLine.Result result = CommandLine.Run("build", file, "-o", directory["out.img"], "--set", "image.partitions[0].free=", "--set", "image.partitions[0].size=4M");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: partition 1 (linux-generic): ext4: ", result.Error, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(directory["out.img"]));
    }

    [Fact]
    public void A_definition_in_csharp_takes_the_same_commands_without_a_file()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["files"]);
        File.WriteAllText(directory["files/hello"], "hello\n");
        var definition = new Definition
        {
            Name = "declared",
            Directory = directory.Path,
            Epoch = 1_700_000_000,
            Image = new Image
            {
                Partitions = [new Partition { FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4 }, Content = new DirectoryContent { Path = "files" } }],
            },
        };

        CommandLine.Result plain = CommandLine.Run(definition, "build", "-o", directory["a.img"], "-q");
        CommandLine.Result set = CommandLine.Run(definition, "build", "-o", directory["b.img"], "-q", "--set", "image.partitions[0].free=8M");
        CommandLine.Result bad = CommandLine.Run(definition with { Name = "a/b" }, "check");

        Assert.Equal((0, 0, 2), (plain.ExitCode, set.ExitCode, bad.ExitCode));
        Assert.True(new FileInfo(directory["b.img"]).Length > new FileInfo(directory["a.img"]).Length);
    }

    [Fact]
    public void A_source_date_epoch_that_is_no_number_is_refused()
    {
        using var directory = new TempDirectory();
        string program = Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll");

        (int exitCode, string output) = Tool.Run("env", "SOURCE_DATE_EPOCH=yesterday", "dotnet", program, "build", DataDisk.In(directory), "-o", directory["a.img"]);

        Assert.Equal(2, exitCode);
        Assert.Contains("SOURCE_DATE_EPOCH is 'yesterday'", output, StringComparison.Ordinal);
    }
}
