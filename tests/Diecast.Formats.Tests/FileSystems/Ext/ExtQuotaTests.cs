using System.Globalization;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Quotas and projects; e2fsck counts usage itself, and says where a file of usage differs.</summary>
public class ExtQuotaTests
{
    private static readonly ExtProject[] Projects =
    [
        new("/", 7), new("/a", 1000) { Inherit = false }, new("/a/b", 0), new("/a/b/c/file", 4_000_000_000), new("/owned300", 9),
    ];

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData("quota", 4096, null)]
    [InlineData("quota,project", 4096, null)]
    [InlineData("quota,project,ea_inode,inline_data,orphan_file", 1024, null)]
    [InlineData("quota,project,^resize_inode", 2048, ExtQuotaTypes.Project)]
    [InlineData("quota", 4096, ExtQuotaTypes.Group)]
    [InlineData("quota", 4096, ExtQuotaTypes.None)]
    public void Usage_is_what_e2fsck_counts(string features, int blockSize, ExtQuotaTypes? types)
    {
        FileTree tree = Tree(features.Contains("ea_inode", StringComparison.Ordinal));
        bool hasProjects = features.Contains("project", StringComparison.Ordinal);
        using var image = new ExtImage(tree, ExtImage.Options with
        {
            Profile = ExtProfile.Default.With(features.Split(',')),
            BlockSize = blockSize,
            QuotaTypes = types,
            Projects = hasProjects ? Projects : [],
        });
        image.IsClean().Holds(tree);
        TreeEquality.AssertSame(tree, ExtFileSystem.Read(image.Plan.ToBlob()));
        foreach ((ExtQuotaTypes type, string name) in new[] { (ExtQuotaTypes.User, "user"), (ExtQuotaTypes.Group, "group"), (ExtQuotaTypes.Project, "project") })
        {
            bool expected = types is { } asked ? asked.HasFlag(type) : type != ExtQuotaTypes.Project || hasProjects;
            Assert.Equal(expected, image.Header().ContainsKey($"{char.ToUpperInvariant(name[0])}{name[1..]} quota inode"));
            if (expected)
                Assert.Equal(Inodes(tree, type), Listed(image, name));
        }
    }

    [ToolFact("e2fsck", "debugfs")]
    public void E2fsck_would_see_a_wrong_count()
    {
        using var image = new ExtImage(Tree(false), ExtImage.Options with { Profile = ExtProfile.Default.With("quota") });
        Tool.Check("debugfs", "-w", "-R", "set_inode_field /owned3 uid 4", image.Path);
        Assert.Contains("QUOTA WARNING", Tool.Run("e2fsck", "-fn", image.Path).Output, StringComparison.Ordinal);
    }

    [ToolFact("e2fsck", "debugfs")]
    public void Projects_and_their_inheritance_are_in_the_inodes()
    {
        using var image = new ExtImage(Tree(false), ExtImage.Options with { Profile = ExtProfile.Default.With("project"), Projects = Projects });
        image.IsClean();
        foreach ((string path, string project, string flags) in new[]
        {
            ("/", "7", "0x20080000"), ("/lost+found", "7", "0x20080000"), ("/owned3", "7", "0x80000"), ("/a", "1000", "0x80000"),
            ("/a/b", "0", "0x20080000"), ("/a/b/c", "0", "0x20080000"), ("/a/b/c/file", "-294967296", "0x80000"),
        })
        {
            string stat = image.Debug($"stat {path}");
            Assert.Matches($@"Project: +{project} ", stat);
            Assert.Contains($"Flags: {flags}", stat, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        FileTree tree = Tree(false);
        Inode inode = tree.Find("/owned3")!;
        tree.Set("/a/again", inode);
        ExtOptions options = ExtImage.Options with { Profile = ExtProfile.Default.With("project"), Projects = Projects };
        Assert.Contains("two projects", Refusal(tree, options), StringComparison.Ordinal);
        Assert.Contains("nothing", Refusal(Tree(false), options with { Projects = [new ExtProject("/none", 1)] }), StringComparison.Ordinal);
        Assert.Contains("feature project", Refusal(tree, ExtImage.Options with { Projects = Projects }), StringComparison.Ordinal);
        Assert.Contains("feature quota", Refusal(tree, ExtImage.Options with { QuotaTypes = ExtQuotaTypes.User }), StringComparison.Ordinal);
        Assert.Contains("4294967295", Refusal(tree, options with { Projects = [new ExtProject("/a", uint.MaxValue)] }), StringComparison.Ordinal);
    }

    [MountFact("e2fsck", "lsattr")]
    public void The_kernel_knows_the_projects()
    {
        using var image = new ExtImage(Tree(false), ExtImage.Options with { Profile = ExtProfile.Default.With("project"), Projects = Projects });
        using var mount = new LoopMount(image.Path, "ro");
        string list = mount.Run("lsattr -pd . owned100 a a/b a/b/c/file");
        Assert.Equal(
            ["7 P", "7", "1000", "0 P", "4000000000"],
            list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(l => l[1].Contains('P', StringComparison.Ordinal) ? $"{l[0]} P" : l[0]));
    }

    [MountFact("e2fsck")]
    public void A_file_system_with_quotas_can_be_mounted()
    {
        FileTree tree = Tree(false);
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Default.With("quota", "project"), Projects = Projects });
        using var mount = new LoopMount(image.Path, "ro");
        Assert.Equal("content of 3", File.ReadAllText(mount.Path + "/owned3"));
    }

    private static string Refusal(FileTree tree, ExtOptions options) =>
        Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(tree, options)).Message;

    private static SortedDictionary<uint, int> Inodes(FileTree tree, ExtQuotaTypes type)
    {
        var counts = new SortedDictionary<uint, int>();
        void Count(uint id) => counts[id] = counts.GetValueOrDefault(id) + 1;
        foreach (TreeEntry entry in tree.Walk().Append(new TreeEntry("/", "/", tree.Root)))
        {
            Inode inode = entry.Inode;
            Count(type switch
            {
                ExtQuotaTypes.User => inode.Uid,
                ExtQuotaTypes.Group => inode.Gid,
                _ => Projects.Where(p => p.Path == "/" || entry.Path == p.Path || entry.Path.StartsWith(p.Path + "/", StringComparison.Ordinal)).MaxBy(p => p.Path.Length)!.Id,
            });
            // The large attribute is an inode more.
            if (inode.Xattrs.Count > 0)
                Count(type == ExtQuotaTypes.Project ? 7 : inode.Uid);
        }

        Count(type == ExtQuotaTypes.Project ? 7u : 0);
        return counts;
    }

    /// <summary>Ids and their inodes as debugfs lists them.</summary>
    private static SortedDictionary<uint, int> Listed(ExtImage image, string type)
    {
        var counts = new SortedDictionary<uint, int>();
        foreach (Match line in Regex.Matches(image.Debug($"list_quota {type}"), @"^ *(\d+) +\d+ +\d+ +\d+ +(\d+) +\d+ +\d+", RegexOptions.Multiline))
            counts.Add(uint.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture));
        return counts;
    }

    private static FileTree Tree(bool withLargeXattr)
    {
        var tree = new FileTree();
        for (uint i = 0; i < 40; i++)
        {
            uint id = i < 30 ? i * 100 : uint.MaxValue - (i * 70_000_000);
            tree.Set($"/owned{i * 100}", new FileInode(Blob.FromMemory(ExtImage.Bytes((int)i * 1000))) { Uid = id, Gid = id / 2 });
        }

        tree.Set("/owned3", new FileInode(Blob.FromText("content of 3")) { Uid = 3, Gid = 3 });
        tree.Set("/a/b/c/file", new FileInode(Blob.FromMemory(ExtImage.Bytes(10_000))));
        tree.Set("/a/link", new SymlinkInode(new string('x', 200)));
        if (withLargeXattr)
        {
            var xattrs = Xattrs.Create([new Xattr("user.large", ExtImage.Bytes(30_000))]);
            ((FileInode)tree.Find("/owned100")!).Xattrs = xattrs;
            tree.Find("/owned100")!.Gid = 100;
            tree.Set("/large", new FileInode(Blob.Empty) { Xattrs = xattrs });
        }

        return tree;
    }
}
