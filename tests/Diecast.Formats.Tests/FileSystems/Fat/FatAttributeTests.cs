using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

public sealed class FatAttributeTests
{
    [ToolFact("mattrib", "fsck.fat")]
    public void Attributes_come_from_rules_and_from_what_Samba_keeps()
    {
        using var directory = new TempDirectory();
        var tree = new FileTree();
        foreach (string name in new[] { "/IO.SYS", "/efi/boot/x.efi", "/efi/y.efi", "/plain", "/samba", "/binary", "/odd" })
            tree.Set(name, new FileInode(Blob.Empty));
        Attribute(tree, "/samba", "0x23\0"u8.ToArray());
        Attribute(tree, "/binary", Convert.FromBase64String("AAAEAAQAAABRAAAABgAAAA=="));
        Attribute(tree, "/odd", "what?"u8.ToArray());
        FatPlan plan = FatFileSystem.Plan(tree, new FatOptions
        {
            Attributes =
            [
                new FatAttributeRule { Path = "/io.sys", Set = FatAttributes.Hidden | FatAttributes.System | FatAttributes.ReadOnly },
                new FatAttributeRule { Path = "/**/*.efi", Set = FatAttributes.System },
                new FatAttributeRule { Path = "/efi/*.efi", Clear = FatAttributes.System | FatAttributes.Archive },
                new FatAttributeRule { Path = "/e?i", Set = FatAttributes.Hidden },
            ],
        });
        FatImage image = FatImage.Write(plan, directory["image"]);
        image.Check(plan);
        var listed = image.Mtools("mattrib", "::/*", "::/efi/*", "::/efi/boot/*").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(l => l[(l.IndexOf(':') + 2)..].Trim(), l => l[..9].Replace(" ", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);
        FileTree read = FatFileSystem.Read(plan.ToBlob());
        foreach ((string path, string letters, string? value) in new[]
            {
                ("/IO.SYS", "ASHR", "0x27"), ("/efi/boot/x.efi", "AS", "0x24"), ("/efi/y.efi", "", "0x0"), ("/plain", "A", null),
                ("/samba", "AHR", "0x23"), ("/binary", "SH", "0x6"), ("/odd", "A", null), ("/efi", "H", "0x2"), ("/efi/boot", "", null),
            })
        {
            Assert.Equal((path, letters), (path, listed[path]));
            Assert.Equal((path, value), (path, read.Find(path)!.Xattrs.Find("user.DOSATTRIB") is { } bytes ? Encoding.ASCII.GetString(bytes.Span) : null));
        }

        // What was read is written the same again.
        Assert.Equal(plan.ToBlob().ToArray(), FatFileSystem.Plan(read, new FatOptions()).ToBlob().ToArray());
    }

    [Theory]
    [InlineData("/a", "/A", true)]
    [InlineData("/a", "/a/b", false)]
    [InlineData("/*", "/abc", true)]
    [InlineData("/*", "/a/b", false)]
    [InlineData("/a*c", "/abbc", true)]
    [InlineData("/a*c", "/ac", true)]
    [InlineData("/a?c", "/ac", false)]
    [InlineData("/a?c", "/aéc", true)]
    [InlineData("/**", "/a/b/c", true)]
    [InlineData("/a/**", "/a", false)]
    [InlineData("/a/**", "/a/b", true)]
    [InlineData("/**/x", "/x", true)]
    [InlineData("/**/x", "/a/b/x", true)]
    [InlineData("/**/x", "/a/bx", false)]
    [InlineData("/a/**/b/*.c", "/a/b/x.c", true)]
    [InlineData("/a/**/b/*.c", "/a/1/2/b/x.c", true)]
    [InlineData("/a/**/b/*.c", "/a/1/2/b/d/x.c", false)]
    public void Patterns_of_paths(string pattern, string path, bool matches) => Assert.Equal(matches, new FatPattern(pattern).Matches(path));

    [Fact]
    public void A_pattern_of_many_wild_cards_takes_no_time() =>
        Assert.False(new FatPattern("/" + string.Concat(Enumerable.Repeat("**a*", 50)) + "z").Matches("/" + new string('a', 2000)));

    [Fact]
    public void All_that_FAT_cannot_hold_is_told_at_once()
    {
        var tree = new FileTree();
        tree.Set("/a/link", new SymlinkInode("x"));
        tree.Set("/a/what?", new FileInode(Blob.Empty));
        tree.Set("/large", new FileInode(Blob.Zeros(1L << 32)));
        tree.Set("/Large", new FileInode(Blob.Empty));
        for (int i = 0; i < 40; i++)
            tree.Set($"/z/{i:d2}.", new FileInode(Blob.Empty));
        var fault = Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(tree, new FatOptions()));
        Assert.Equal("/large", fault.Path);
        Assert.StartsWith("vfat: /large: it is the same name as Large", fault.Message, StringComparison.Ordinal);
        foreach (string part in new[] { "; /a/link: a Symlink;", "; /a/what?: the name holds U+003F", "; /z/00.: the name ends", "; and 23 more" })
            Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", FatAttributes.Hidden)]
    [InlineData("/a", (FatAttributes)0x10)]
    public void Rules_out_of_range_are_refused(string path, FatAttributes set) =>
        Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(new FileTree(), new FatOptions { Attributes = [new FatAttributeRule { Path = path, Set = set }] }));

    private static void Attribute(FileTree tree, string path, byte[] value)
    {
        Inode inode = tree.Find(path)!;
        inode.Xattrs = inode.Xattrs.With("user.DOSATTRIB", value);
    }
}
