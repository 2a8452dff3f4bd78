using Diecast.Formats.FileSystems.Ext;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Every name that mke2fs knows is made, or refused for a reason.</summary>
public class ExtFeatureTests
{
    /// <summary>E2p's table of names (feature.c of e2fsprogs 1.47).</summary>
    private static readonly string[] Refused =
    [
        "dir_prealloc", "imagic_inodes", "lazy_bg", "snapshot_bitmap", "exclude_bitmap", "fast_commit", "compression",
        "needs_recovery", "journal_dev", "mmp", "dirdata", "btree_dir", "snapshot", "bigalloc", "replica", "read-only",
        "shared_blocks", "orphan_present",
    ];

    [Fact]
    public void What_is_not_made_is_refused_for_a_reason()
    {
        foreach (string name in Refused)
        {
            var error = Assert.Throws<ArgumentException>(() => ExtProfile.Default.With(name));
            Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("cannot be made", error.Message, StringComparison.Ordinal);
        }
    }

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData("stable_inodes")]
    [InlineData("encrypt")]
    [InlineData("verity")]
    [InlineData("stable_inodes,encrypt,verity,casefold,ea_inode,inline_data,quota,project,large_dir")]
    public void Features_that_are_only_marks_are_clean(string features)
    {
        using var image = new ExtImage(ExtTrees.AllTypes(), ExtImage.Options with { Profile = ExtProfile.Default.With(features.Split(',')) });
        image.IsClean().Holds(ExtTrees.AllTypes());
        TreeEquality.AssertSame(ExtTrees.AllTypes(), ExtFileSystem.Read(image.Plan.ToBlob()));
        foreach (string feature in features.Split(','))
            Assert.Contains($" {feature}", " " + image.Header()["Filesystem features"], StringComparison.Ordinal);
    }
}
