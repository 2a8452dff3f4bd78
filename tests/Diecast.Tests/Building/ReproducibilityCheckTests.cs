using System.Text.Json;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Tests.Cli;

namespace Diecast.Tests.Building;

/// <summary>Two builds that are the same, and two that are not, with the place of the difference.</summary>
public sealed class ReproducibilityCheckTests
{
    private static readonly DateTime Time = DateTime.UnixEpoch.AddSeconds(1_600_000_000);

    [Fact]
    public void A_definition_that_gives_the_same_again_leaves_nothing_behind()
    {
        using var directory = new TempDirectory();
        string definition = Define(directory, "format: [raw, { name: qcow2, options: { compression_type: zstd } }, raw.gz]");
        string[] before = [.. Directory.GetFileSystemEntries(directory.Path).Order()];

        CommandLine.Result text = CommandLine.Run("check", definition, "--reproducible");
        CommandLine.Result json = CommandLine.Run("check", definition, "--reproducible", "--json");

        Assert.True(text.ExitCode == 0, text.Error + text.Output);
        Assert.Matches("^twice.raw: the same, SHA-256 [0-9a-f]{64}\ntwice.qcow2: the same, SHA-256 [0-9a-f]{64}\ntwice.raw.gz: the same", text.Output.ReplaceLineEndings("\n"));
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.True(document.RootElement.GetProperty("reproducible").GetBoolean());
        Assert.Equal(3, document.RootElement.GetProperty("outputs").GetArrayLength());
        Assert.Empty(document.RootElement.GetProperty("differences").EnumerateArray());
        Assert.Equal(before, Directory.GetFileSystemEntries(directory.Path).Order());
    }

    /// <summary>A source that changes between the builds, in a way that no time tells.</summary>
    [Theory]
    [InlineData("ext", "raw", "partition 1 (first): /deep/file has other content from byte 3 on, of 9 bytes")]
    [InlineData("fat", "qcow2", "partition 2 (second): /deep/file has other content from byte 3 on, of 9 bytes")]
    [InlineData("ext", "raw.zst", "they differ from byte ")]
    public void A_difference_is_told_with_its_partition_and_its_file(string source, string format, string expected)
    {
        using var directory = new TempDirectory();
        string definition = Define(directory, $"format: {format}");
        var change = new OnSecond("read content", () => Put(directory, source + "/deep/file", "tex_ here"));

        ReproducibilityReport report = ReproducibilityCheck.Run(DefinitionReader.Read(definition), new BuildOptions(), change);

        BuildDifference difference = Assert.Single(report.Differences, one => one.Subject.StartsWith("twice.", StringComparison.Ordinal));
        Assert.Contains(expected, difference.Explanation, StringComparison.Ordinal);
        Assert.False(report.IsReproducible);
    }

