using Diecast.Building;
using Diecast.Definitions;
using Diecast.Tests.Definitions;

namespace Diecast.Tests.ImageTypes;

/// <summary>Blobs stand where they are declared, or nothing is built.</summary>
public sealed class BlobTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public BlobTests()
    {
        File.WriteAllBytes(_directory["small"], [.. Enumerable.Repeat((byte)0x5a, 1000)]);
        File.WriteAllBytes(_directory["large"], [.. Enumerable.Repeat((byte)0xa5, 20_000)]);
        File.WriteAllBytes(_directory["empty"], []);
    }

    /// <summary>Keys of an image, then its blobs, and what is said: which bytes, and what to do.</summary>
    public static TheoryData<string, string, string, string> Conflicts => new()
    {
        // A GPT's slots are at 1024 to 17408, an MBR ends at 512.
        { "", "{ file: small, offset: 8K }", "GPT entries (1024 to 17408) and blob small (8192 to 9192) overlap by 1000 bytes", "take partitionTable: mbr, or gptEntries: 56 or fewer, or put the slots behind the blob with gptEntriesOffset: 1M" },
        { "", "{ file: small, offset: 17407 }", "overlap by 1 bytes", "partitionTable: mbr" },
        { "", "{ file: small, offset: 1100 }", "overlap by 1000 bytes", "take partitionTable: mbr, or put the slots" },
        { "", "{ file: small, offset: 600 }", "GPT header (512 to 1024) and blob small (600 to 1600) overlap by 424 bytes", "move the blob: the table's part ends at 1024" },
        { "gptEntries: 57", "{ file: small, offset: 8K }", "overlap by 512 bytes", "gptEntries: 56" },
        { "partitionTable: mbr", "{ file: small, offset: 511 }", "MBR (440 to 512) and blob small (511 to 1511) overlap by 1 bytes", "move the blob" },
        { "partitionTable: mbr", "{ file: large, offset: 1040576 }", "blob large (1040576 to 1060576) and partition 1", "offset: 2M" },
        { "partitionTable: mbr", "{ file: large, offset: 2M }", "overlap by 20000 bytes", "let the partition end at 2097152, or begin behind the blob, at 3M" },
        { "partitionTable: mbr", "{ file: large, offset: 4K }, { file: small, offset: 24095 }", "blob large (4096 to 24096) and blob small (24095 to 25095) overlap by 1 bytes", "1 bytes less are enough" },
        { "size: 16M", "{ file: small, offset: 16776704 }", "backup GPT header", "enlarge image.size" },
        { "partitionTable: mbr, size: 16M", "{ file: large, offset: 16770000 }", "end of the disk", "enlarge image.size" },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void What_overlaps_is_refused_with_the_bytes_and_what_to_do(string keys, string blobs, string message, string fix)
    {
        BuildException exception = Assert.Throws<BuildException>(() => Build(keys, blobs));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(fix, exception.Fix, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["out.img"]));
    }

    [Theory]
    [InlineData("partitionTable: mbr", "{ file: large, offset: 512 }", 512)]
    [InlineData("partitionTable: mbr", "{ file: large, offset: 1028576 }", 1_028_576)]
    [InlineData("", "{ file: large, offset: 17408 }", 17_408)]
    [InlineData("gptEntries: 56", "{ file: large, offset: 8K }", 8192)]
    [InlineData("gptEntriesOffset: 512K", "{ file: large, offset: 8K }", 8192)]
    public void What_touches_is_not_refused(string keys, string blobs, int offset)
    {
        Build(keys, blobs);

        using FileStream file = File.OpenRead(_directory["out.img"]);
        file.Position = offset;
        byte[] bytes = new byte[20_000];
        file.ReadExactly(bytes);
        Assert.Equal(File.ReadAllBytes(_directory["large"]), bytes);
    }

    [ToolTheory("sgdisk", "sfdisk")]
    [InlineData("gptEntries: 56")]
    [InlineData("gptEntriesOffset: 512K")]
    public void A_table_that_made_room_is_valid(string keys)
    {
        Build(keys, "{ file: large, offset: 8K }");

        Assert.Contains("No problems found", Tool.Check("sgdisk", "-v", _directory["out.img"]), StringComparison.Ordinal);
        Assert.Contains("No errors detected", Tool.Check("sfdisk", "--verify", _directory["out.img"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_blob_behind_the_partitions_makes_the_disk_long_enough()
    {
        Build("partitionTable: mbr", "{ file: large, offset: 40M }");

        Assert.Equal(41 << 20, new FileInfo(_directory["out.img"]).Length);
    }

    [Fact]
    public void A_blob_fills_a_partition_without_content()
    {
        Build("", "{ file: large, offset: 3M }, { file: small, offset: 3670016 }", "{ size: 1M, offset: 3M }");

        byte[] disk = File.ReadAllBytes(_directory["out.img"]);
        Assert.All(disk[(3 << 20)..((3 << 20) + 20_000)], value => Assert.Equal(0xa5, value));
        Assert.Equal(0, disk[(3 << 20) + 20_000]);
        Assert.All(disk[3_670_016..3_671_016], value => Assert.Equal(0x5a, value));
    }

    [Theory]
    [InlineData("{ file: large, offset: 8K, maxSize: 19999 }", "20000 bytes, 1 more than its place of 19999", "smaller build")]
    [InlineData("{ file: empty, offset: 8K }", "the blob empty is empty", null)]
    public void A_file_that_does_not_fit_its_place_is_refused(string blob, string message, string? fix)
    {
        BuildException exception = Assert.Throws<BuildException>(() => Build("partitionTable: mbr", blob));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        if (fix is not null)
            Assert.Contains(fix, exception.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("blobs: [{ offset: 8K }]", "image.blobs[0]", "blob without a source")]
    [InlineData("blobs: [{ name: spl, offset: 8K }]", "image.blobs[0]", "blob without a source")]
    [InlineData("blobs: [{ tree: /spl, offset: 8K }]", "image.blobs[0].tree", "path in a system that is not there")]
    [InlineData("blobs: [{ file: Diecast.dll, tree: /spl, offset: 8K }]", "image.blobs[0]", "blob with two sources")]
    [InlineData("blobs: [{ file: Diecast.dll }]", "image.blobs[0]", "blob without a place")]
    [InlineData("blobs: [{ file: nowhere, offset: 8K }]", "image.blobs[0].file", "no such file")]
    [InlineData("blobs: [{ file: Diecast.dll, offset: 8K }, { name: Diecast.dll, file: Diecast.dll, offset: 9M }]", "image.blobs[1]", "blob given twice")]
    [InlineData("blobs: [{ file: Diecast.dll, offset: 8Q }]", "image.blobs[0].offset", "not a size")]
    [InlineData("gptEntries: 3", "image.gptEntries", "not a number of slots")]
    [InlineData("gptEntriesOffset: 1000", "image.gptEntriesOffset", "not a place for the table's slots")]
    [InlineData("partitionTable: mbr, gptEntries: 56", "image.gptEntries", "slots of a GPT without a GPT")]
    [InlineData("platform: arm65", "image.platform", "not a platform")]
    public void Faults_are_told_before_anything_is_done(string keys, string path, string what) =>
        Assert.Contains(Yaml.Errors($"image: {{ {keys}, partitions: [{{ fileSystem: ext4 }}] }}"), error => error.Path == path && error.Message.StartsWith(what, StringComparison.Ordinal));

    private void Build(string keys, string blobs, string partition = "{ fileSystem: ext4, size: 8M }")
    {
        string image = string.Join(", ", new[] { keys, $"partitions: [{partition}], blobs: [{blobs}]" }.Where(text => text.Length > 0));
        LoadedDefinition loaded = DefinitionReader.ReadText($"image: {{ {image} }}", "disk.yaml", _directory.Path, new DefinitionOverrides());
        ImageBuilder.Build(loaded, new BuildOptions { OutputPath = _directory["out.img"], Digest = OutputDigest.None });
    }
}
