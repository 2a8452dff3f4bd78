using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

public sealed class FatSizeTests
{
    private const long MiB = 1L << 20;
    private const long GiB = 1L << 30;

    [ToolTheory("fsck.fat")]
    [InlineData(4083, FatType.Fat12, 4083)]
    [InlineData(4084, FatType.Fat12, 4084)]
    [InlineData(4085, FatType.Fat12, 4084)]
    [InlineData(4086, FatType.Fat12, 4084)]
    [InlineData(4087, FatType.Fat16, 4087)]
    [InlineData(4088, FatType.Fat16, 4088)]
    [InlineData(65523, FatType.Fat16, 65523)]
    [InlineData(65524, FatType.Fat16, 65524)]
    [InlineData(65525, FatType.Fat32, 65525)]
    [InlineData(65526, FatType.Fat32, 65526)]
    public void The_number_of_clusters_decides_the_type(int clusters, FatType type, int expected)
    {
        // The size at which the type just below the number would have that many clusters of 512 bytes.
        FatType at = clusters < 4087 ? FatType.Fat12 : clusters < 65525 ? FatType.Fat16 : FatType.Fat32;
        long size = new FatSizer(512, 512).Least(at, 512, clusters).Length;
        using var directory = new TempDirectory();
        FatPlan plan = FatFileSystem.Plan(new FileTree(), new FatOptions { Size = size, ClusterSize = 512 });
        Assert.Equal((type, expected), (plan.Type, (int)plan.ClusterCount));
        FatImage.Write(plan, directory["image"]).Check(plan);
    }

    [Fact]
    public void No_size_ever_gives_an_ambiguous_number_of_clusters()
    {
        foreach (int sector in new[] { 512, 4096 })
        {
            var sizer = new FatSizer(sector, 512);
            foreach (int cluster in new[] { 4096, 8192 })
            {
                foreach ((FatType type, long center) in new[] { (FatType.Fat12, 4085L), (FatType.Fat16, 65525L) })
                {
                    long middle = sizer.Least(type, cluster, center).TotalSectors;
                    for (long total = middle - 300; total < middle + 600; total++)
                    {
                        FatGeometry geometry = sizer.Choose(total, null, cluster)!.Value;
                        (long least, long most) = FatSizer.ClusterRange(geometry.Type);
                        Assert.InRange(geometry.Clusters, least, most);
                        Assert.Equal(geometry.Clusters, ((geometry.DeclaredSectors * sector) - geometry.DataOffset) / cluster);
                        Assert.Equal(total, geometry.TotalSectors);
                        long held = geometry.FatSectors * sector * 8 / (int)geometry.Type;
                        Assert.True(held >= geometry.Clusters + 2);
                    }
                }
            }
        }
    }

    [ToolTheory("mkfs.fat", "fsck.fat")]
    [InlineData(1, null)]
    [InlineData(8, null)]
    [InlineData(9, null)]
    [InlineData(64, null)]
    [InlineData(129, null)]
    [InlineData(300, null)]
    [InlineData(511, null)]
    [InlineData(512, null)]
    [InlineData(40, FatType.Fat32)]
    [InlineData(260, FatType.Fat32)]
    [InlineData(262, FatType.Fat32)]
    [InlineData(9000, FatType.Fat32)]
    [InlineData(17000, FatType.Fat32)]
    [InlineData(40000, FatType.Fat32)]
    public void Type_and_cluster_size_are_those_of_mkfs(int mebibytes, FatType? type)
    {
        using var directory = new TempDirectory();
        using (var file = new FileStream(directory["foreign"], FileMode.Create))
            file.SetLength(mebibytes * MiB);
        Tool.Check("mkfs.fat", [.. type is null ? Array.Empty<string>() : ["-F", $"{(int)type}"], directory["foreign"]]);
        byte[] boot = new byte[512];
        using (FileStream file = File.OpenRead(directory["foreign"]))
            file.ReadExactly(boot);
        int foreignBits = boot[17] == 0 && boot[18] == 0 ? 32 : boot[54 + 4] == '2' ? 12 : 16;
        FatPlan plan = FatFileSystem.Plan(new FileTree(), new FatOptions { Size = mebibytes * MiB, Type = type });
        Assert.Equal((foreignBits, boot[13] * 512), ((int)plan.Type, plan.ClusterSize));
        byte[] ours = plan.ToBlob().Slice(0, 512).ToArray();
        Assert.Equal(boot[21], ours[21]);
        if (mebibytes < 1000)
            FatImage.Write(plan, directory["image"]).Check(plan);
    }

