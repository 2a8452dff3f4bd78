using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

public sealed class DefinitionReaderTests
{
    [Fact]
    public void Scalars_are_text_until_their_key_types_them()
    {
        Definition definition = Yaml.Read("""
            name: 2025
            system:
              base: { directory: . }
              hostName: 123
              files: [{ target: /etc/x, text: yes, mode: 0644 }, { target: /etc/y, text: null, mode: 4755 }]
            image:
              size: 4G
              partitions:
                - label: no
                  uuid: 12345678-90AB-CDEF-1234-567890ABCDEF
                  size: 512M
                  fileSystem: ext4
                  mountPoint: /
                  bootable: on
            """);
        Assert.Equal("2025", definition.Name);
        Assert.Equal("123", definition.System!.HostName);
        Assert.Equal("yes", definition.System.Files[0].Text);
        Assert.Equal(Convert.ToInt32("644", 8), definition.System.Files[0].Mode);
        Assert.Equal("null", definition.System.Files[1].Text);
        Assert.Equal(Convert.ToInt32("4755", 8), definition.System.Files[1].Mode);
        Partition partition = definition.Image.Partitions[0];
        Assert.Equal("no", partition.Label);
        Assert.Equal(new Guid("12345678-90ab-cdef-1234-567890abcdef"), partition.Uuid);
        Assert.Equal(ByteSize.MiB(512), partition.Size.Exact);
        Assert.True(partition.Bootable);
    }

    [Fact]
    public void Short_and_long_forms_are_the_same()
    {
        Definition brief = Yaml.Read("""
            system:
              base: { directory: . }
              kernel: linux-image-amd64
              keyboard: fr
              initrd: distribution
              bootloader: grub
              groups: [makers]
              services: [ssh, { getty: ttyS0 }, { mask: a }, { disable: b }]
            """);
        Definition full = Yaml.Read("""
            system:
              base: { directory: { path: ., ownership: root } }
              kernel: { package: linux-image-amd64 }
              keyboard: { layout: fr }
              initrd: { kind: distribution }
              bootloader: { kind: grub, timeout: 1 }
              groups: [{ name: makers }]
              services: [{ enable: ssh }, { getty: ttyS0 }, { mask: a }, { disable: b }]
            """);
        Assert.Equal(brief, full);
        Assert.Equal([new EnabledUnit("ssh"), new SerialGetty("ttyS0"), new MaskedUnit("a"), new DisabledUnit("b")], full.System!.Services);
    }

    [Theory]
    [InlineData("1754697600", 1754697600)]
    [InlineData("2025-08-09", 1754697600)]
    [InlineData("2025-08-09T02:00:00+02:00", 1754697600)]
    [InlineData("2025-08-09T00:00:01Z", 1754697601)]
    [InlineData("0", 0)]
    public void An_epoch_is_seconds_or_a_date(string text, long seconds) =>
        Assert.Equal(seconds, Yaml.Read(Yaml.Disk + $"epoch: {text}").Epoch);

    [Theory]
    [InlineData("2025-08-09T00:00:00")]
    [InlineData("yesterday")]
    [InlineData("-1")]
    [InlineData("253402300800")]
    public void A_time_without_a_zone_or_out_of_range_is_refused(string text) =>
        Assert.Equal("epoch", Yaml.Error(Yaml.Disk + $"epoch: {text}").Path);

    [Theory]
    [InlineData("512", 512L)]
    [InlineData("512B", 512L)]
    [InlineData("1k", 1024L)]
    [InlineData("1.5G", 1610612736L)]
    [InlineData("7P", 7L << 50)]
    [InlineData("512MiB", 512L << 20)]
    public void Sizes(string text, long bytes) => Assert.Equal(new ByteSize(bytes), ByteSize.TryParse(text));

