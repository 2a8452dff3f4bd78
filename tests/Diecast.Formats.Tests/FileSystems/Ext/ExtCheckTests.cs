using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>e2fsck has nothing to say.</summary>
public class ExtCheckTests
{
    private const long Mebi = 1024 * 1024;
    private const long Gibi = 1024 * Mebi;

    public static TheoryData<string> Profiles => ["default", "modern", "compat"];

    [ToolTheory("e2fsck")]
    [MemberData(nameof(Profiles))]
    public void An_empty_tree_is_clean(string profile)
    {
        using var image = new ExtImage(new FileTree(), ExtImage.Options with { Profile = ExtProfile.Find(profile)! });
        image.IsClean();
    }

    [ToolTheory("e2fsck")]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void A_tree_of_all_types_is_clean(int blockSize)
    {
        foreach (ExtProfile profile in new[] { ExtProfile.Default, ExtProfile.Modern, ExtProfile.Compat })
        {
            using var image = new ExtImage(ExtTrees.AllTypes(), ExtImage.Options with { Profile = profile, BlockSize = blockSize, FreeBytes = 10 * Mebi });
            image.IsClean();
        }
    }

    [ToolTheory("e2fsck")]
    [InlineData(8 * Mebi)]
    [InlineData(64 * Mebi)]
    [InlineData(129 * Mebi)]
    [InlineData(1 * Gibi)]
    [InlineData(5 * Gibi)]
    [InlineData(64 * Gibi)]
    public void Any_size_is_clean(long size)
    {
        foreach (int blockSize in new[] { 1024, 4096 })
        {
            if (size / blockSize > 4 * Mebi)
                continue;
            using var image = new ExtImage(ExtTrees.AllTypes(), ExtImage.Options with { Size = size, BlockSize = blockSize });
            image.IsClean();
            Assert.Equal(size, new FileInfo(image.Path).Length);
        }
    }
}
