using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>Profiles of a definition, and image types in files.</summary>
public sealed class ProfileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_profile_lies_over_the_files_and_under_assignments()
    {
        Write("base.yaml", """
            image: { size: 1G, partitions: [{ fileSystem: ext4 }] }
            profiles:
              large: { image: { size: 2G, sectorSize: 4096 } }
            """);
        Write("main.yaml", """
            include: base.yaml
            profiles:
              large: { image: { size: 3G } }
              other: { name: other }
            """);

        Assert.Equal(ByteSize.GiB(1), Read().Image.Size.Exact);
        Definition large = Read(profiles: ["large"]);
        Assert.Equal((ByteSize.GiB(3), 4096, "main"), (large.Image.Size.Exact, large.Image.SectorSize, large.Name));
        Definition both = Read(profiles: ["large", "other"], set: ["image.size=5G"]);
        Assert.Equal((ByteSize.GiB(5), "other"), (both.Image.Size.Exact, both.Name));
    }

    [Fact]
    public void Of_two_profiles_the_later_wins()
    {
        Write("main.yaml", """
            image: { partitions: [{ fileSystem: ext4 }] }
            profiles: { one: { name: one }, two: { name: two } }
            """);
        Assert.Equal("two", Read(profiles: ["one", "two"]).Name);
        Assert.Equal("one", Read(profiles: ["two", "one"]).Name);
    }

    [Fact]
    public void Faults_of_profiles_are_told_with_their_places_whether_they_are_used_or_not()
    {
        Write("main.yaml", """
            image: { partitions: [{ fileSystem: ext4 }] }
            profiles:
              debug: { imag: { size: 4G } }
              Large: { name: x }
              list: [1]
            """);
        IReadOnlyList<DefinitionError> errors = Assert.Throws<DefinitionException>(() => Read()).Errors;
        Assert.Equal(
            [("profiles.debug.imag", "unknown key", "3:12"), ("profiles.Large", "not a name", "4:3"), ("profiles.list", "a list where a profile belongs", "5:9")],
            errors.Select(e => (e.Path, e.Message, string.Join(':', e.Position!.ToString()!.Split(':')[^2..]))));
    }

    [Fact]
    public void A_profile_that_is_not_there_is_told_with_those_that_are()
    {
        Write("main.yaml", """
            image: { partitions: [{ fileSystem: ext4 }] }
            profiles: { debug: { name: x }, production: }
            """);
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => Read(profiles: ["debgu"])).Errors);
        Assert.Equal(("no such profile", "the definition has debug, production", "did you mean debug?"), (error.Message, error.Rule, error.Fix));
        Assert.Equal("--profile debgu", error.Position!.ToString());
        Assert.Equal("main", Read(profiles: ["production"]).Name);
    }

    [Fact]
    public void An_image_type_of_a_file_lies_under_the_definition()
    {
        Write("types/board.yaml", """
            description: a board
            extends: data
            image:
              partitionTable: gpt
              size: 64M
              partitions: [{ label: boot, fileSystem: vfat }, { label: rest, fileSystem: ext4, content: { directory: site } }]
            """);
        Write("types/site/index.html", "x");
        Write("types/large-board.yaml", "description: a large board\nextends: board\nimage: { size: 128M }");
        Write("main.yaml", "image: { type: large-board, sectorSize: 4096 }");

        Definition definition = Read();
        Assert.Equal((ByteSize.MiB(128), PartitionTableType.Gpt, 4096), (definition.Image.Size.Exact, definition.Image.PartitionTable, definition.Image.SectorSize));
        Assert.Equal(["boot", "rest"], definition.Image.Partitions.Select(partition => partition.Label));
        Assert.Equal(new DirectoryContent { Path = "types/site" }, definition.Image.Partitions[1].Content);
        Assert.Equal(["large-board"], definition.Types.Select(type => type.Name));
        Assert.Equal("board", Read(type: "board").Image.Type);
        Assert.Equal(ByteSize.MiB(64), Read(type: "board").Image.Size.Exact);
    }

    [Fact]
    public void The_first_directory_that_has_a_type_gives_it()
    {
        Write("types/board.yaml", "description: beside\nextends: data\nimage: { size: 64M }");
        Write("a/board.yaml", "description: first\nextends: data\nimage: { size: 65M }");
        Write("b/board.yaml", "description: second\nextends: data\nimage: { size: 66M }");
        Write("main.yaml", "image: { type: board, partitions: [{ fileSystem: ext4 }] }");
        Assert.Equal(ByteSize.MiB(64), Read().Image.Size.Exact);
        Assert.Equal(ByteSize.MiB(65), Read(types: [_directory["a"], _directory["b"]]).Image.Size.Exact);
        Assert.Equal(["first"], DefinitionReader.ReadTypes([_directory["a"], _directory["b"]], _directory.Path).Select(type => type.Description));
    }

    [Fact]
    public void A_type_of_a_consumer_brings_its_formats_with_the_flag()
    {
        Write("types/our-cloud.yaml", "description: our cloud\nextends: azure");
        Write("main.yaml", "image: { format: qcow2, partitions: [{ fileSystem: ext4 }] }");
        Assert.Equal(["vhd"], Read(type: "our-cloud").Image.Format.Select(format => format.Name));
    }

    [Theory]
    [InlineData("extends: data", "description", "missing")]
    [InlineData("description: x\nextends: dada", "extends", "no such image type")]
    [InlineData("description: x\nextends: board", "extends", "no such image type")]
    [InlineData("description: x\nimages: {}", "images", "unknown key")]
    [InlineData("- x", "", "not an image type")]
    public void Faults_of_a_type_are_told_in_its_file(string text, string path, string message)
    {
        Write("types/board.yaml", text);
        Write("main.yaml", "image: { type: board, partitions: [{ fileSystem: ext4 }] }");
        IReadOnlyList<DefinitionError> errors = Assert.Throws<DefinitionException>(() => Read()).Errors;
        Assert.Contains(errors, error => error.Path == path && (error.Message == message || message == "no such image type")
            && error.Position!.ToString()!.Contains("board.yaml", StringComparison.Ordinal));
    }

    [Fact]
    public void A_type_in_csharp_is_one_as_those_that_are_built_in()
    {
        var type = new ImageType("mine", "my own", (_, image) => image with { PartitionTable = PartitionTableType.Mbr });
        var definition = new Definition
        {
            Name = "x",
            Types = [type with { NeedsSystem = false }],
            Image = new Image { Type = "mine", Partitions = [new Partition { FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4 } }] },
        };

        Assert.Equal(PartitionTableType.Mbr, ImageBuilder.Complete(LoadedDefinition.Of(definition).Definition).PartitionTable);
        LoadedDefinition overridden = LoadedDefinition.Of(definition, new DefinitionOverrides { Set = ["image.size=64M"] });
        Assert.Equal(PartitionTableType.Mbr, ImageBuilder.Complete(overridden.Definition).PartitionTable);
        Assert.Throws<DefinitionException>(() => LoadedDefinition.Of(definition with { Types = [] }));
    }

    private Definition Read(
        IReadOnlyList<string>? profiles = null, IReadOnlyList<string>? set = null, string? type = null, IReadOnlyList<string>? types = null) =>
        DefinitionReader.Read(_directory["main.yaml"], new DefinitionOverrides
        {
            Profiles = (profiles ?? []).ToValueList(),
            Set = (set ?? []).ToValueList(),
            TypeDirectories = (types ?? []).ToValueList(),
            Flags = type is null ? [] : [new FlagOverride("--type", "image.type", type)],
        }).Definition;

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[path])!);
        File.WriteAllText(_directory[path], text);
    }
}
