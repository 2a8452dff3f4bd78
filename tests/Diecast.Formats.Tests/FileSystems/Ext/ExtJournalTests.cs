using System.Globalization;
using System.Text.RegularExpressions;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>A journal is one run of blocks wherever there is one that is long enough.</summary>
public class ExtJournalTests
{
    private const long Gibi = 1L << 30;

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData("default", 4096, 3 * Gibi)]
    [InlineData("default", 4096, 20 * Gibi)]
    [InlineData("modern", 4096, 70 * Gibi)]
    [InlineData("default", 4096, 130 * Gibi)]
    [InlineData("compat", 2048, 40 * Gibi)]
    [InlineData("modern", 1024, 5 * Gibi)]
    public void Is_in_one_piece(string profile, int blockSize, long size)
    {
        FileTree tree = ExtTrees.AllTypes();
        using var image = new ExtImage(tree, ExtImage.Options with { Profile = ExtProfile.Find(profile)!, BlockSize = blockSize, Size = size, BytesPerInode = 65536 });
        image.IsClean();
        TreeEquality.AssertSame(tree, image.Read());
        long end = -1;
        foreach (Match extent in Regex.Matches(image.Debug("stat <8>"), @"\((\d+)-(\d+)\):(\d+)-(\d+)"))
        {
            Assert.True(end < 0 || Number(extent, 3) == end + 1, $"there is another run at {extent.Value}");
            end = Number(extent, 4);
        }

        Assert.True(end > 0);
    }

    [MountFact("e2fsck")]
    public void The_kernel_uses_it_where_it_stands()
    {
        FileTree tree = ExtTrees.AllTypes();
        using var image = new ExtImage(tree, ExtImage.Options with { Size = 130 * Gibi, BytesPerInode = 65536 });
        using (var mount = new LoopMount(image.Path))
            mount.Run("for i in $(seq 200); do echo $i > new$i; done; sync; rm new*; touch -d @1600000000.000000005 .");
        image.IsClean();
        TreeEquality.AssertSame(tree, image.Read());
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
}