    [Theory]
    [InlineData(512, 33)]
    [InlineData(4096, 257)]
    public void FAT32_below_its_minimum_is_refused_with_the_minimum(int sector, int mebibytes)
    {
        var options = new FatOptions { Type = FatType.Fat32, SectorSize = sector, Size = 32 * MiB };
        var fault = Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(new FileTree(), options));
        Assert.InRange(fault.NeededBytes, (mebibytes - 1) * MiB, mebibytes * MiB);
        Assert.Contains(fault.NeededBytes.ToString(), fault.Message);
        FatPlan least = FatFileSystem.Plan(new FileTree(), options with { Size = fault.NeededBytes });
        Assert.Equal(65525, least.ClusterCount);
        Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(new FileTree(), options with { Size = fault.NeededBytes - sector }));
        Assert.Equal(fault.NeededBytes, FatFileSystem.Plan(new FileTree(), options with { Size = null }).Length);
    }

    [Fact]
    public void An_automatic_size_is_the_least_that_holds_the_content()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            FileTree tree = FatImage.RandomTree(random, 30, seed % 3 == 0 ? 900_000 : 5_000);
            var options = new FatOptions { SectorSize = 512 << random.Next(4), Type = seed % 2 == 0 ? null : FatType.Fat16 };
            FatPlan plan = FatFileSystem.Plan(tree, options);
            // A FAT16 has 4,087 clusters at least, with or without content.
            Assert.True(plan.FreeClusters == 0 || plan.ClusterCount == 4087);
            Assert.Equal(plan.Type, FatFileSystem.Plan(tree, options with { Size = plan.Length }).Type);
            Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(tree, options with { Size = plan.Length - options.SectorSize }));
            long free = random.Next(1, 3_000_000);
            FatPlan roomy = FatFileSystem.Plan(tree, options with { FreeBytes = free });
            Assert.True(roomy.FreeClusters * roomy.ClusterSize >= free);
            long minimum = random.Next(1, 20_000_000);
            Assert.True(FatFileSystem.Plan(tree, options with { MinimumSize = minimum }).Length >= minimum);
        }
    }

    [Theory]
    [InlineData(600, FatType.Fat32, 4096)]
    [InlineData(500, FatType.Fat16, 8192)]
    [InlineData(505, FatType.Fat16, 8192)]
    [InlineData(20000, FatType.Fat32, 16384)]
    public void Large_contents_get_the_rules_type_without_a_size(int mebibytes, FatType type, int cluster)
    {
        var tree = new FileTree();
        for (int i = 0; i * 1000 < mebibytes; i++)
            tree.Set($"/{i}", new FileInode(Blob.Zeros(Math.Min(1000, mebibytes - (i * 1000)) * MiB)));
        FatPlan plan = FatFileSystem.Plan(tree, new FatOptions());
        Assert.Equal((type, cluster), (plan.Type, plan.ClusterSize));
        Assert.Equal(0, plan.FreeClusters);
    }

    [Fact]
    public void Content_just_short_of_the_FAT32_threshold_crosses_it_cleanly()
    {
        var tree = new FileTree();
        var content = new FileInode(Blob.Empty);
        tree.Set("/f", content);
        long last = 0;
        for (long size = 511 * MiB; size <= 513 * MiB; size += 64 * 1024)
        {
            content.Content = Blob.Zeros(size);
            FatPlan plan = FatFileSystem.Plan(tree, new FatOptions());
            Assert.Equal(plan.Length >= 512 * MiB ? FatType.Fat32 : FatType.Fat16, plan.Type);
            Assert.True(plan.Length >= last);
            last = plan.Length;
        }
    }

    [Fact]
    public void The_largest_sizes_are_reached_and_not_passed()
    {
        long most = (long)uint.MaxValue * 512;
        FatPlan plan = FatFileSystem.Plan(new FileTree(), new FatOptions { Size = most });
        Assert.Equal((FatType.Fat32, 32768), (plan.Type, plan.ClusterSize));
        Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(new FileTree(), new FatOptions { Size = most + 512 }));
        Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(new FileTree(), new FatOptions { Size = 10 * GiB, Type = FatType.Fat16 }));
        Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(new FileTree(), new FatOptions { Size = 512 }));
    }

    [Fact]
    public void Content_that_does_not_fit_says_what_it_needs()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.Zeros(5 * MiB)));
        var fault = Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(tree, new FatOptions { Size = 4 * MiB }));
        Assert.Equal(4 * MiB, fault.AvailableBytes);
        Assert.Equal(fault.NeededBytes, FatFileSystem.Plan(tree, new FatOptions { Size = fault.NeededBytes }).Length);
    }

    [Fact]
    public void A_root_directory_of_many_files_grows_where_it_is_fixed()
    {
        var tree = new FileTree();
        for (int i = 0; i < 3000; i++)
            tree.Set($"/{i}", new FileInode(Blob.Empty));
        FatPlan plan = FatFileSystem.Plan(tree, new FatOptions { Type = FatType.Fat12, Label = "x" });
        byte[] boot = plan.ToBlob().Slice(0, 512).ToArray();
        Assert.Equal(3008, boot[17] | (boot[18] << 8));
    }
}
