using System.Text;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Tests.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

public sealed class ContainerTests
{
    private const ContainerArchiveKinds Both = ContainerArchiveKinds.Docker | ContainerArchiveKinds.Oci;

    [Theory]
    [InlineData(CompressionFormat.None, ContainerArchiveKinds.Docker)]
    [InlineData(CompressionFormat.None, Both)]
    [InlineData(CompressionFormat.Gzip, ContainerArchiveKinds.Docker)]
    [InlineData(CompressionFormat.Gzip, ContainerArchiveKinds.Oci)]
    [InlineData(CompressionFormat.Zstd, Both)]
    public void What_is_packed_is_read(CompressionFormat compression, ContainerArchiveKinds kinds)
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        PackedContainer packed = ContainerSample.Pack(spool, compression);

        ContainerImage image = ContainerImage.Open(TarReader.Read(packed.ToArchive(ContainerSample.Reference, kinds)));

        Assert.Equal(kinds, image.Kinds);
        Assert.Equal(packed.ConfigurationDigest, image.ConfigurationDigest);
        Assert.Equal(kinds.HasFlag(ContainerArchiveKinds.Oci) ? packed.ManifestDigest : null, image.ManifestDigest);
        Assert.Equal(packed.Layers.Select(layer => (layer.Digest, layer.DiffId, layer.Size, layer.CreatedBy)), image.Layers.Select(layer => (layer.Digest, layer.DiffId, layer.Size, layer.CreatedBy)));
        AssertSame(ContainerSample.Configuration, image.Configuration);
        Assert.Equal(TreeListing.Of(ContainerSample.Whole()), ContainerSample.Flatten(image, spool));
    }

    [Fact]
    public void The_layout_as_a_directory_has_the_files_of_the_archive()
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        PackedContainer packed = ContainerSample.Pack(spool, CompressionFormat.Gzip);
        FileTree archive = TarReader.Read(packed.ToArchive(ContainerSample.Reference, ContainerArchiveKinds.Oci));

        Assert.Equal(Files(archive), Files(packed.ToLayout(ContainerSample.Reference)));

        static string[] Files(FileTree tree) => [.. tree.Walk().Where(entry => entry.Inode is FileInode)
            .Select(entry => $"{entry.Path} {Convert.ToHexString(((FileInode)entry.Inode).Content.ToArray())}")];
    }

    /// <summary>The documents, byte for byte: a changed byte is a changed image, and belongs into the change log.</summary>
    [Fact]
    public void The_documents_are_these()
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        PackedContainer packed = ContainerSample.Pack(spool, CompressionFormat.None);
        FileTree files = TarReader.Read(packed.ToArchive(ContainerSample.Reference, Both));
        string[] layers = [.. packed.Layers.Select(layer => layer.Digest)];
        string[] sizes = [.. packed.Layers.Select(layer => layer.Size.ToString())];

        string configuration = files.ReadText(PathOf(packed.ConfigurationDigest))!;
        string manifest = files.ReadText(PathOf(packed.ManifestDigest))!;
        Assert.Equal("""{"imageLayoutVersion":"1.0.0"}""", files.ReadText("/oci-layout"));
        Assert.Equal(
            Joined(
                """
                {"architecture":"arm","config":{"Cmd":["--verbose"],"Entrypoint":["/sbin/init"],"Env":["PATH=/usr/bin","LANG=C.UTF-8"],
                "ExposedPorts":{"53/udp":{},"80/tcp":{}},"Labels":{"a":"é\"","version":"1"},"StopSignal":"SIGRTMIN+3","User":"1000:100",
                "Volumes":{"/data":{}},"WorkingDir":"/srv"},"created":"2023-11-14T22:13:20Z","history":[
                {"created":"2023-11-14T22:13:20Z","created_by":"base"},{"created":"2023-11-14T22:13:20Z","created_by":"configuration"}],
                "os":"linux","rootfs":{"diff_ids":["LAYER1","LAYER2"],"type":"layers"},"variant":"v7"}
                """),
            configuration);
        Assert.Equal(
            Joined(
                """
                {"config":{"digest":"CONFIG","mediaType":"application/vnd.oci.image.config.v1+json","size":CONFIGSIZE},"layers":[
                {"digest":"LAYER1","mediaType":"application/vnd.oci.image.layer.v1.tar","size":SIZE1},
                {"digest":"LAYER2","mediaType":"application/vnd.oci.image.layer.v1.tar","size":SIZE2}],
                "mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}
                """),
            manifest);
        Assert.Equal(
            Joined(
                """
                {"manifests":[{"annotations":{"io.containerd.image.name":"docker.io/library/server:1.0","org.opencontainers.image.ref.name":"1.0"},
                "digest":"MANIFEST","mediaType":"application/vnd.oci.image.manifest.v1+json",
                "platform":{"architecture":"arm","os":"linux","variant":"v7"},"size":BYTES}],
                "mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}
                """),
            files.ReadText("/index.json"));
        Assert.Equal(
            $$"""[{"Config":"{{PathOf(packed.ConfigurationDigest)}}","Layers":["{{PathOf(layers[0])}}","{{PathOf(layers[1])}}"],"RepoTags":["server:1.0"]}]""",
            files.ReadText("/manifest.json"));

        string Joined(string text) => text
            .ReplaceLineEndings("")
            .Replace("LAYER1", layers[0], StringComparison.Ordinal)
            .Replace("LAYER2", layers[1], StringComparison.Ordinal)
            .Replace("SIZE1", sizes[0], StringComparison.Ordinal)
            .Replace("SIZE2", sizes[1], StringComparison.Ordinal)
            .Replace("CONFIGSIZE", Encoding.UTF8.GetByteCount(configuration).ToString(), StringComparison.Ordinal)
            .Replace("CONFIG", packed.ConfigurationDigest, StringComparison.Ordinal)
            .Replace("MANIFEST", packed.ManifestDigest, StringComparison.Ordinal)
            .Replace("BYTES", manifest.Length.ToString(), StringComparison.Ordinal);

        static string PathOf(string digest) => "blobs/sha256/" + digest["sha256:".Length..];
    }

    [Theory]
    [InlineData("server", "docker.io/library/server:1.0")]
    [InlineData("team/server", "docker.io/team/server:1.0")]
    [InlineData("localhost/server", "localhost/server:1.0")]
    [InlineData("registry.example.org/team/server", "registry.example.org/team/server:1.0")]
    [InlineData("registry:5000/server", "registry:5000/server:1.0")]
    public void A_name_without_a_registry_is_of_dockers(string repository, string full) =>
        Assert.Equal(full, new ContainerReference(repository, "1.0").FullName);

    [Theory]
    [InlineData(CompressionFormat.Gzip)]
    [InlineData(CompressionFormat.Zstd)]
    public void The_number_of_workers_changes_no_byte(CompressionFormat compression)
    {
        using var temp = new TempDirectory();
        var random = new Random(20260101);
        byte[] noise = new byte[9 << 20];
        random.NextBytes(noise.AsSpan(0, noise.Length / 2));
        var tree = new FileTree();
        tree.Set("/noise", new FileInode(Blob.FromMemory(noise)));
        tree.Set("/hole", new FileInode(Blob.Zeros(5 << 20)));
        string[] digests = [.. new int?[] { 1, 1, 2, 5, null }.Select(workers =>
        {
            using var spool = ContentSpool.CreateTemporary(temp.Path);
            PackedContainer packed = ContainerSample.Pack(spool, compression, workers, [new ContainerLayer(tree, "")]);
            return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(packed.ToArchive(ContainerSample.Reference, Both).OpenRead()));
        })];

        Assert.Single(digests.Distinct());
    }

    [Fact]
    public void Random_trees_come_back_from_one_layer_and_from_several()
    {
        using var temp = new TempDirectory();
        var random = new Random(20260102);
        CompressionFormat[] compressions = [CompressionFormat.None, CompressionFormat.Gzip, CompressionFormat.Zstd];
        for (int i = 0; i < 60; i++)
        {
            using var spool = ContentSpool.CreateTemporary(temp.Path);
            FileTree tree = RandomContainerTree.Make(random);
            CompressionFormat compression = compressions[i % compressions.Length];
            IReadOnlyList<ContainerLayer> layers = i % 2 == 0 ? [new ContainerLayer(tree, "all")] : RandomContainerTree.Split(tree, random);
            PackedContainer packed = ContainerSample.Pack(spool, compression, null, layers);

            ContainerImage image = ContainerImage.Open(TarReader.Read(packed.ToArchive(ContainerSample.Reference, Both)));

            Assert.Equal(TreeListing.Of(tree), ContainerSample.Flatten(image, spool));
        }
    }

    [Fact]
    public void A_name_that_would_take_another_away_is_refused()
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        var tree = new FileTree();
        tree.Set("/usr/.wh.name", new FileInode(Blob.Empty));

        var error = Assert.Throws<UnrepresentableException>(() => ContainerSample.Pack(spool, CompressionFormat.None, null, [new ContainerLayer(tree, "")]));

        Assert.Equal("usr/.wh.name", error.Path);
    }

    [Theory]
    [InlineData(CompressionFormat.Gzip, 0)]
    [InlineData(CompressionFormat.Gzip, 13)]
    [InlineData(CompressionFormat.Zstd, 20)]
    [InlineData(CompressionFormat.None, 1)]
    [InlineData(CompressionFormat.Xz, 6)]
    public void Levels_and_compressions_beyond_those_of_layers_are_refused(CompressionFormat compression, int level)
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        var options = new ContainerPackOptions { Compression = compression, Level = level };
        Assert.Throws<UnrepresentableException>(() => PackedContainer.Pack(ContainerSample.Layers(), ContainerSample.Configuration, spool, options));
    }

    /// <summary>umoci unpacks as containerd does; root, so that owners and devices come out.</summary>
    [ToolFact("umoci")]
    public void Umoci_unpacks_the_same_tree()
    {
        if (!Environment.IsPrivilegedProcess)
            return;
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        var random = new Random(20260103);
        foreach (CompressionFormat compression in (CompressionFormat[])[CompressionFormat.Gzip, CompressionFormat.None])
        {
            FileTree tree = RandomContainerTree.Make(random, isForHost: true);
            PackedContainer packed = ContainerSample.Pack(spool, compression, null, RandomContainerTree.Split(tree, random));
            string layout = temp[$"layout-{compression}"];
            Write(packed.ToLayout(ContainerSample.Reference), layout);

            Tool.Check("umoci", "unpack", "--image", layout + ":1.0", temp[$"bundle-{compression}"]);

            FileTree back = HostDirectoryReader.Read(
                temp[$"bundle-{compression}/rootfs"], new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All });
            Assert.Equal(TreeListing.Of(tree, nanoseconds: false), TreeListing.Of(back, nanoseconds: false));
        }
    }

    /// <summary>skopeo checks every digest on the way, and writes Docker's archives as Docker has long written them.</summary>
    [ToolTheory("skopeo")]
    [InlineData("docker-archive:", Both, CompressionFormat.Gzip)]
    [InlineData("docker-archive:", ContainerArchiveKinds.Docker, CompressionFormat.None)]
    [InlineData("oci-archive:", Both, CompressionFormat.Zstd)]
    [InlineData("oci-archive:", ContainerArchiveKinds.Oci, CompressionFormat.Gzip)]
    public void Skopeo_copies_it_to_layouts_and_archives_that_are_read(string transport, ContainerArchiveKinds kinds, CompressionFormat compression)
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        PackedContainer packed = ContainerSample.Pack(spool, compression);
        using (FileStream file = File.Create(temp["image.tar"]))
        using (Stream archive = packed.ToArchive(ContainerSample.Reference, kinds).OpenRead())
            archive.CopyTo(file);
        string[] skopeo = ["--insecure-policy", "--override-arch", "arm", "--override-variant", "v7", "--tmpdir", temp.Path];

        Tool.Check("skopeo", [.. skopeo, "copy", transport + temp["image.tar"], $"oci:{temp["layout"]}:1.0"]);
        string expected = TreeListing.Of(ContainerSample.Whole());
        ContainerImage layout = ContainerImage.Open(HostDirectoryReader.Read(temp["layout"]), new ContainerReadOptions { Reference = "1.0" });
        Assert.Equal(packed.Layers.Select(layer => layer.DiffId), layout.Layers.Select(layer => layer.DiffId));
        Assert.Equal(expected, ContainerSample.Flatten(layout, spool));
        // A docker archive of skopeo's has no such layers.
        if (compression == CompressionFormat.Zstd)
            return;
        Tool.Check("skopeo", [.. skopeo, "copy", transport + temp["image.tar"], $"docker-archive:{temp["back.tar"]}:server:1.0"]);
        using HostFile back = HostFile.Open(temp["back.tar"]);
        ContainerImage docker = ContainerImage.Open(TarReader.ReadFile(back));
        Assert.Equal(ContainerArchiveKinds.Docker, docker.Kinds);
        Assert.Equal(["server:1.0"], docker.References.Select(name => name.Replace("docker.io/library/", "", StringComparison.Ordinal)));
        Assert.Equal(expected, ContainerSample.Flatten(docker, spool));
    }

    private static void Write(FileTree tree, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is FileInode file)
                File.WriteAllBytes(directory + entry.Path, file.Content.ToArray());
            else
                Directory.CreateDirectory(directory + entry.Path);
        }
    }

    private static void AssertSame(ContainerConfiguration expected, ContainerConfiguration found)
    {
        Assert.Equal(
            (expected.Architecture, expected.Variant, expected.OperatingSystem, expected.Created, expected.User, expected.WorkingDirectory, expected.StopSignal),
            (found.Architecture, found.Variant, found.OperatingSystem, found.Created, found.User, found.WorkingDirectory, found.StopSignal));
        Assert.Equal(expected.Environment, found.Environment);
        Assert.Equal(expected.Entrypoint, found.Entrypoint);
        Assert.Equal(expected.Command, found.Command);
        Assert.Equal(expected.ExposedPorts.Order(StringComparer.Ordinal), found.ExposedPorts);
        Assert.Equal(expected.Volumes, found.Volumes);
        Assert.Equal(expected.Labels.OrderBy(label => label.Key, StringComparer.Ordinal), found.Labels);
    }
}
