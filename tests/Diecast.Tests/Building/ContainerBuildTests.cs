using System.Text.Json;
using Diecast.Bases;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;
using Diecast.Tests.Cli;

namespace Diecast.Tests.Building;

/// <summary>Images that are no disk, from a definition to the file.</summary>
public sealed class ContainerBuildTests
{
    [Theory]
    [InlineData("none", "small.tar", "tar")]
    [InlineData("gzip", "small.tar.gz", "gzip -t")]
    [InlineData("xz", "small.tar.xz", "xz -t")]
    [InlineData("zstd", "small.tar.zst", "zstd -tq")]
    public void A_tarball_is_compressed_as_it_says_and_holds_the_tree(string compression, string name, string check)
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, $"type: tarball, compression: {compression}"));

        string[] words = check.Split(' ');
        if (words.Length > 1)
            Tool.Check(words[0], [.. words[1..], directory["out/" + name]]);
        FileTree tree = ReadTar(directory["out/" + name]);
        Assert.Equal("small\n", tree.ReadText("/etc/hostname"));
        Assert.Equal("", tree.ReadText("/etc/machine-id"));
        // A machine's files stay: it may be unpacked on one.
        Assert.NotNull(tree.Find("/etc/fstab"));
        Assert.NotNull(tree.Find("/boot/vmlinuz-6.12"));
    }

    [Fact]
    public void The_name_of_a_tarball_tells_its_compression()
    {
        using var directory = new TempDirectory();
        string definition = Definition(directory, "type: tarball");
        CommandLine.Result built = CommandLine.Run("build", definition, "--quiet", "--output", directory["a.tar.zst"]);
        Assert.True(built.ExitCode == 0, built.Error);
        using FileStream file = File.OpenRead(directory["a.tar.zst"]);
        byte[] start = new byte[6];
        file.ReadExactly(start);
        Assert.Equal(CompressionFormat.Zstd, Decompression.Detect(start));
    }

    [Fact]
    public void One_build_writes_all_formats_and_each_has_the_bytes_that_it_has_alone()
    {
        using var directory = new TempDirectory();
        string definition = Definition(directory, "type: docker");
        string[] formats = ["docker", "oci", "oci-dir", "tarball"];
        CommandLine.Result all = CommandLine.Run(["build", definition, "--json", "--output", directory["out/"], .. formats.SelectMany(format => (string[])["--format", format])]);
        Assert.True(all.ExitCode == 0, all.Error);

        using JsonDocument report = JsonDocument.Parse(all.Output);
        JsonElement[] outputs = [.. report.RootElement.GetProperty("outputs").EnumerateArray()];
        Assert.Equal(formats.Order(), outputs.Select(output => output.GetProperty("format").GetString()).Order());
        foreach (JsonElement output in outputs)
        {
            string format = output.GetProperty("format").GetString()!;
            string path = output.GetProperty("path").GetString()!;
            CommandLine.Result one = CommandLine.Run("build", definition, "--json", "--format", format, "--output", directory["alone/"]);
            Assert.True(one.ExitCode == 0, one.Error);
            using JsonDocument alone = JsonDocument.Parse(one.Output);
            Assert.Equal(output.GetProperty("sha256").GetString(), alone.RootElement.GetProperty("outputs")[0].GetProperty("sha256").GetString());
            Assert.Equal(Files(path), Files(alone.RootElement.GetProperty("outputs")[0].GetProperty("path").GetString()!));
        }

        // Layers and documents are the same, whatever they are in.
        Assert.Equal(Open(directory["out/small.docker.tar"]).ManifestDigest, Open(directory["out/small.oci"]).ManifestDigest);
        Assert.Equal(Open(directory["out/small.oci.tar"]).ManifestDigest, Open(directory["out/small.oci"]).ManifestDigest);
    }

    [Fact]
    public void A_layouts_directory_takes_the_place_of_an_older_one_and_of_nothing_else()
    {
        using var directory = new TempDirectory();
        string definition = Definition(directory, "type: oci, format: oci-dir");
        for (int i = 0; i < 2; i++)
        {
            CommandLine.Result built = CommandLine.Run("build", definition, "--quiet", "--output", directory["layout"], "--set", $"image.container.tag=t{i}");
            Assert.True(built.ExitCode == 0, built.Error);
            Assert.Equal(["t" + i], Open(directory["layout"]).References.Where(name => !name.Contains(':')));
        }

        Directory.CreateDirectory(directory["mine/small.oci"]);
        File.WriteAllText(directory["mine/small.oci/thesis.tex"], "years of work");
        CommandLine.Result refused = CommandLine.Run("build", definition, "--quiet", "--output", directory["mine/"]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("other files", refused.Error, StringComparison.Ordinal);
        Assert.Equal(["small.oci"], Directory.GetFileSystemEntries(directory["mine"]).Select(Path.GetFileName));
        Assert.Equal("years of work", File.ReadAllText(directory["mine/small.oci/thesis.tex"]));
    }

    [Fact]
    public void A_container_boots_its_init_and_has_nothing_of_a_machine()
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, "type: docker"));

        ContainerImage image = Open(directory["out/small.docker.tar"], out FileTree tree);

        Assert.Equal(ContainerArchiveKinds.Docker | ContainerArchiveKinds.Oci, image.Kinds);
        Assert.Equal(["/sbin/init"], image.Configuration.Entrypoint);
        Assert.Equal("SIGRTMIN+3", image.Configuration.StopSignal);
        Assert.Equal(("amd64", null), (image.Configuration.Architecture, image.Configuration.Variant));
        Assert.Equal(1_700_000_000, image.Configuration.Created.Seconds);
        Assert.Contains("container=oci", image.Configuration.Environment);
        Assert.Equal(["docker.io/library/small:latest", "latest"], image.References);
        Assert.Null(tree.Find("/etc/fstab"));
        Assert.Null(tree.Find("/etc/resolv.conf"));
        Assert.NotNull(tree.Find("/etc/hosts"));
        Assert.Equal("", tree.ReadText("/etc/machine-id"));
        Assert.All(tree.Walk(), entry => Assert.True(entry.Inode.ModifiedTime.Seconds <= 1_700_000_000, entry.Path));
    }

    [Fact]
    public void A_container_says_what_the_definition_says()
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, """
            type: docker
              container:
                repository: example.org/a/b
                tag: "2"
                entrypoint: [/usr/bin/mount]
                command: [-l]
                environment: { PATH: /usr/bin }
                labels: { b: 2, a: 1 }
                user: daemon
                workingDirectory: /srv
                ports: [80, 53/udp]
                volumes: [/data]
                architecture: arm/v6
            """));

        ContainerConfiguration configuration = Open(directory["out/small.docker.tar"]).Configuration;

        Assert.Equal(["/usr/bin/mount"], configuration.Entrypoint);
        Assert.Equal(["-l"], configuration.Command);
        Assert.Equal(["PATH=/usr/bin"], configuration.Environment);
        Assert.Equal([KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "2")], configuration.Labels);
        Assert.Equal(["53/udp", "80/tcp"], configuration.ExposedPorts);
        Assert.Equal(["/data"], configuration.Volumes);
        Assert.Equal(("daemon", "/srv", null), (configuration.User, configuration.WorkingDirectory, configuration.StopSignal));
        Assert.Equal(("arm", "v6"), (configuration.Architecture, configuration.Variant));
    }

    [Fact]
    public void A_shared_network_leaves_the_hosts_files_to_the_host()
    {
        using var directory = new TempDirectory();
        string definition = Definition(directory, "type: docker, sharedNetwork: yes", """
              services: [systemd-networkd, cron]
              files:
                - { target: /etc/resolv.conf, text: "nameserver 192.0.2.2" }
            """);
        Build(directory, definition);

        _ = Open(directory["out/small.docker.tar"], out FileTree tree);

        Assert.Null(tree.Find("/etc/resolv.conf"));
        Assert.Null(tree.Find("/etc/hosts"));
        Assert.Equal("/dev/null", ((SymlinkInode)tree.Find("/etc/systemd/system/systemd-networkd.service")!).Target.ToString());
        Assert.NotNull(tree.Find("/etc/systemd/system/multi-user.target.wants/cron.service"));
        Assert.Null(tree.Find("/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"));
    }

    [Fact]
    public void Layers_are_of_packages_and_a_change_of_the_configuration_is_in_the_last()
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, "type: docker, maxLayers: 4"));
        ContainerImage image = Open(directory["out/small.docker.tar"], out FileTree tree);
        Build(directory, Definition(directory, "type: docker, maxLayers: 4", """
              hostName: other
              users: [{ name: ada }]
              files: [{ target: /usr/local/bin/tool, text: tool, mode: 0755 }, { target: /etc/large.conf, text: mine }]
            """));
        ContainerImage changed = Open(directory["out/small.docker.tar"], out FileTree changedTree);
        Build(directory, Definition(directory, "type: docker"));
        _ = Open(directory["out/small.docker.tar"], out FileTree flat);

        // Both sources have their own; what neither has is with the configuration.
        Assert.Equal(["large", "small", "configuration"], image.Layers.Select(layer => layer.CreatedBy.Split(": ")[1]));
        Assert.Equal(image.Layers.SkipLast(1).Select(layer => layer.Digest), changed.Layers.SkipLast(1).Select(layer => layer.Digest));
        Assert.NotEqual(image.Layers[^1].Digest, changed.Layers[^1].Digest);
        Assert.Equal("mine", changedTree.ReadText("/etc/large.conf"));
        // However it is cut, it is the same tree.
        Assert.Equal(TreeDigest.Compute(flat), TreeDigest.Compute(tree));
        string[] names = Names(image.Layers[0]);
        Assert.Contains("/usr/bin/sh", names);
        Assert.Contains("/usr/lib/large.so", names);
        Assert.Contains("/usr/share/large/data", names);
        Assert.DoesNotContain("/etc/large.conf", names);
    }

    [Theory]
    [InlineData(2, "2 others|configuration")]
    [InlineData(3, "large|small|configuration")]
    [InlineData(125, "large|small|configuration")]
    public void There_are_no_more_layers_than_asked_for(int most, string expected)
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, $"type: docker, maxLayers: {most}"));
        Assert.Equal(expected, string.Join('|', Open(directory["out/small.docker.tar"]).Layers.Select(layer => layer.CreatedBy.Split(": ")[1])));
    }

    [Fact]
    public void A_container_image_is_a_base()
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, "type: docker, maxLayers: 3"));
        _ = Open(directory["out/small.docker.tar"], out FileTree first);
        File.WriteAllText(directory["next.yaml"], """
            name: small
            epoch: 1700000000
            system: { base: { oci: { path: out/small.docker.tar, reference: "small:latest" } } }
            image: { type: oci }
            """);
        Build(directory, directory["next.yaml"]);

        _ = Open(directory["out/small.oci.tar"], out FileTree second);

        Assert.Equal(TreeDigest.Compute(first), TreeDigest.Compute(second));
    }

    [Fact]
    public void A_container_image_as_a_base_says_how_its_child_is_run()
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, Program));
        File.Move(directory["out/small.docker.tar"], directory["base.tar"]);
        WriteChild(directory, "base.tar");
        Build(directory, directory["next.yaml"]);

        ContainerConfiguration same = Open(directory["out/next.oci.tar"]).Configuration;

        Assert.Equal(["/usr/bin/mount", "-v"], same.Entrypoint);
        Assert.Equal(["-l"], same.Command);
        Assert.Equal(["PATH=/usr/bin", "LANG=C"], same.Environment);
        Assert.Equal([KeyValuePair.Create("a", "1"), KeyValuePair.Create("b.c", "2")], same.Labels);
        Assert.Equal(["53/udp", "80/tcp"], same.ExposedPorts);
        Assert.Equal(["/data"], same.Volumes);
        Assert.Equal(("daemon", "/srv", "SIGUSR1"), (same.User, same.WorkingDirectory, same.StopSignal));
        Assert.Equal(("arm", "v6"), (same.Architecture, same.Variant));
    }

    [Fact]
    public void What_the_definition_says_of_a_child_stands_over_its_base()
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, Program));
        File.Move(directory["out/small.docker.tar"], directory["base.tar"]);

        // A command replaces the base's, its entry point stays; a map is laid over, a list replaces.
        ContainerConfiguration changed = Child("{ command: [-a], environment: { LANG: fr, TZ: UTC }, labels: { b.c: 3 }, ports: [443], user: root, workingDirectory: /, stopSignal: SIGTERM }");
        Assert.Equal(["/usr/bin/mount", "-v"], changed.Entrypoint);
        Assert.Equal(["-a"], changed.Command);
        Assert.Equal(["PATH=/usr/bin", "LANG=fr", "TZ=UTC"], changed.Environment);
        Assert.Equal([KeyValuePair.Create("a", "1"), KeyValuePair.Create("b.c", "3")], changed.Labels);
        Assert.Equal(["443/tcp"], changed.ExposedPorts);
        Assert.Equal(("root", "/", "SIGTERM"), (changed.User, changed.WorkingDirectory, changed.StopSignal));

        // The base's arguments are another program's, and what stops it does not stop init.
        ContainerConfiguration other = Child("{ entrypoint: [/usr/bin/sh] }");
        Assert.Equal(["/usr/bin/sh"], other.Entrypoint);
        Assert.Empty(other.Command);
        ContainerConfiguration init = Child("{ entrypoint: [/sbin/init] }");
        Assert.Equal(("", "", "SIGRTMIN+3"), (init.User, init.WorkingDirectory, init.StopSignal));
        Assert.Contains("container=oci", init.Environment);

        ContainerConfiguration Child(string container)
        {
            WriteChild(directory, "base.tar", $"image: {{ type: oci, container: {container} }}");
            Build(directory, directory["next.yaml"]);
            return Open(directory["out/next.oci.tar"]).Configuration;
        }
    }

    [Theory]
    [InlineData("", "image: { type: oci, platform: armhf }", "arm/v7")]
    [InlineData("", "image: { type: oci, platform: arm64 }", "arm64/")]
    [InlineData(", architecture: arm/v6", "image: { type: oci, platform: arm64 }", "arm/v6")]
    [InlineData(", architecture: arm64", "image: { type: oci }", "arm64/")]
    [InlineData(", architecture: arm", "image: { type: oci }", null)]
    [InlineData("", "image: { type: oci }", null)]
    public void Of_an_index_of_several_platforms_one_is_the_base(string choice, string image, string? expected)
    {
        using var directory = new TempDirectory();
        WriteIndex(directory, "arm/v6", "arm/v7", "arm64");
        WriteChild(directory, "index" + choice, image);
        CommandLine.Result built = CommandLine.Run("build", directory["next.yaml"], "--quiet", "--output", directory["out/"]);

        if (expected is null)
        {
            Assert.Contains("the architectures: arm/v6, arm/v7, arm64", built.Error, StringComparison.Ordinal);
            return;
        }

        Assert.True(built.ExitCode == 0, built.Error);
        ContainerConfiguration configuration = Open(directory["out/next.oci.tar"]).Configuration;
        Assert.Equal(expected, $"{configuration.Architecture}/{configuration.Variant}");
        Assert.Equal([KeyValuePair.Create("for", expected.TrimEnd('/'))], configuration.Labels);
    }

    [Fact]
    public void Info_tells_what_an_image_is()
    {
        using var directory = new TempDirectory();
        Build(directory, Definition(directory, "type: docker, maxLayers: 3, format: [docker, oci-dir]"));
        Tool.Check("gzip", "-k", directory["out/small.docker.tar"]);
        ContainerImage image = Open(directory["out/small.docker.tar"]);

        foreach (string name in (string[])["small.docker.tar", "small.docker.tar.gz", "small.oci"])
        {
            CommandLine.Result info = CommandLine.Run("info", directory["out/" + name], "--json");
            Assert.True(info.ExitCode == 0, info.Error);
            using JsonDocument document = JsonDocument.Parse(info.Output);
            JsonElement root = document.RootElement;
            Assert.Equal(1, root.GetProperty("schemaVersion").GetInt32());
            Assert.Equal(image.ManifestDigest, root.GetProperty("manifestDigest").GetString());
            Assert.Equal("/sbin/init", root.GetProperty("configuration").GetProperty("entrypoint")[0].GetString());
            Assert.Equal(image.Layers.Select(layer => layer.Digest), root.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("digest").GetString()));
        }

        CommandLine.Result text = CommandLine.Run("info", directory["out/small.oci"]);
        Assert.Contains(image.ConfigurationDigest, text.Output, StringComparison.Ordinal);
        Assert.Contains("diecast build small: large", text.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_and_dry_run_tell_the_outputs_and_the_layers()
    {
        using var directory = new TempDirectory();
        string definition = Definition(directory, "type: docker, maxLayers: 3");
        CommandLine.Result show = CommandLine.Run("show", definition);
        CommandLine.Result plan = CommandLine.Run("build", definition, "--dry-run");
        Assert.True(show.ExitCode == 0 && plan.ExitCode == 0, show.Error + plan.Error);
        Assert.Contains("small.docker.tar", show.Output, StringComparison.Ordinal);
        Assert.Contains("container small:latest linux/amd64, layers by gzip, manifest sha256:", plan.Output, StringComparison.Ordinal);
        Assert.Contains("layer 3 sha256:", plan.Output, StringComparison.Ordinal);
        Assert.Equal(["root", "small.yaml"], Directory.GetFileSystemEntries(directory.Path).Select(Path.GetFileName).Order());
        CommandLine.Result run = CommandLine.Run("run", definition);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("boots nothing", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_of_the_command_line_takes_the_definition_of_a_disk()
    {
        using var directory = new TempDirectory();
        string definition = Definition(directory, "type: disk, format: qcow2, size: 4G", """
              kernel: { package: linux-image-amd64, arguments: [console=ttyS0] }
              bootloader: grub
            """);
        CommandLine.Result built = CommandLine.Run("build", definition, "--quiet", "--type", "oci", "--output", directory["out/"]);
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Single(Open(directory["out/small.oci.tar"]).Layers);
    }

    [Fact]
    public void A_base_without_init_or_programs_says_what_to_do()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["root/etc"]);
        File.WriteAllText(directory["root/app"], "#!/bin/none\n");
        File.WriteAllText(directory["small.yaml"], "name: small\nsystem: { base: { directory: root } }\nimage: { type: docker }\n");
        CommandLine.Result none = CommandLine.Run("build", directory["small.yaml"], "--output", directory["out/"]);
        Assert.Contains("/sbin/init", none.Error, StringComparison.Ordinal);
        CommandLine.Result script = CommandLine.Run("build", directory["small.yaml"], "--output", directory["out/"], "--set", "image.container.entrypoint=[/app]");
        Assert.Contains("image.container.architecture", script.Error, StringComparison.Ordinal);
        CommandLine.Result told = CommandLine.Run(
            "build", directory["small.yaml"], "--output", directory["out/"], "--set", "image.container={entrypoint: [/app], architecture: amd64}");
        Assert.True(told.ExitCode == 0, told.Error);
    }

    private const string Program = """
        type: docker
          container:
            entrypoint: [/usr/bin/mount, -v]
            command: [-l]
            environment: { PATH: /usr/bin, LANG: C }
            labels: { b.c: 2, a: 1 }
            user: daemon
            workingDirectory: /srv
            ports: [80, 53/udp]
            volumes: [/data]
            stopSignal: SIGUSR1
            architecture: arm/v6
        """;

    private static void WriteChild(TempDirectory directory, string path, string image = "image: { type: oci }") =>
        File.WriteAllText(directory["next.yaml"], $"name: next\nepoch: 1700000000\nsystem: {{ base: {{ oci: {{ path: {path} }} }} }}\n{image}\n");

    /// <summary>A layout whose one name stands for an index with an image of each architecture, as registries have them.</summary>
    private static void WriteIndex(TempDirectory directory, params string[] architectures)
    {
        var entries = new List<string>();
        Directory.CreateDirectory(directory["index/blobs/sha256"]);
        foreach (string architecture in architectures)
        {
            Build(directory, Definition(directory, $"type: oci, format: oci-dir, container: {{ command: [sh], architecture: {architecture}, labels: {{ for: {architecture} }} }}"));
            foreach (string blob in Directory.GetFiles(directory["out/small.oci/blobs/sha256"]))
                File.Copy(blob, Path.Combine(directory["index/blobs/sha256"], Path.GetFileName(blob)), overwrite: true);
            string digest = Open(directory["out/small.oci"]).ManifestDigest!;
            string[] parts = architecture.Split('/');
            string variant = parts.Length > 1 ? $",\"variant\":\"{parts[1]}\"" : "";
            entries.Add($"{{\"digest\":\"{digest}\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"platform\":{{\"architecture\":\"{parts[0]}\",\"os\":\"linux\"{variant}}}}}");
        }

        string inner = $"{{\"schemaVersion\":2,\"manifests\":[{string.Join(',', entries)}]}}";
        string name = BaseResolver.Digest(Blob.FromText(inner));
        File.WriteAllText(Path.Combine(directory["index/blobs/sha256"], name), inner);
        File.WriteAllText(directory["index/oci-layout"], """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(directory["index/index.json"], $"{{\"schemaVersion\":2,\"manifests\":[{{\"digest\":\"sha256:{name}\",\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}}]}}");
    }

    internal static string Definition(TempDirectory directory, string image, string system = "")
    {
        SmallSystem.In(directory);
        string indented = string.Concat(system.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => "\n  " + line.TrimEnd()[Math.Min(2, line.Length - line.TrimStart().Length)..]));
        string keys = image.Contains('\n') ? "\n  " + image : $" {{ {image} }}";
        File.WriteAllText(directory["small.yaml"], $"name: small\nepoch: 1700000000\nsystem:\n  base: {{ directory: root }}{indented}\nimage:{keys}\n");
        return directory["small.yaml"];
    }

    internal static void Build(TempDirectory directory, string definition)
    {
        CommandLine.Result built = CommandLine.Run("build", definition, "--quiet", "--output", directory["out/"]);
        Assert.True(built.ExitCode == 0, built.Error);
    }

    internal static FileTree ReadTar(string path)
    {
        using Stream stream = Decompression.Open(File.OpenRead(path));
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return TarReader.Read(Blob.FromMemory(bytes.ToArray()));
    }

    private static ContainerImage Open(string path) => Open(path, out _);

    private static ContainerImage Open(string path, out FileTree tree)
    {
        using var scratch = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(scratch.Path);
        FileTree layout = Directory.Exists(path) ? HostDirectoryReader.Read(path) : TarReader.Read(Blob.FromMemory(File.ReadAllBytes(path)));
        ContainerImage image = ContainerImage.Open(layout);
        tree = image.Flatten(spool);
        spool.Flush();
        // The spool goes, the tree stays.
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is FileInode file)
                file.Content = Blob.FromMemory(file.Content.ToArray());
        }

        return image;
    }

    private static string[] Names(PackedLayer layer)
    {
        using Stream stream = Decompression.Open(layer.Content.OpenRead());
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return [.. TarReader.Read(Blob.FromMemory(bytes.ToArray())).Walk().Select(entry => entry.Path)];
    }

    private static string[] Files(string path) => Directory.Exists(path)
        ? [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{Path.GetRelativePath(path, file)} {BaseResolver.Digest(Blob.FromMemory(File.ReadAllBytes(file)))}")]
        : [BaseResolver.Digest(Blob.FromMemory(File.ReadAllBytes(path)))];
}