    [Theory]
    [InlineData("twice.yaml/chmod", "/deep/file has another mode: 644 before, 600 now")]
    [InlineData("twice.yaml/remove", "/deep/file was there and is not now")]
    [InlineData("twice.yaml/add", "/deep/a was not there and is now")]
    public void What_is_not_content_is_told_too(string what, string expected)
    {
        using var directory = new TempDirectory();
        string definition = Define(directory, "format: raw");
        var change = new OnSecond("read content", () =>
        {
            string file = directory["ext/deep/file"];
            if (what.EndsWith("chmod", StringComparison.Ordinal))
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            else if (what.EndsWith("remove", StringComparison.Ordinal))
                File.Delete(file);
            else
                Put(directory, "ext/deep/a", "");
            Directory.SetLastWriteTimeUtc(directory["ext/deep"], Time);
        });

        ReproducibilityReport report = ReproducibilityCheck.Run(DefinitionReader.Read(definition), new BuildOptions(), change);

        Assert.Contains(report.Differences, difference => difference.Explanation.EndsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_type_that_decides_otherwise_each_time_is_found_in_the_plan()
    {
        int count = 0;
        var type = new ImageType("fickle", "never twice the same", (_, image) => image with
        {
            PartitionTable = PartitionTableType.Gpt,
            Partitions = [new Partition { Size = new ImageSize(ByteSize.MiB(1)), Label = $"label-{++count}" }],
        })
        { NeedsSystem = false };
        var definition = new Definition { Name = "fickle", Epoch = 0, Types = [type], Image = new Image { Type = "fickle", Partitions = [new Partition()] } };

        ReproducibilityReport report = ReproducibilityCheck.Run(LoadedDefinition.Of(definition), new BuildOptions());

        Assert.Contains("\"label-", Assert.Single(report.Differences, difference => difference.Subject == "plan").Explanation, StringComparison.Ordinal);
        Assert.Contains(report.Differences, difference => difference.Subject == "fickle.raw");
    }

    [Fact]
    public void An_earlier_report_is_compared_with_compressor_plan_and_digest()
    {
        using var directory = new TempDirectory();
        string definition = Define(directory, "format: qcow2");
        File.WriteAllText(directory["report.json"], CommandLine.Run("build", definition, "--json", "--output", directory["out/other-name.qcow2"]).Output);

        CommandLine.Result same = CommandLine.Run("check", definition, "--against", directory["report.json"]);
        Assert.True(same.ExitCode == 0, same.Error + same.Output);

        CommandLine.Result other = CommandLine.Run("check", definition, "--against", directory["report.json"], "--set", "image.partitions[0].label=third");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("plan: \"partition 1", other.Output, StringComparison.Ordinal);
        Assert.Contains("\"third\"", other.Output, StringComparison.Ordinal);
        Assert.Matches("other-name.qcow2: SHA-256 [0-9a-f]{64} before, [0-9a-f]{64} now", other.Output);

        CommandLine.Result codec = CommandLine.Run("check", definition, "--against", directory["report.json"], "--set", "image.format=[{ name: qcow2, options: { compression_type: zlib } }]");
        Assert.Equal(1, codec.ExitCode);
        Assert.Contains("compressors: zstd ", codec.Output, StringComparison.Ordinal);

        File.WriteAllText(directory["report.json"], "{}");
        CommandLine.Result bad = CommandLine.Run("check", definition, "--against", directory["report.json"]);
        Assert.Equal(2, bad.ExitCode);
        Assert.Contains("is no report of a build", bad.Error, StringComparison.Ordinal);
    }

    private static string Define(TempDirectory directory, string image)
    {
        foreach (string source in (string[])["ext", "fat", "packed"])
        {
            Put(directory, source + "/deep/file", "text here");
            Put(directory, source + "/large", string.Concat(Enumerable.Range(0, 50_000)));
            Directory.SetLastWriteTimeUtc(directory[source + "/deep"], Time);
            Directory.SetLastWriteTimeUtc(directory[source], Time);
        }

        File.WriteAllText(directory["twice.yaml"], $$"""
            name: twice
            epoch: 1700000000
            seed: 2F9A6C1E-5D9F-4A3B-8C47-1B2D3E4F5A6B
            image:
              type: data
              {{image}}
              partitions:
                - { label: first, fileSystem: ext4, content: { directory: ext } }
                - { label: second, fileSystem: vfat, content: { directory: fat } }
                - { label: third, fileSystem: { type: squashfs, compression: zstd }, content: { directory: packed } }
            """);
        return directory["twice.yaml"];
    }

    private static void Put(TempDirectory directory, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory[path])!);
        File.WriteAllText(directory[path], text);
        File.SetLastWriteTimeUtc(directory[path], Time);
    }

    /// <summary>Does something when a step of a title starts for the second time.</summary>
    private sealed class OnSecond(string title, Action action) : IProgress<BuildEvent>
    {
        private int _count;

        public void Report(BuildEvent value)
        {
            if (value is StepStarted started && started.Title == title && ++_count == 2)
                action();
        }
    }
}
