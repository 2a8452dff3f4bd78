using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>Type and cluster size against mkfs.fat's, around every size at which its rules change.</summary>
public sealed class FatMakeTests
{
    private const long MiB = 1L << 20;

    /// <summary>Sizes at which the rule is one of size alone; the neighbours are one sector off.</summary>
    public static TheoryData<long, FatType?> Exact => new()
    {
        { 512 * MiB, null },
        { 8192 * MiB, null },
        { 16384 * MiB, null },
        { 32768 * MiB, null },
        { 260 * MiB, FatType.Fat32 },
        { 261 * MiB, FatType.Fat32 },
        { 512 * MiB, FatType.Fat32 },
        { 8192 * MiB, FatType.Fat32 },
    };

    [ToolTheory("mkfs.fat")]
    [MemberData(nameof(Exact))]
    public void Rules_of_size_change_at_the_same_sector(long threshold, FatType? type)
    {
        foreach (long size in new[] { threshold - 512, threshold, threshold + 512 })
            Assert.Equal((size, Foreign(size, type)), (size, Own(size, type)));
    }

    /// <summary>
    /// Where the rule is one of the number of clusters: there the two may differ within a few clusters, since ours start
    /// the data on a multiple of 4 KiB and of the cluster. Beyond a band of 32 KiB and four clusters they are equal.
    /// </summary>
    [ToolTheory("mkfs.fat")]
    [InlineData(8, 2048, null)]
    [InlineData(16, 4096, FatType.Fat12)]
    [InlineData(32, 8192, FatType.Fat12)]
    [InlineData(128, 2048, null)]
    [InlineData(256, 4096, null)]
    [InlineData(128, 2048, FatType.Fat16)]
    [InlineData(256, 4096, FatType.Fat16)]
    [InlineData(1024, 16384, FatType.Fat16)]
    [InlineData(2048, 32768, FatType.Fat16)]
    public void Rules_of_clusters_change_within_a_narrow_band(int mebibytes, int cluster, FatType? type)
    {
        long most = type == FatType.Fat12 || mebibytes < 16 ? 4084 : 65524;
        long data = most * cluster;
        long band = (32 << 10) + (4L * cluster);
        long tables = most == 4084 ? 24 * 512 : 2 * 131072;
        foreach (long size in new[] { data - band, data + tables + 16_384 + band + (32L * cluster) })
        {
            long sectors = size / 512 * 512;
            Assert.Equal((sectors, Foreign(sectors, type)), (sectors, Own(sectors, type)));
        }
    }

    private static (FatType Type, int Cluster) Own(long size, FatType? type)
    {
        FatPlan plan = FatFileSystem.Plan(new FileTree(), new FatOptions { Size = size, Type = type });
        return (plan.Type, plan.ClusterSize);
    }

    private static (FatType Type, int Cluster) Foreign(long size, FatType? type)
    {
        using var directory = new TempDirectory();
        using (var file = new FileStream(directory["image"], FileMode.Create))
            file.SetLength(size);
        Tool.Check("mkfs.fat", [.. type is null ? Array.Empty<string>() : ["-F", $"{(int)type}"], directory["image"]]);
        byte[] boot = new byte[512];
        using (FileStream file = File.OpenRead(directory["image"]))
            file.ReadExactly(boot);
        FatType made = boot[22] == 0 && boot[23] == 0 ? FatType.Fat32 : boot[58] == (byte)'2' ? FatType.Fat12 : FatType.Fat16;
        return (made, boot[13] * 512);
    }
}
