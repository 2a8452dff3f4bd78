using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

/// <summary>Images by those who mean harm, or whose disk was full: a typed error, and neither a crash nor a hang.</summary>
public sealed class ContainerHostileTests
{
    private const string Digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    public static TheoryData<string, string> RefusedDocker => new()
    {
        { "[", "no JSON" },
        { "{}", "no list" },
        { "[]", "0 of 0 images" },
        { "[{}]", "Config" },
        { """[{"Config":"c.json"}]""", "Layers" },
        { """[{"Config":"gone","Layers":[]}]""", "gone is missing" },
        { """[{"Config":"../../../../etc/shadow","Layers":[]}]""", "is missing" },
        { """[{"Config":"c.json","Layers":[7]}]""", "texts in Layers" },
        { """[{"Config":"c.json","Layers":["gone"]}]""", "gone is missing" },
        { """[{"Config":"c.json","Layers":[]}]""", "1 layers and the manifest 0" },
        { """[{"Config":"c.json","Layers":["c.json"],"RepoTags":["a:1"]},{"Config":"c.json","Layers":["c.json"],"RepoTags":["b:1"]}]""", "a:1, b:1" },
        { """[{"Config":"c\ud800.json","Layers":[]}]""", "no text" },
    };

    [Theory]
    [MemberData(nameof(RefusedDocker))]
    public void A_docker_archive_is_refused_with_the_reason(string manifest, string reason)
    {
        var tree = new FileTree();
        tree.Set("/manifest.json", new FileInode(Blob.FromText(manifest)));
        tree.Set("/c.json", new FileInode(Blob.FromText("""{"architecture":"amd64","rootfs":{"diff_ids":["DIGEST"]}}""".Replace("DIGEST", Digest, StringComparison.Ordinal))));
        AssertRefused(tree, reason);
    }

    public static TheoryData<string, string> RefusedLayouts => new()
    {
        { """{"manifests":[]}""", "0 of 0 images" },
        { """{"manifests":[{"digest":"sha256:short"}]}""", "sha256:short" },
        { """{"manifests":[{"digest":"sha512:00"}]}""", "only sha256" },
        { $$"""{"manifests":[{"digest":"{{Digest}}"}]}""", "is missing" },
        { $$"""{"manifests":[{"digest":"{{Digest}}","mediaType":"application/vnd.oci.image.index.v1+json"}]}""", "is missing" },
        { $$"""{"manifests":[{"digest":"{{Digest}}","platform":{"architecture":"unknown"} }]}""", "0 of 1 images" },
        { """{"manifests":7}""", "another kind" },
        { """{"manifests":[7]}""", "else than objects" },
    };

    [Theory]
    [MemberData(nameof(RefusedLayouts))]
    public void A_layout_is_refused_with_the_reason(string index, string reason)
    {
        var tree = new FileTree();
        tree.Set("/oci-layout", new FileInode(Blob.FromText("""{"imageLayoutVersion":"1.0.0"}""")));
        tree.Set("/index.json", new FileInode(Blob.FromText(index)));
        AssertRefused(tree, reason);
    }