    [Theory]
    [InlineData("512MB")]
    [InlineData("5iB")]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("0.3")]
    [InlineData("9000P")]
    [InlineData("1e3")]
    [InlineData("M")]
    public void Not_sizes(string text) => Assert.Null(ByteSize.TryParse(text));

    [Fact]
    public void The_name_is_the_files_own_when_none_is_given()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["a-disk.yaml"], Yaml.Disk);
        Assert.Equal("a-disk", DefinitionReader.Read(directory["a-disk.yaml"]).Definition.Name);
        File.WriteAllText(directory["a disk.yaml"], Yaml.Disk);
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.Read(directory["a disk.yaml"])).Errors);
        Assert.Equal("name", error.Path);
        Assert.Equal("try a-disk", error.Fix);
    }

    [Fact]
    public void An_empty_value_is_the_default()
    {
        Definition definition = Yaml.Read(Yaml.Disk + "seed:\nepoch: ~\n");
        Assert.Null(definition.Seed);
        Assert.Null(definition.Epoch);
        Assert.Equal("''", Yaml.Read("image: { partitions: [{ fileSystem: { type: ext4, label: \"''\" } }] }").Image.Partitions[0].FileSystem!.Label);
    }

    [Fact]
    public void Anchors_and_aliases_are_read()
    {
        Definition definition = Yaml.Read("""
            image:
              partitions:
                - { label: a, fileSystem: &ext { type: ext4 } }
                - { label: b, fileSystem: *ext }
            """);
        Assert.Equal(definition.Image.Partitions[0].FileSystem, definition.Image.Partitions[1].FileSystem);
    }

    [Fact]
    public void Every_value_knows_where_it_is_written()
    {
        LoadedDefinition loaded = Yaml.Load("""
            name: x
            system:
              base: { directory: . }
              bootloader: none
              services: [ssh]
            image:
              size: 4G
            """, "image.sectorSize=4096");
        Assert.Equal("test.yaml:4:15", loaded.Origins["system.bootloader.kind"]!.ToString());
        Assert.Equal("test.yaml:5:14", loaded.Origins["system.services[0].enable"]!.ToString());
        Assert.Equal("test.yaml:7:9", loaded.Origins["image.size"]!.ToString());
        Assert.Equal("--set image.sectorSize=4096", loaded.Origins["image.sectorSize"]!.ToString());
        Assert.Null(loaded.Origins["image.format"]);
        Assert.Equal("test.yaml:7:3", loaded.Origins.Nearest("image.format")!.ToString());

        IReadOnlyList<EffectiveValue> rows = DefinitionPrinter.Rows(loaded.Definition, loaded.Origins);
        Assert.Contains(new EffectiveValue("image.sizeMultiple", null, null), rows);
        Assert.Equal("default", rows.Single(r => r.Path == "image.sizeMultiple").Origin);
        Assert.Equal("test.yaml:7:9", rows.Single(r => r.Path == "image.size").Origin);
        Assert.Equal("4G", rows.Single(r => r.Path == "image.size").Value);
    }

    [Fact]
    public void Culture_does_not_matter()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            LoadedDefinition here = Yaml.Load(Yaml.Disk + "epoch: 2025-08-09\n", "image.size=1.5G");
            var strange = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
            strange.NumberFormat.NumberDecimalSeparator = ",";
            strange.NumberFormat.NegativeSign = "~";
            strange.DateTimeFormat.DateSeparator = "|";
            System.Globalization.CultureInfo.CurrentCulture = strange;
            LoadedDefinition there = Yaml.Load(Yaml.Disk + "epoch: 2025-08-09\n", "image.size=1.5G");
            Assert.Equal(here.Definition, there.Definition);
            Assert.Equal(here.Digest, there.Digest);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void The_digest_is_of_values_and_not_of_their_form()
    {
        string digest = Yaml.Load("name: a\n" + Yaml.Disk).Digest;
        Assert.Equal(digest, Yaml.Load("# comment\nimage:\n  size: auto\n  partitions:\n  - fileSystem: {type: 'ext4'}\nname: \"a\"\n").Digest);
        Assert.Equal(digest, Yaml.Load("name: a\n" + Yaml.Disk, "image.format=qcow2").Digest);
        Assert.NotEqual(digest, Yaml.Load("name: b\n" + Yaml.Disk).Digest);
        Assert.NotEqual(digest, Yaml.Load("name: a\n" + Yaml.Disk, "image.size=4G").Digest);
        // sha256sum of the canonical text. When it changes, so do the ids in every image that has no seed of its own.
        Assert.Equal("3ce57510d8962d0953ab51cdbea7936198a0b6b3cd779e2a11a8003f79ae435a", digest);
        LoadedDefinition loaded = Yaml.Load("name: a\n" + Yaml.Disk);
        Assert.Equal(8, loaded.Seed.Version);
        Assert.Equal(digest[..8], loaded.Seed.ToString()[..8]);
        Assert.Equal(new Guid("2f9a6c1e-5d9f-4a3b-8c47-1b2d3e4f5a6b"), Yaml.Load(Yaml.Disk, "seed=2f9a6c1e-5d9f-4a3b-8c47-1b2d3e4f5a6b").Seed);
    }
}
