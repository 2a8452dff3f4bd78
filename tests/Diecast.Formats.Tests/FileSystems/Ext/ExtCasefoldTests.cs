using System.Text;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Directories that ignore case; e2fsck and debugfs have the kernel's tables.</summary>
public class ExtCasefoldTests
{
    private static readonly ExtOptions Options = ExtImage.Options with { Profile = ExtProfile.Default.With("casefold") };

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData("casefold", 0)]
    [InlineData("casefold,inline_data", 0)]
    [InlineData("casefold,^metadata_csum,^64bit", 1)]
    public void Directories_that_ignore_case_are_clean(string features, int strict)
    {
        FileTree tree = Tree();
        using var image = new ExtImage(tree, Options with
        {
            Profile = ExtProfile.Default.With(features.Split(',')),
            BlockSize = 1024,
            CasefoldedDirectories = ["/folded"],
            CasefoldStrict = strict == 1,
        });
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, ExtFileSystem.Read(image.Plan.ToBlob()));
        Assert.Matches(strict == 1 ? "Character encoding: +utf8-12.1" : "encoding", Tool.Check("dumpe2fs", "-h", image.Path));
        foreach ((string path, bool isFolded) in new[] { ("/folded", true), ("/folded/below/it", true), ("/plain", false), ("/", false) })
            Assert.Equal(isFolded, Regex.IsMatch(image.Debug($"stat {path}"), "Flags: 0x[45]"));
    }

    [ToolFact("e2fsck", "debugfs")]
    public void The_root_may_ignore_case()
    {
        FileTree tree = ExtTrees.Names(50, "/", i => $"Name {i} ÄÖÜ");
        using var image = new ExtImage(tree, Options with { CasefoldedDirectories = ["/"], BlockSize = 1024 });
        image.IsClean().Holds(tree);
    }

    [Theory]
    [InlineData("README", "readme")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("\u00c5ngstr\u00f6m", "A\u030angstro\u0308m")]
    [InlineData("a\u0323\u0307", "a\u0307\u0323")]
    [InlineData("soft\u00adhyphen", "softhyphen")]
    [InlineData("각", "\u1100\u1161\u11a8")]
    [InlineData("\u212a", "k")]
    public void Names_that_are_one_without_case_are_refused(string one, string other)
    {
        var tree = new FileTree();
        tree.Set($"/{one}", new FileInode(Blob.Empty));
        tree.Set($"/{other}", new FileInode(Blob.Empty));
        var error = Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, Options with { CasefoldedDirectories = ["/"] }));
        Assert.Contains("ignores case", error.Message, StringComparison.Ordinal);
        ExtFileSystem.Plan(tree, Options);
    }

    [ToolFact("e2fsck")]
    public void Names_that_are_not_UTF_8_are_refused_where_that_is_strict()
    {
        var tree = new FileTree();
        foreach (byte[] name in (byte[][])[[0xff, (byte)'A'], [0xff, (byte)'a'], [0xed, 0xa0, 0x80], [0xc0, 0x80], Encoding.UTF8.GetBytes("A\u0378")])
            tree.Root.Set(new FileName(name), new FileInode(Blob.Empty));
        for (int i = 0; i < 200; i++)
            tree.Root.Set(new FileName([0xfe, .. Encoding.UTF8.GetBytes($"Name{i}")]), new FileInode(Blob.Empty));
        ExtOptions options = Options with { CasefoldedDirectories = ["/"], BlockSize = 1024 };
        using var image = new ExtImage(tree, options);
        image.IsClean();
        Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, options with { CasefoldStrict = true }));
    }

    [Fact]
    public void What_is_not_there_or_not_a_directory_is_refused()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.Empty));
        foreach (string path in (string[])["/f", "/none"])
            Assert.Equal(path, Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, Options with { CasefoldedDirectories = [path] })).Path);
        Assert.Contains("casefold", Assert.Throws<UnrepresentableException>(
            () => ExtFileSystem.Plan(tree, ExtImage.Options with { CasefoldedDirectories = ["/"] })).Message, StringComparison.Ordinal);
    }

    /// <summary>Names of characters from everywhere, in an order that makes marks move.</summary>
    [ToolFact("mke2fs", "debugfs")]
    public void Hashes_of_names_are_those_of_debugfs()
    {
        var random = new Random(1);
        int[] marks = [0x301, 0x323, 0x307, 0x345, 0x5b0, 0x93c, 0x200d, 0xad, 0x1d165, 0x1d16d, 0x64b];
        Rune Any() => random.Next(3) == 0 ? new Rune(marks[random.Next(marks.Length)])
            : Rune.TryCreate(random.Next(0x80, random.Next(4) == 0 ? 0x2fa20 : 0x3000), out Rune rune) ? rune : new Rune('A');
        CompareHashes(Enumerable.Range(0, 8000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Any()))));
        int sample = Environment.GetEnvironmentVariable("DIECAST_ALL_CHARACTERS") is null ? 37 : 1;
        CompareHashes(Enumerable.Range(0xa1, 0xe2000).Where(c => c % sample == 0 && Rune.IsValid(c)).Select(c => $"x{new Rune(c)}\u0301"));
    }

    private static void CompareHashes(IEnumerable<string> names)
    {
        using var image = new ExtForeignImage("1M", null, "-O", "^has_journal");
        using var directory = new TempDirectory();
        foreach (string[] chunk in names.Chunk(50_000))
        {
            File.WriteAllLines(directory["requests"], chunk.Select(n => $"dx_hash -h half_md4 -s {ExtImage.Options.Uuid} -c -e utf8 \"{n}\""));
            MatchCollection found = Regex.Matches(Tool.Check("debugfs", "-f", directory["requests"], image.Path), "^Hash of .* is 0x([0-9a-f]+) \\(minor 0x([0-9a-f]+)\\)", RegexOptions.Multiline);
            Assert.Equal(chunk.Length, found.Count);
            var hash = new ExtDirectoryHash(ExtImage.Options.Uuid, ExtHashCharacters.Signed);
            for (int i = 0; i < chunk.Length; i++)
            {
                ulong expected = Convert.ToUInt64(found[i].Groups[1].Value.PadLeft(8, '0') + found[i].Groups[2].Value.PadLeft(8, '0'), 16);
                ulong actual = hash.Of(ExtCasefold.KeyOf(Encoding.UTF8.GetBytes(chunk[i])));
                Assert.True(expected == actual, $"{string.Join(' ', chunk[i].EnumerateRunes().Select(r => $"{r.Value:x}"))}: {expected:x} is expected, {actual:x} is there");
            }
        }
    }

    private static FileTree Tree()
    {
        var tree = new FileTree();
        foreach (string directory in (string[])["/folded", "/plain"])
        {
            for (int i = 0; i < 300; i++)
                tree.Set($"{directory}/File Number {i} ÀÉÎõü Ω ß ﬁ", ExtImage.TextFile($"{i}"));
            tree.Set($"{directory}/below/it/A", ExtImage.TextFile("a"));
        }

        tree.Set("/plain/a", new FileInode(Blob.Empty));
        tree.Set("/plain/A", new FileInode(Blob.Empty));
        return tree;
    }
}
