using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

/// <summary>Layers over layers, by the rules of the OCI image specification (layer.md).</summary>
public sealed class LayerTests
{
    public static TheoryData<string, byte[][]> Stacks => new()
    {
        { "a", [new TarBytes().File("a", "").File("b", "").End(), new TarBytes().File(".wh.b", "").End()] },
        { "d d/new", [new TarBytes().Directory("d").File("d/old", "").End(), new TarBytes().File("d/.wh..wh..opq", "").File("d/new", "").End()] },

        // Wherever a whiteout stands, it is of what is below its layer.
        { "d d/new", [new TarBytes().Directory("d").File("d/old", "").End(), new TarBytes().File("d/new", "").File("d/.wh..wh..opq", "").End()] },
        { "a", [new TarBytes().File("a", "old").End(), new TarBytes().File("a", "new").File(".wh.a", "").End()] },
        { "d d/new", [new TarBytes().Directory("d").File("d/old", "").End(), new TarBytes().File(".wh.d", "").Directory("d").File("d/new", "").End()] },
        { "d d/new", [new TarBytes().Directory("d").File("d/old", "").End(), new TarBytes().Directory("d").File("d/new", "").File(".wh.d", "").End()] },
        { "d d/e d/e/new", [new TarBytes().File("d/e/old", "").File("d/f", "").End(), new TarBytes().File("d/e/new", "").File("d/.wh..wh..opq", "").End()] },

        // Over another kind of file.
        { "a", [new TarBytes().File("a/b/c", "").End(), new TarBytes().File("a", "").End()] },
        { "a a/b", [new TarBytes().File("a", "").End(), new TarBytes().Directory("a").File("a/b", "").End()] },
        { "a a/b", [new TarBytes().Symlink("a", "nowhere").End(), new TarBytes().Directory("a").File("a/b", "").End()] },

        // Through a link of a lower layer, and to a file of one.
        { "lib usr usr/lib usr/lib/new usr/lib/old", [new TarBytes().Directory("usr/lib").Symlink("lib", "usr/lib").File("lib/old", "").End(), new TarBytes().File("lib/new", "").End()] },
        { "lib usr usr/lib", [new TarBytes().File("usr/lib/old", "").Symlink("lib", "usr/lib").End(), new TarBytes().File("lib/.wh.old", "").End()] },
        { "a b", [new TarBytes().File("a", "").End(), new TarBytes().HardLink("b", "a").End()] },
        { "b", [new TarBytes().File("a", "").End(), new TarBytes().HardLink("b", "a").File(".wh.a", "").End()] },

        // What is not there is not taken away; what AUFS says to itself is nothing.
        { "a", [new TarBytes().File("a", "").End(), new TarBytes().File(".wh.b", "").File(".wh..wh.plnk", "").File(".wh..wh.orph", "").End()] },
        { "d", [new TarBytes().Directory("d").File("d/x", "").End(), new TarBytes().File("d/.wh.x", "").End(), new TarBytes().Directory("d").End()] },
    };

    [Theory]
    [MemberData(nameof(Stacks))]
    public void Layers_stand_one_over_the_other(string expected, byte[][] layers)
    {
        var tree = new FileTree();
        foreach (byte[] layer in layers)
            Apply(layer, tree);
        Assert.Equal(expected, string.Join(' ', tree.Walk().Select(entry => entry.Path[1..])));
    }

    [Fact]
    public void A_directory_of_a_lower_layer_keeps_what_it_is_where_it_is_only_on_the_way()
    {
        var tree = new FileTree();
        Apply(new TarBytes().Directory("tmp", 0b001_111_111_111).End(), tree);
        Apply(new TarBytes().File("tmp/a", "").End(), tree);
        Assert.Equal(0b001_111_111_111, tree.Find("/tmp")!.Mode);
        Apply(new TarBytes().Directory("tmp", 0b111_000_000).End(), tree);
        Assert.Equal(0b111_000_000, tree.Find("/tmp")!.Mode);
        Assert.NotNull(tree.Find("/tmp/a"));
    }

    [Theory]
    [InlineData(".wh.")]
    [InlineData(".wh...")]
    public void A_whiteout_that_names_nothing_is_refused(string name) =>
        Assert.Throws<InvalidImageException>(() => Apply(new TarBytes().File(name, "").End(), new FileTree()));

    private static void Apply(byte[] layer, FileTree tree) =>
        new TarParser(new BlobTarSource(Blob.FromMemory(layer)), default, new LayerTreeBuilder(tree)).Run();
}
