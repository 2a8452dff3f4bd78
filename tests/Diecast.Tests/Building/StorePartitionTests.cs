using Diecast.Bases.Nix;
using Diecast.Definitions;
using Diecast.Formats.Trees;
using Diecast.Tests.Bases;

namespace Diecast.Tests.Building;

/// <summary>Paths of a store in a partition.</summary>
public sealed class StorePartitionTests
{
    private const string Source = "store: { directory: store, registration: registration }";

    [Fact]
    public void A_path_brings_its_closure_as_a_store_has_it()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);

        FileTree tree = PartitionFileTests.Build(directory, $"storePaths: [{StoreSample.Program}]\n{Source}");

        Assert.Equal("library\n", tree.ReadText(StoreSample.Library + "/lib/l.txt"));
        Assert.Null(tree.Find(StoreSample.Other));
        Assert.All(tree.Walk().Where(entry => entry.Path.Length > "/nix/store".Length), entry =>
        {
            Assert.Equal((0u, 0u, 1L), (entry.Inode.Uid, entry.Inode.Gid, entry.Inode.ModifiedTime.Seconds));
            if (entry.Inode is not SymlinkInode)
                Assert.Equal(0, entry.Inode.Mode & 0b010_010_010);
        });
        Assert.Equal((0b101_101_101, 0b100_100_100), (tree.Find(StoreSample.Program + "/bin/app")!.Mode, tree.Find(StoreSample.Library + "/lib/l.txt")!.Mode));
        // Names that share an inode on the host are files of their own.
        Assert.NotSame(tree.Find(StoreSample.Program + "/bin/again"), tree.Find(StoreSample.Program + "/bin/twin"));
    }

    [Fact]
    public void A_link_to_a_store_stands_for_where_it_leads()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);
        FileTree tree = PartitionFileTests.Build(directory, $"storePaths: [result]\n{Source}");
        Assert.NotNull(tree.Find(StoreSample.Program + "/bin/app"));
    }

    [Fact]
    public void The_store_may_be_the_partition_itself_and_paths_may_come_alone()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);

        FileTree tree = PartitionFileTests.Build(directory, $"storePaths: [{{ path: {StoreSample.Program}, closure: no }}, {StoreSample.Other}]\nstorePrefix: /\n{Source}");

        Assert.Equal(
            [StoreItemName.NameOf(StoreSample.Program), StoreItemName.NameOf(StoreSample.Other)],
            tree.Root.Entries.ToArray().Select(entry => entry.Name.ToString()));
    }

    [Fact]
    public void The_registration_is_written_where_it_is_asked_for()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);

        FileTree tree = PartitionFileTests.Build(directory, $"storePaths: [{StoreSample.Program}, {StoreSample.Other}]\nstoreRegistration: /nix-path-registration\n{Source}");

        Assert.Equal(File.ReadAllText(directory["registration"]), tree.ReadText("/nix-path-registration"));
    }

    [Fact]
    public void What_refers_to_what_is_missing_cannot_be_registered()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);
        string error = PartitionFileTests.Fails(directory, $"storePaths: [{{ path: {StoreSample.Program}, closure: no }}]\nstoreRegistration: /r\n{Source}");
        Assert.Contains($"{StoreSample.Program} refers to {StoreSample.Library}, which is not in the image", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("storePaths: [/nix/store/9a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-gone]", "no such path")]
    [InlineData("storePaths: [/gnu/store/0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-lib-1.0, result]", "path of another store")]
    [InlineData("storePaths: [result, " + StoreSample.Program + "]", "store path given twice")]
    [InlineData("storePaths: [" + StoreSample.Program + "/bin]", "no path of a store")]
    public void A_path_that_cannot_be_is_told_before_anything_is_done(string paths, string message)
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);
        string file = PartitionFileTests.Definition(directory, $"{paths}\n{Source}");
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.Read(file)).Errors);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "registers no paths")]
    [InlineData("what\n", ":1: a path of a store belongs here")]
    [InlineData(StoreSample.Library + "\n", ":3: more lines belongs here")]
    [InlineData(StoreSample.Library + "\n\n-1\n", ":3: a number of references")]
    [InlineData(StoreSample.Library + "\n\n9999999999\n", ":3: a number of references")]
    [InlineData(StoreSample.Library + "\n\n1\nx\n", ":4: a path of a store")]
    [InlineData(StoreSample.Library + "\n\n0\n" + StoreSample.Library + "\n\n0\n", "twice")]
    [InlineData(StoreSample.Library + "\n0000000000000000000000000000000000000000000000000000000000000000\nx\n\n0\n", ":3: a size in bytes")]
    public void A_registration_that_is_none_is_refused_with_its_line(string text, string message) =>
        Assert.Contains(message, Assert.Throws<BuildException>(() => Registration.Parse(text, "r")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_form_without_hashes_is_read_too()
    {
        StoreItemInfo item = Assert.Single(Registration.Parse($"{StoreSample.Library}\n\n1\n{StoreSample.Other}\n", "r"));
        Assert.Equal([StoreSample.Other], item.References);
        Assert.Null(item.NarHash);
    }

    [Theory]
    [InlineData("sha256:1ag2s7qhvsj7mkqcr47jw4hbb8sv2f65jddlzf6a0sqyyvm1kv2c")]
    [InlineData("0sg9f58l1jj88w6pdrfdpj5x9b1zrwszk84j81zvby36q9whhhqa")]
    public void A_hash_in_base_32_is_read_and_written(string text)
    {
        Assert.True(NixHash.TryParse(text, out NixHash? hash));
        Assert.Equal(text.Replace("sha256:", "", StringComparison.Ordinal), hash.Base32);
        Assert.True(NixHash.TryParse(hash.Base16, out NixHash? again));
        Assert.True(NixHash.TryParse("sha256-" + Convert.ToBase64String(hash.Span), out NixHash? integrity));
        Assert.Equal(hash, again);
        Assert.Equal(hash, integrity);
    }

    [ToolFact("nix-store")]
    public void A_hash_is_what_nix_says_it_is()
    {
        using var directory = new TempDirectory();
        StoreSample.In(directory);
        string path = directory["store/" + StoreItemName.NameOf(StoreSample.Program)];
        string expected = Tool.Check("nix-hash", "--type", "sha256", path).Trim();
        Assert.Equal(expected, NixHash.OfNar(HostDirectoryReader.Read(path).Root, CancellationToken.None).Hash.Base16);
        Assert.True(NixHash.TryParse(expected, out NixHash? hash));
        Assert.Equal(Tool.Check("nix-hash", "--type", "sha256", "--to-base32", expected).Trim(), hash.Base32);
    }
}
