using System.Globalization;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>
/// resize2fs makes it sixteen times as large, and it is clean and whole afterwards. Mounted, a guest does the same: see
/// GuestFileSystems of the boot tests.
/// </summary>
public class ExtGrowthTests
{
    private const int Times = 16;
    private const long Mebi = 1L << 20;

    /// <summary>Features, block size and first size; 0 is the smallest.</summary>
    public static TheoryData<string, int, long> Cases => new()
    {
        { "default", 4096, 64 },
        { "default", 4096, 500 },
        { "default", 4096, 0 },
        { "default", 2048, 0 },
        { "default", 1024, 0 },
        { "default", 1024, 9 },
        { "default", 1024, 64 },
        { "modern", 4096, 0 },
        { "modern", 4096, 200 },
        { "modern", 1024, 30 },
        { "compat", 4096, 0 },
        { "compat", 4096, 130 },
        { "compat", 1024, 30 },
        { "default,^flex_bg", 4096, 30 },
        { "default,^flex_bg", 1024, 30 },
        { "default,^has_journal", 1024, 8 },
        { "default,^resize_inode", 4096, 64 },
        { "default,^resize_inode", 1024, 16 },
        { "compat,uninit_bg", 1024, 30 },
        { "ext2", 4096, 64 },
        { "ext3", 1024, 30 },
        { "default,sparse_super2", 4096, 300 },
        { "default,^resize_inode,meta_bg", 4096, 200 },
    };

    [ToolTheory("resize2fs", "e2fsck", "debugfs")]
    [MemberData(nameof(Cases))]
    public void Offline(string profile, int blockSize, long size)
    {
        FileTree tree = ExtTrees.AllTypes();
        using var image = new ExtImage(tree, Options(profile, blockSize, size));
        image.IsClean();
        long blocks = image.Plan.BlockCount * Times;
        Tool.Check("resize2fs", "-f", image.Path, $"{blocks * blockSize / 1024}K");
        image.IsClean().Holds(tree);
        Assert.Equal(blocks, Blocks(image));
    }

    private static ExtOptions Options(string profile, int blockSize, long size)
    {
        string[] parts = profile.Split(',');
        return ExtImage.Options with
        {
            Profile = ExtProfile.Find(parts[0])!.With(parts[1..]),
            BlockSize = blockSize,
            Size = size == 0 ? null : size * Mebi,
        };
    }

    private static long Blocks(ExtImage image) => long.Parse(image.Header()["Block count"], CultureInfo.InvariantCulture);
}
