using Diecast.Definitions;
using Diecast.ImageTypes;

namespace Diecast.Tests.Definitions;

public sealed class IncludeTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_changes_what_it_includes_key_by_key()
    {
        Write("common/base.yaml", """
            name: base
            system:
              base: { debian: { suite: bookworm, packages: [sudo], variant: minbase } }
              bootloader: { kind: grub, timeout: 5 }
              kernel: linux-image-amd64
              services: [ssh]
            """);
        Write("common/late.yaml", "system: { base: { debian: { suite: trixie } }, hostName: late }");
        Write("main.yaml", """
            include: [common/base.yaml, common/late.yaml]
            system:
              bootloader: { timeout: 3 }
              kernel: { arguments: [quiet] }
              services: [cron]
            """);
        LoadedDefinition loaded = DefinitionReader.Read(_directory["main.yaml"], new DefinitionOverrides
        {
            Set = ["system.services[+]=getty@tty1", "system.hostName=set"],
            Flags = [new FlagOverride("--format", "image.format", "qcow2")],
        });
        OperatingSystem system = loaded.Definition.System!;
        var debian = (DebianBase)system.Base;
        Assert.Equal("base", loaded.Definition.Name);
        Assert.Equal(("trixie", DebianVariant.Minbase), (debian.Suite, debian.Variant));
        Assert.Equal(["sudo"], debian.Packages);
        Assert.Equal(new BootloaderConfiguration { Kind = BootloaderKind.Grub, Timeout = 3 }, system.Bootloader);
        Assert.Equal(new Kernel { Package = "linux-image-amd64", Arguments = ["quiet"] }, system.Kernel);
        Assert.Equal([new EnabledUnit("cron"), new EnabledUnit("getty@tty1")], system.Services);
        Assert.Equal("set", system.HostName);
        Assert.Equal([DiskFormat.Qcow2], loaded.Definition.Image.Format);
        Assert.Equal(["main.yaml", "base.yaml", "late.yaml"], loaded.Files.Select(f => Path.GetFileName(f.Name)));
        Assert.EndsWith("base.yaml:5:11", loaded.Origins["system.kernel.package"]!.ToString());
        Assert.EndsWith("late.yaml:1:36", loaded.Origins["system.base.debian.suite"]!.ToString());
        Assert.Equal("--format qcow2", loaded.Origins["image.format"]!.ToString());
    }

    [Fact]
    public void Another_base_replaces_the_included_one()
    {
        Write("base.yaml", "system: { base: { debian: { suite: trixie } } }");
        Write("root/etc/hostname", "x");
        Write("main.yaml", "include: base.yaml\nsystem: { base: { directory: root } }");
        Assert.Equal(new DirectoryBase { Path = "root" }, Read("main.yaml").Definition.System!.Base);
    }

    [Fact]
    public void An_empty_value_takes_an_included_one_away()
    {
        Write("base.yaml", "system: { base: { debian: { suite: trixie } }, kernel: linux-image-amd64 }");
        Write("main.yaml", "include: base.yaml\nsystem: { kernel: }");
        Assert.Null(Read("main.yaml").Definition.System!.Kernel);
    }

    [Fact]
    public void Paths_start_from_the_file_that_names_them()
    {
        Write("common/site/index.html", "x");
        Write("common/base.yaml", "image: { partitions: [{ fileSystem: ext4, content: { directory: site } }] }");
        Write("main.yaml", "include: common/base.yaml");
        Assert.Equal(new DirectoryContent { Path = "common/site" }, Read("main.yaml").Definition.Image.Partitions[0].Content);
    }

    [Fact]
    public void The_digest_does_not_tell_one_place_or_split_from_another()
    {
        Write("one/main.yaml", "name: x\nimage: { size: 4G, partitions: [{ fileSystem: ext4 }] }");
        Write("two/part.yaml", "image: { size: 4G }");
        Write("two/main.yaml", "include: part.yaml\nname: x\nimage: { partitions: [{ fileSystem: ext4 }] }");
        Assert.Equal(Read("one/main.yaml").Digest, Read("two/main.yaml").Digest);
    }

    [Fact]
    public void A_board_s_ready_made_system_is_included_by_its_name()
    {
        Write("main.yaml", "include: board:pine64\nsystem: { timezone: America/Indiana/Indianapolis, base: { debian: { suite: sid } } }");
        LoadedDefinition loaded = DefinitionReader.Read(_directory["main.yaml"], new DefinitionOverrides { Set = ["system.kernel.package=linux-image-rt-arm64"] });

        OperatingSystem barebones = Boards.Pine64.Barebones;
        Assert.Equal("main", loaded.Definition.Name);
        Assert.Equal("pine64-raw", loaded.Definition.Image.Type);
        Assert.Equal(
            barebones with
            {
                Timezone = "America/Indiana/Indianapolis",
                Base = (DebianBase)barebones.Base with { Suite = "sid" },
                Kernel = barebones.Kernel! with { Package = "linux-image-rt-arm64" },
            },
            loaded.Definition.System);
        Assert.StartsWith("board:pine64:", loaded.Origins["system.kernel.arguments[0]"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("board:pine64:", loaded.Origins["image.type"]!.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("main.yaml:2:76", loaded.Origins["system.base.debian.suite"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("--set ", loaded.Origins["system.kernel.package"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_board_can_be_included_and_is_its_ready_made_system()
    {
        foreach (Board board in Boards.All)
        {
            Write("main.yaml", $"include: board:{board.Name}");
            Assert.Equal(board.Barebones, DefinitionReader.Read(_directory["main.yaml"], new DefinitionOverrides { Set = [.. board.Blobs.Where(blob => blob.Tree is null).Select(blob => $"image.blobs[+]={{ name: {blob.Name}, file: main.yaml }}")] }).Definition.System);
        }
    }

    [Theory]
    [InlineData("pine46", "did you mean board:pine64?")]
    [InlineData("visionfive-2-raw", "did you mean board:visionfive2?")]
    [InlineData("toaster", "take one of them, or ./board:toaster for a file of that name")]
    public void An_unknown_board_is_told_with_the_known_ones(string name, string fix)
    {
        Write("main.yaml", $"include: 'board:{name}'");
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => Read("main.yaml")).Errors);
        Assert.Equal(("no such board", fix), (error.Message, error.Fix));
        Assert.Contains("pine64, pinebook-pro, ", error.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_circle_of_includes_is_told_with_its_files()
    {
        Write("a.yaml", "include: b.yaml");
        Write("b.yaml", "include: sub/../a.yaml");
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => Read("a.yaml")).Errors);
        Assert.Equal("includes itself", error.Message);
        Assert.EndsWith("b.yaml:1:10", error.Position!.ToString());
        Assert.Contains("a.yaml > ", error.Rule);
    }

    [Fact]
    public void Faults_of_a_definition_are_told_beside_an_include_that_is_not_there()
    {
        Write("a.yaml", "include: nowhere.yaml\nimage: { size: big, sise: 1 }\n");
        IReadOnlyList<DefinitionError> errors = Assert.Throws<DefinitionException>(() => Read("a.yaml")).Errors;
        Assert.Equal(["no such file", "not a size or auto", "unknown key"], errors.Select(e => e.Message));
        Assert.Contains(_directory["nowhere.yaml"], errors[0].Rule);
    }

    [Fact]
    public void An_include_many_times_over_is_bounded()
    {
        for (int i = 0; i < 20; i++)
            Write($"{i}.yaml", $"include: [{i + 1}.yaml, {i + 1}.yaml]");
        Write("20.yaml", "name: x");
        Assert.Contains("too many files", Assert.Throws<DefinitionException>(() => Read("0.yaml")).Errors.Select(e => e.Message));
    }

    [Theory]
    [InlineData("image.size=4Q", "image.size", "not a size or auto")]
    [InlineData("image.sise=4G", "image.sise", "unknown key")]
    [InlineData("image.partitions[3].label=x", "image.partitions", "no such item")]
    [InlineData("image.partitions[x].label=x", "", "not a path")]
    [InlineData("image..size=1", "", "not a path")]
    [InlineData("image.size", "", "no value")]
    [InlineData("image.size=[", "", "not YAML")]
    public void Faults_of_an_assignment_name_it(string assignment, string path, string message)
    {
        DefinitionError error = Yaml.Error(Yaml.Disk, assignment);
        Assert.Equal((path, message), (error.Path, error.Message));
        Assert.Equal($"--set {assignment}", error.Position!.ToString());
    }

    [Fact]
    public void An_assignment_reaches_items_and_short_forms()
    {
        Definition definition = Yaml.Read(Yaml.Disk, "image.partitions[0].fileSystem.label=data", "image.partitions[0].size=64M", "image.partitions[+]={label: more}");
        Assert.Equal(new PartitionFileSystem { Type = FileSystemType.Ext4, Label = "data" }, definition.Image.Partitions[0].FileSystem);
        Assert.Equal(ByteSize.MiB(64), definition.Image.Partitions[0].Size.Exact);
        Assert.Equal("more", definition.Image.Partitions[1].Label);
        Assert.Equal(ImageSize.Auto, Yaml.Read(Yaml.Disk, "image.size=4G", "image.size=").Image.Size);
    }

    [Fact]
    public void An_assignment_reaches_labels_whose_names_have_dots()
    {
        Definition definition = Yaml.Read(
            "name: x\nsystem: { base: { directory: . } }\nimage: { type: docker, container: { labels: { version: 1, org.example.title: old, kept: yes } } }",
            "image.container.labels.version=2.0",
            "image.container.labels.a-b_c=no",
            "image.container.labels.\"org.example.title\"=new = title",
            "image.container.labels.\"a=b[0]\"=c");
        Assert.Equal(
            [new("version", "2.0"), new("org.example.title", "new = title"), new("kept", "yes"), new("a-b_c", "no"), new("a=b[0]", "c")],
            definition.Image.Container!.Labels);
        DefinitionError error = Yaml.Error(Yaml.Disk, "image.\"size=4G");
        Assert.Equal("no value", error.Message);
    }

    private LoadedDefinition Read(string name) => DefinitionReader.Read(_directory[name]);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory[name])!);
        File.WriteAllText(_directory[name], text);
    }
}
