using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>Trees and options that no one chose, each from its seed: our own reader, the kernel and fsck.erofs see what the tree says.</summary>
public class ErofsRandomTests
{
    private const int Batch = 30;
    private const int Batches = 10;

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, Batches).Select(i => i * Batch)];

    [Theory]
    [MemberData(nameof(FirstSeeds))]
    public void A_random_tree_reads_back(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + Batch; seed++)
        {
            var random = new ErofsRandomCase(seed);
            Explain(random, () =>
            {
                using var image = new ErofsImage(random.Tree, random.Options);
                Assert.Equal(image.Plan.Length, new FileInfo(image.Path).Length);
                TreeEquality.AssertSame(random.Expected(), image.Read());
            });
        }
    }

    [MountTheory]
    [InlineData(1000)]
    [InlineData(1020)]
    [InlineData(1040)]
    [InlineData(1060)]
    [InlineData(1080)]
    public void The_kernel_reads_a_random_tree(int firstSeed)
    {
        var images = new List<(ErofsRandomCase Case, ErofsImage Image)>();
        try
        {
            for (int seed = firstSeed; seed < firstSeed + 20; seed++)
            {
                var random = new ErofsRandomCase(seed);
                if (ErofsKernel.Mounts(random.Options))
                    Explain(random, () => images.Add((random, new ErofsImage(random.Tree, random.Options))));
            }

            using var mounts = new KernelMounts("erofs", [.. images.Select(i => i.Image.Path)]);
            for (int i = 0; i < images.Count; i++)
            {
                string mountPoint = mounts[i];
                ErofsRandomCase random = images[i].Case;
                Explain(random, () => TreeEquality.AssertSame(
                    random.Expected(),
                    HostDirectoryReader.Read(mountPoint, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All })));
            }
        }
        finally
        {
            images.ForEach(i => i.Image.Dispose());
        }
    }

    [ToolTheory("fsck.erofs")]
    [InlineData(2000)]
    [InlineData(2020)]
    [InlineData(2040)]
    public void Fsck_reads_a_random_tree(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 20; seed++)
        {
            var random = new ErofsRandomCase(seed);
            if (!ErofsTools.Reads(random.Options))
                continue;
            Explain(random, () =>
            {
                using var image = new ErofsImage(random.Tree, random.Options);
                image.IsClean();
            });
        }
    }

    [Fact]
    public void Every_variation_is_drawn_ten_times()
    {
        var count = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (string name in Enumerable.Range(0, Batch * Batches).SelectMany(seed => new ErofsRandomCase(seed).Drawn))
            count[name] = count.GetValueOrDefault(name) + 1;
        Assert.Equal(21, count.Count);
        Assert.All(count, c => Assert.True(c.Value >= 10, $"{c.Key} is drawn {c.Value} times"));
    }

    private static void Explain(ErofsRandomCase random, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{random}\n{e.Message}\n{e.StackTrace}");
        }
    }
}
