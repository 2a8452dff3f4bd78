using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Trees;

public sealed class DirectoryInodeTests
{
    [Fact]
    public void Random_changes_agree_with_a_sorted_dictionary()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            var directory = new DirectoryInode();
            var model = new SortedDictionary<string, Inode>(StringComparer.Ordinal);
            for (int step = 0; step < 600; step++)
            {
                string name = $"n{random.Next(seed % 2 == 0 ? 60 : 2000):x}";
                switch (random.Next(10))
                {
                    case < 6:
                        var inode = new FileInode(Blob.Empty);
                        directory.Set(name, inode);
                        model[name] = inode;
                        break;
                    case 6:
                        Assert.Same(model.GetValueOrDefault(name), directory.Remove(name));
                        model.Remove(name);
                        break;
                    case 7 when random.Next(20) == 0:
                        Assert.Equal(model.Keys, directory.Entries.ToArray().Select(e => e.Name.ToString()));
                        break;
                    default:
                        Assert.Same(model.GetValueOrDefault(name), directory.Find(name));
                        break;
                }

                Assert.Equal(model.Count, directory.Count);
            }

            Assert.Equal(model.Values, directory.Entries.ToArray().Select(e => e.Inode));
        }
    }

    [Fact]
    public void Entries_are_in_byte_order_not_in_cultural_order()
    {
        var directory = new DirectoryInode();
        foreach (string name in new[] { "é", "z", "a", "Z", "a.b", "ab", "𐀀", "\uffee" })
            directory.Set(name, new FileInode(Blob.Empty));
        Assert.Equal(["Z", "a", "a.b", "ab", "z", "é", "\uffee", "𐀀"], directory.Entries.ToArray().Select(e => e.Name.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\0b")]
    public void Names_that_cannot_stand_in_a_directory_are_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new DirectoryInode().Set(name, new FileInode(Blob.Empty)));

    [Fact]
    public void Permissions_are_twelve_bits()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DirectoryInode(0x1000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DirectoryInode(-1));
        Assert.Equal(0x4000 | 0xfff, new DirectoryInode(0xfff).FullMode);
    }
}
