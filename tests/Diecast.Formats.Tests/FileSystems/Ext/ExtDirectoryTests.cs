using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

public class ExtDirectoryTests
{
    // A block of 4096 holds both dot entries (24), a tail (12) and 145 entries of 28 bytes: 4060 of 4060.
    private const int NamesThatFillABlock = 145;

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(0, 1, false)]
    [InlineData(NamesThatFillABlock - 1, 1, false)]
    [InlineData(NamesThatFillABlock, 1, false)]
    [InlineData(NamesThatFillABlock + 1, 3, true)]
    public void A_directory_is_indexed_once_it_is_more_than_a_block(int names, int blocks, bool indexed)
    {
        FileTree tree = ExtTrees.Names(names, name: i => $"a-name-of-19-b{i:d5}");
        using var image = new ExtImage(tree);
        image.IsClean().Holds(tree);
        string stat = image.Debug("stat /d");
        Assert.Contains($"Size: {blocks * 4096}\n", stat, StringComparison.Ordinal);
        Assert.Contains(indexed ? "Flags: 0x81000" : "Flags: 0x80000", stat, StringComparison.Ordinal);
    }

    // With blocks of 1024 and names of 255 a leaf holds 3, the root 123 leaves, a node 126.
    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(123 * 3, "Number of entries (count): 123", "Indirect levels: 0")]
    [InlineData((123 * 3) + 1, "Number of entries (count): 1", "Indirect levels: 1")]
    [InlineData((126 * 3) + 1, "Number of entries (count): 2", "Indirect levels: 1")]
    public void An_index_gets_a_level_when_its_root_is_full(int names, string count, string levels)
    {
        using var image = new ExtImage(LongNames(names), ExtImage.Options with { BlockSize = 1024 });
        string dump = image.IsClean().Debug("htree_dump /d");
        Assert.Contains(count, dump, StringComparison.Ordinal);
        Assert.Contains(levels, dump, StringComparison.Ordinal);
    }

    [ToolFact("e2fsck", "debugfs")]
    public void A_third_level_needs_large_dir()
    {
        FileTree tree = LongNames((123 * 126 * 3) + 1);
        ExtOptions options = ExtImage.Options with { BlockSize = 1024 };
        UnrepresentableException fault = Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, options));
        Assert.Equal("/d", fault.Path);
        using var image = new ExtImage(tree, options with { Profile = ExtProfile.Default.With("large_dir") });
        Assert.Contains("Indirect levels: 2", image.IsClean().Debug("htree_dump /d"), StringComparison.Ordinal);
    }

    [ToolFact("e2fsck", "debugfs")]
    public void A_hundred_thousand_names_are_clean()
    {
        using var image = new ExtImage(ExtTrees.Names(100_000, name: i => $"file-{i * 7919L % 1_000_003}.txt"));
        image.IsClean();
        // Index nodes show as entries of inode 0.
        Assert.Equal(100_000 + 2, image.Debug("ls -p /d").Split('\n').Count(l => l.StartsWith('/') && !l.StartsWith("/0/", StringComparison.Ordinal)));
    }

    [ToolFact("e2fsck")]
    public void Names_with_equal_hashes_across_a_leaf_are_clean()
    {
        // By the birthday paradox a few hundred thousand names hold a dozen pairs with equal hashes.
        var seed = new Guid("00000000-0000-0000-0000-000000000001");
        var hash = new ExtDirectoryHash(seed, ExtHashCharacters.Signed);
        var first = new Dictionary<uint, int>();
        var tree = new FileTree();
        DirectoryInode directory = tree.MakeDirectory("/d");
        int pairs = 0;
        for (int i = 0; pairs < 12; i++)
        {
            uint value = (uint)(hash.Of(System.Text.Encoding.ASCII.GetBytes(Name(i))) >> 32);
            if (first.TryAdd(value, i))
                continue;
            pairs++;
            directory.Set(Name(i), new FileInode(Blob.Empty));
            directory.Set(Name(first[value]), new FileInode(Blob.Empty));
        }

        // Leaves of 1024 bytes hold three such names, so that every second pair is cut.
        var layout = ExtDirectoryLayout.Indexed(directory.Entries, 1012, hash);
        Assert.Contains(Enumerable.Range(0, layout.LeafCount), leaf => (layout.LeafHash(leaf) & 1) == 1);
        using var image = new ExtImage(tree, ExtImage.Options with { BlockSize = 1024, HashSeed = seed });
        image.IsClean();

        static string Name(int i) => $"{i}".PadLeft(250, 'x');
    }

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(64998, 65000)]
    [InlineData(64999, 1)]
    public void Links_to_a_crowded_directory_stop_being_counted(int subdirectories, int links)
    {
        var tree = new FileTree();
        DirectoryInode directory = tree.MakeDirectory("/d");
        for (int i = 0; i < subdirectories; i++)
            directory.Set($"{i:d6}", new DirectoryInode());
        using var image = new ExtImage(tree, ExtImage.Options with { BlockSize = 1024 });
        Assert.Contains($"Links: {links} ", image.IsClean().Debug("stat /d"), StringComparison.Ordinal);
        ExtOptions without = ExtImage.Options with { Profile = ExtProfile.Default.With("^dir_nlink") };
        if (links == 1)
            Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, without));
        else
            ExtFileSystem.Plan(tree, without);
    }

    [ToolFact("e2fsck", "debugfs")]
    public void Directories_without_an_index_are_clean()
    {
        FileTree tree = ExtTrees.Names(3000);
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Default.With("^dir_index") });
        image.IsClean().Holds(tree);
    }

    [ToolFact("e2fsck", "debugfs")]
    public void Very_deep_directories_are_clean()
    {
        var tree = new FileTree();
        DirectoryInode at = tree.Root;
        for (int i = 0; i < 3000; i++)
        {
            var next = new DirectoryInode();
            at.Set("d", next);
            at = next;
        }

        using var image = new ExtImage(tree);
        image.IsClean();
    }

    [ToolFact("e2fsck", "debugfs")]
    public void The_trees_own_lost_and_found_is_used()
    {
        var tree = new FileTree();
        tree.MakeDirectory("/lost+found").Uid = 5;
        tree.Set("/lost+found/kept", ExtImage.TextFile("x"));
        using var image = new ExtImage(tree);
        image.IsClean().Holds(tree);
        string stat = image.Debug("stat /lost+found");
        Assert.Contains("Inode: 11 ", stat, StringComparison.Ordinal);
        Assert.Contains("Size: 16384", stat, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_with_two_names_is_refused()
    {
        var tree = new FileTree();
        DirectoryInode directory = tree.MakeDirectory("/a");
        directory.Set("b", directory);
        Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, ExtImage.Options));
    }

    private static FileTree LongNames(int count) => ExtTrees.Names(count, name: i => $"{i:d6}".PadLeft(255, 'n'));
}
