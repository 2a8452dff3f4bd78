using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>Keys of containers and WSL: where they belong, and what they may be.</summary>
public sealed class ContainerRuleTests
{
    [Theory]
    [InlineData("type: docker, size: 1G", "image.size", 3)]
    [InlineData("type: tarball, partitions: [{ fileSystem: ext4 }]", "image.partitions", 3)]
    [InlineData("type: oci, partitionTable: gpt", "image.partitionTable", 3)]
    [InlineData("type: wsl2, sectorSize: 4096", "image.sectorSize", 3)]
    [InlineData("type: docker, sizeMultiple: 1M", "image.sizeMultiple", 3)]
    [InlineData("type: disk, compression: xz", "image.compression", 3)]
    [InlineData("type: disk, maxLayers: 5", "image.maxLayers", 3)]
    [InlineData("type: tarball, sharedNetwork: yes", "image.sharedNetwork", 3)]
    [InlineData("type: wsl2, container: { tag: a }", "image.container", 3)]
    [InlineData("type: docker, wsl: { name: a }", "image.wsl", 3)]
    [InlineData("type: docker, maxLayers: 0", "image.maxLayers", 3)]
    [InlineData("type: docker, maxLayers: 126", "image.maxLayers", 3)]
    [InlineData("type: docker, compression: xz", "image.compression", 3)]
    [InlineData("type: wsl2, compression: zstd", "image.compression", 3)]
    [InlineData("type: docker, format: qcow2", "image.format[0]", 3)]
    [InlineData("type: disk, format: docker", "image.format[0]", 3)]
    [InlineData("type: tarball, format: docker", "image.format[0]", 3)]
    [InlineData("type: docker, format: { name: docker, options: { level: 13 } }", "image.format[0].options.level", 3)]
    [InlineData("type: docker, format: { name: oci, options: { oci: on } }", "image.format[0].options.oci", 3)]
    [InlineData("type: docker, container: { repository: Server }", "image.container.repository", 3)]
    [InlineData("type: docker, container: { repository: a//b }", "image.container.repository", 3)]
    [InlineData("type: docker, container: { tag: -a }", "image.container.tag", 3)]
    [InlineData("type: docker, container: { ports: [65536] }", "image.container.ports[0]", 3)]
    [InlineData("type: docker, container: { ports: [80/icmp] }", "image.container.ports[0]", 3)]
    [InlineData("type: docker, container: { user: \"a b\" }", "image.container.user", 3)]
    [InlineData("type: docker, container: { workingDirectory: srv }", "image.container.workingDirectory", 3)]
    [InlineData("type: docker, container: { stopSignal: term }", "image.container.stopSignal", 3)]
    [InlineData("type: docker, container: { architecture: x86/64 }", "image.container.architecture", 3)]
    [InlineData("type: docker, container: { environment: { A=B: c } }", "image.container.environment.A=B", 3)]
    [InlineData("type: docker, container: { labels: [a] }", "image.container.labels", 3)]
    [InlineData("type: docker, container: { entrypoint: [\"\"] }", "image.container.entrypoint", 3)]
    [InlineData("type: wsl2, wsl: { name: \"a b\" }", "image.wsl.name", 3)]
    public void Keys_that_do_not_go_with_the_type_or_their_rule_are_told_with_their_place(string image, string path, int line)
    {
        DefinitionError error = Assert.Single(Errors($"name: a\nsystem: {{ base: {{ directory: . }} }}\nimage: {{ {image} }}\n"));
        Assert.Equal((path, line), (error.Path, error.Position?.Line));
    }

    [Theory]
    [InlineData("users: [{ name: ada, passwordHash: $6$salt$OoBHB.Vl4hf2EP5G44yxnfE5EM56xC1yA7RK05kmsMLbcDXsgS5MxNtwjz8iz0IpmFkLXCLu3oO88pIUl46uR/ }]", "system.users[0].passwordHash")]
    [InlineData("files: [{ target: /etc/wsl.conf, text: a }]", "system.files[0].target")]
    [InlineData("files: [{ target: /etc/motd, text: a }, { target: /etc/wsl-distribution.conf, text: a }]", "system.files[1].target")]
    public void What_a_distribution_may_not_have_is_told_with_its_place(string system, string path)
    {
        string text = $"name: a\nsystem:\n  base: {{ directory: . }}\n  {system}\nimage: {{ type: TYPE }}\n";
        Assert.Empty(Errors(text.Replace("TYPE", "tarball", StringComparison.Ordinal)));
        DefinitionError error = Assert.Single(Errors(text.Replace("TYPE", "wsl2", StringComparison.Ordinal)));
        Assert.Equal((path, 4), (error.Path, error.Position?.Line));
        Assert.DoesNotContain("salt", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_user_of_a_distribution_is_declared()
    {
        const string Text = "name: a\nsystem: { base: { debian: { suite: trixie } }, users: [{ name: ada }] }\nimage: { type: wsl2, wsl: { defaultUser: NAME } }\n";
        Assert.Empty(Errors(Text.Replace("NAME", "ada", StringComparison.Ordinal)));
        Assert.Empty(Errors(Text.Replace("NAME", "root", StringComparison.Ordinal)));
        Assert.Equal("image.wsl.defaultUser", Assert.Single(Errors(Text.Replace("NAME", "bob", StringComparison.Ordinal))).Path);
    }

    [Theory]
    [InlineData("server")]
    [InlineData("registry.example.org:5000/team/a__b/c-d.e")]
    [InlineData("localhost/a")]
    public void Names_of_images_are_dockers(string name) =>
        Assert.Empty(Errors($"name: a\nsystem: {{ base: {{ directory: . }} }}\nimage: {{ type: docker, container: {{ repository: {name} }} }}\n"));

    private static IReadOnlyList<DefinitionError> Errors(string text)
    {
        try
        {
            _ = DefinitionReader.ReadText(text, "a.yaml", Checkout.PathOf("tests"));
            return [];
        }
        catch (DefinitionException exception)
        {
            return exception.Errors;
        }
    }
}
