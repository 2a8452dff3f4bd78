using System.Globalization;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>resize2fs makes it sixteen times as large, unmounted or mounted, and it is clean and whole afterwards.</summary>
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

    [ExtOnlineTheory]
    [MemberData(nameof(Cases))]
    public void Online(string profile, int blockSize, long size)
    {
        FileTree tree = ExtTrees.AllTypes();
        using var image = new ExtImage(tree, Options(profile, blockSize, size));
        long blocks = image.Plan.BlockCount * Times;
        using (var mounts = new ExtMounts([image.Path], "rw"))
        {
            using (FileStream file = File.OpenWrite(image.Path))
                file.SetLength(blocks * blockSize);
            Tool.Check("sh", "-ec", "dev=$(findmnt -no SOURCE \"$1\"); losetup -c $dev; resize2fs $dev", "sh", mounts[0]);
            ExtKernelView.Holds(mounts[0], tree, image);
            // What is new can be used.
            byte[] content = ExtImage.Bytes(100_000);
            for (int i = 0; i < 10; i++)
                File.WriteAllBytes($"{mounts[0]}/new{i}", content);
            for (int i = 0; i < 10; i++)
                File.Delete($"{mounts[0]}/new{i}");
            // The directory has another time and the same names.
            Tool.Check("touch", "-d", string.Create(CultureInfo.InvariantCulture, $"@{tree.Root.ModifiedTime.Seconds}.{tree.Root.ModifiedTime.Nanoseconds:d9}"), mounts[0]);
        }

        image.IsClean().Holds(tree);
        // The kernel leaves a last group out that is too small.
        Assert.InRange(Blocks(image), blocks - (blockSize * 8) + 1, blocks);
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

/// <summary>A test that grows a mounted file system, which takes the right to use its reserves too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExtOnlineTheoryAttribute : TheoryAttribute
{
    private const int SysResource = 24;

    public ExtOnlineTheoryAttribute() => Skip = ExtMountFactAttribute.Missing ?? (MayResize() ? null : "growing a mounted file system wants CAP_SYS_RESOURCE");

    private static bool MayResize() => File.ReadLines("/proc/self/status").Any(
        l => l.StartsWith("CapEff:", StringComparison.Ordinal)
            && (ulong.Parse(l[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1ul << SysResource)) != 0);
}
