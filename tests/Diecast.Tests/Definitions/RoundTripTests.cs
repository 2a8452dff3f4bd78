using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>What is printed reads back as the same value.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData("examples/debian-server.yaml")]
    [InlineData("examples/directory.yaml")]
    [InlineData("examples/appliance.yaml")]
    [InlineData("tests/Diecast.Tests/Definitions/everything.yaml")]
    public void A_printed_file_reads_back_the_same(string file)
    {
        LoadedDefinition loaded = DefinitionReader.Read(Checkout.PathOf(file));
        string canonical = DefinitionPrinter.ToYaml(loaded.Definition);
        LoadedDefinition again = DefinitionReader.ReadText(canonical, file, loaded.Definition.Directory);
        Assert.Equal(loaded.Definition, again.Definition);
        Assert.Equal(loaded.Digest, again.Digest);
        Assert.Equal(canonical, DefinitionPrinter.ToYaml(again.Definition));
    }

    [Fact]
    public void Any_text_reads_back_the_same()
    {
        var random = new Random(20250809);
        string[] pieces =
        [
            "a", "Z", "0", " ", "  ", "\n", "\t", "\"", "'", "\\", ":", ": ", " #", "#", "-", "- ", "~", "&", "*", "!", "%", "@", "`", "{", "}",
            "[", "]", ",", "|", ">", "?", "é", "\u0085", "\u00A0", "\u2028", "\uFEFF", "\uFFFD", "𝄞", "\r", "\u0001", "\u007F", "null", "yes", "<<", "---", "...",
        ];
        for (int i = 0; i < 3000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var definition = new Definition
            {
                Name = "x",
                Directory = AppContext.BaseDirectory,
                System = new OperatingSystem { Base = new DirectoryBase { Path = "." }, Files = [new SystemFile { Target = "/x", Text = text }] },
            };
            string yaml = DefinitionPrinter.ToYaml(definition);
            Definition again = DefinitionReader.ReadText(yaml, "x.yaml", AppContext.BaseDirectory).Definition;
            Assert.Equal(text, again.System!.Files[0].Text);
        }
    }

    [Fact]
    public void The_canonical_form_of_the_server_is_this()
    {
        Definition definition = DefinitionReader.Read(Checkout.PathOf("examples/debian-server.yaml")).Definition;
        string[] lines = DefinitionPrinter.ToYaml(definition).Split('\n');
        Assert.Equal(
            [
                "name: vignemale", "system:", "  base:", "    debian:", "      suite: trixie", "      packages:", "        - openssh-server",
                "        - sudo", "        - systemd-resolved", "        - iproute2", "  hostName: vignemale", "  timezone: Europe/Paris", "  locale: en_US.UTF-8",
                "  kernel:", "    package: linux-image-cloud-amd64", "    arguments:", "      - console=ttyS0", "  bootloader: grub",
                "  users:", "    - name: ada",
            ],
            lines[..20]);
        Assert.Equal(["image:", "  type: disk", "  format: qcow2", "  size: 4G", ""], lines[^5..]);
    }

    [Fact]
    public void Every_row_can_be_set_to_what_it_says()
    {
        LoadedDefinition loaded = DefinitionReader.Read(Checkout.PathOf("tests/Diecast.Tests/Definitions/everything.yaml"));
        var overrides = new DefinitionOverrides
        {
            Set = [.. DefinitionPrinter.Rows(loaded.Definition).Where(r => r.Value is not null).Select(r => $"{r.Path}={r.Value}")],
        };
        LoadedDefinition again = DefinitionReader.Read(Checkout.PathOf("tests/Diecast.Tests/Definitions/everything.yaml"), overrides);
        Assert.Equal(loaded.Definition, again.Definition);
        Assert.Equal("--set name=everything", again.Origins["name"]!.ToString());
    }
}