    [Fact]
    public void An_index_that_names_itself_ends()
    {
        // No digest can be its own, so the depth is what ends it: three indices, one in the other.
        var tree = new FileTree();
        tree.Set("/oci-layout", new FileInode(Blob.FromText("""{"imageLayoutVersion":"1.0.0"}""")));
        string index = """{"manifests":[]}""";
        for (int i = 0; i < 3; i++)
        {
            string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(index)));
            tree.Set("/blobs/sha256/" + digest, new FileInode(Blob.FromText(index)));
            index = $$"""{"manifests":[{"digest":"sha256:{{digest}}","mediaType":"application/vnd.oci.image.index.v1+json"}]}""";
        }

        tree.Set("/index.json", new FileInode(Blob.FromText(index)));
        AssertRefused(tree, "within an index");
    }

    [Fact]
    public void Something_else_is_no_image() => AssertRefused(new FileTree(), "no container image");

    [Theory]
    [InlineData(CompressionFormat.None)]
    [InlineData(CompressionFormat.Gzip)]
    public void A_changed_layer_is_found(CompressionFormat compression)
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        FileTree layout = ContainerSample.Pack(spool, compression).ToLayout(ContainerSample.Reference);
        ContainerImage image = ContainerImage.Open(layout);
        var blob = (FileInode)layout.Find("/blobs/sha256/" + image.Layers[0].Digest["sha256:".Length..])!;
        byte[] bytes = blob.Content.ToArray();
        // Within the content of a file, or of the compressed data.
        bytes[bytes.Length / 2] ^= 1;
        blob.Content = Blob.FromMemory(bytes);

        var error = Assert.Throws<InvalidImageException>(() => ContainerImage.Open(layout).Flatten(spool));

        Assert.Contains(image.Layers[0].Digest, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutated_images_give_a_tree_or_a_typed_error()
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        byte[][] seeds =
        [
            ContainerSample.Pack(spool, CompressionFormat.None).ToArchive(ContainerSample.Reference, ContainerArchiveKinds.Docker).ToArray(),
            ContainerSample.Pack(spool, CompressionFormat.Gzip).ToArchive(ContainerSample.Reference, ContainerArchiveKinds.Oci).ToArray(),
        ];
        var random = new Random(20260104);
        int whole = 0;
        for (int i = 0; i < 12_000; i++)
        {
            byte[] archive = Mutate(random, seeds[i % seeds.Length]);
            try
            {
                ContainerImage image = ContainerImage.Open(TarReader.Read(Blob.FromMemory(archive)));
                _ = image.Flatten(spool);
                whole++;
            }
            catch (InvalidImageException)
            {
            }
        }

        // Padding and times change nothing that is looked at.
        Assert.InRange(whole, 100, 11_000);
    }

    [Fact]
    public void Mutated_documents_that_no_digest_vouches_for_give_an_image_or_a_typed_error()
    {
        using var temp = new TempDirectory();
        using var spool = ContentSpool.CreateTemporary(temp.Path);
        FileTree archive = TarReader.Read(ContainerSample.Pack(spool, CompressionFormat.None).ToArchive(ContainerSample.Reference, ContainerArchiveKinds.Docker));
        string manifest = archive.ReadText("/manifest.json")!;
        string path = manifest.Split('"')[3];
        string configuration = archive.ReadText(path)!;
        archive.Set("/c.json", new FileInode(Blob.Empty));
        manifest = manifest.Replace(path, "c.json", StringComparison.Ordinal);
        var random = new Random(20260105);
        int whole = 0;
        for (int i = 0; i < 12_000; i++)
        {
            bool isManifest = i % 2 == 0;
            archive.Set("/manifest.json", new FileInode(Text(manifest, isManifest)));
            archive.Set("/c.json", new FileInode(Text(configuration, !isManifest)));
            try
            {
                ContainerImage image = ContainerImage.Open(archive);
                Assert.NotNull(image.Configuration.Architecture);
                whole++;
            }
            catch (InvalidImageException)
            {
            }
        }

        Assert.InRange(whole, 500, 11_500);

        Blob Text(string text, bool isMutated) => isMutated ? Blob.FromMemory(Mutate(random, Encoding.UTF8.GetBytes(text))) : Blob.FromText(text);
    }

    [Fact]
    public void Mutated_layers_give_a_tree_or_a_typed_error()
    {
        byte[] below = new TarBytes().Directory("d").File("d/a", "a").Symlink("l", "d").File("d/e/f", "").End();
        byte[] above = new TarBytes().File("l/x", "").HardLink("h", "d/e/f").File("d/.wh.a", "").File("d/.wh..wh..opq", "").File(".wh.l", "").End();
        var random = new Random(20260106);
        int whole = 0;
        for (int i = 0; i < 8_000; i++)
        {
            var tree = new FileTree();
            try
            {
                foreach (byte[] layer in (byte[][])[below, Mutate(random, above)])
                    new TarParser(new BlobTarSource(Blob.FromMemory(layer)), default, new LayerTreeBuilder(tree)).Run();
                Assert.All(tree.Walk(), entry => Assert.DoesNotContain("..", entry.Path.Split('/')));
                whole++;
            }
            catch (InvalidImageException)
            {
            }
        }

        Assert.InRange(whole, 300, 7_700);
    }

    /// <summary>Many whiteouts of a large directory: each is looked at once, not once for each of its entries.</summary>
    [Fact]
    public void Many_whiteouts_take_no_more_time_than_many_files()
    {
        var below = new TarBytes();
        var above = new TarBytes();
        for (int i = 0; i < 20_000; i++)
        {
            below.File($"d/{i}", "");
            above.File($"d/x{i}", "").File("d/.wh..wh..opq", "");
        }

        var tree = new FileTree();
        new TarParser(new BlobTarSource(Blob.FromMemory(below.End())), default, new LayerTreeBuilder(tree)).Run();
        new TarParser(new BlobTarSource(Blob.FromMemory(above.End())), default, new LayerTreeBuilder(tree)).Run();

        Assert.Equal(20_001, tree.Walk().Count());
        Assert.DoesNotContain(tree.Walk(), entry => char.IsAsciiDigit(entry.Name.ToString()[0]));
    }

    private static void AssertRefused(FileTree tree, string reason)
    {
        var error = Assert.Throws<InvalidImageException>(() => ContainerImage.Open(tree));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Mutate(Random random, byte[] seed)
    {
        byte[] bytes = (byte[])seed.Clone();
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = (byte)"0123456789,:{}[]\"\\.wh/"[random.Next(22)];
                    break;
                case 2:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 3:
                    int count = Math.Min(random.Next(1, 40), bytes.Length - at);
                    random.NextBytes(bytes.AsSpan(at, count));
                    break;
                default:
                    if (random.Next(8) == 0)
                        bytes = bytes[..at];
                    if (bytes.Length == 0)
                        return seed;
                    break;
            }
        }

        return bytes;
    }
}
