using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>The automatic size is the smallest there is: not one block less, and nothing that resize2fs could take.</summary>
public class ExtMinimumTests
{
    [ToolTheory("resize2fs", "e2fsck")]
    [InlineData(2000)]
    [InlineData(2025)]
    [InlineData(2050)]
    [InlineData(2075)]
    public void Resize2fs_shrinks_nothing_to_less(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 15; seed++)
        {
            ExtRandomCase random = Smallest(seed);
            ExtPlan smallest = random.Plan();
            foreach (long free in (long[])[0, 1L << 20, 10L << 20, 90L << 20])
            {
                // One that was made for the size that it has, with the inodes that go with it.
                ExtOptions larger = random.Options with { FreeBytes = free, Minimize = free == 0 };
                using var image = new ExtImage(ExtFileSystem.Plan(random.Tree, larger), larger);
                Tool.Check("resize2fs", "-f", "-M", image.Path);
                image.IsClean();
                long theirs = long.Parse(image.Header()["Block count"], CultureInfo.InvariantCulture);
                Assert.True(
                    smallest.BlockCount <= theirs,
                    $"{random}: ours has {smallest.BlockCount} blocks, {theirs} are left of {image.Plan.BlockCount}");
            }
        }
    }

    [Theory]
    [InlineData(2100)]
    [InlineData(2200)]
    public void One_block_less_is_too_small(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 50; seed++)
        {
            var random = new ExtRandomCase(seed, c => SetSmallest(c, c.Random.Next(3) == 0 ? c.Random.Next(50 << 20) : 0, c.Random.Next(2) == 0));
            ExtPlan plan = random.Plan();
            for (int less = 1; less < Math.Min(plan.BlockCount, 8); less++)
            {
                ExtOptions options = random.Options with { Size = plan.Length - (less * (long)plan.BlockSize) };
                try
                {
                    ExtPlan smaller = ExtFileSystem.Plan(random.Tree, options);
                    // It dropped a last group that is of no use, or lacks the room that was to stay free.
                    long available = (smaller.FreeBlockCount - smaller.ReservedBlockCount - Math.Min(smaller.BlockCount / 50, 4096)) * smaller.BlockSize;
                    Assert.True(options.FreeBytes > 0 && available < options.FreeBytes, $"{random}: {less} of {plan.BlockCount} blocks less have room");
                }
                catch (DoesNotFitException fault)
                {
                    Assert.Contains(fault.NeededBytes.ToString(CultureInfo.InvariantCulture), fault.Message, StringComparison.Ordinal);
                    Assert.Contains("inodes", fault.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    /// <summary>A case whose size is the smallest.</summary>
    private static ExtRandomCase Smallest(int seed) => new(seed, c => SetSmallest(c, 0, minimize: true));

    private static void SetSmallest(ExtRandomCase random, long freeBytes, bool minimize)
    {
        random.IsExactlyFull = false;
        random.Options = random.Options with { Size = null, FreeBytes = freeBytes, MinimumSize = 0, InodeCount = null, Minimize = minimize };
        // Of several groups, every other time.
        if (random.Seed % 2 == 0)
            random.Additions.Add((c, directory) => directory.Set("dense", new FileInode(Dense(c.Random.Next(c.Options.BlockSize << 14)))));
    }

    private static Blob Dense(int length)
    {
        Blob part = Blob.FromMemory(ExtImage.Bytes(1 << 20));
        return Blob.Concat([.. Enumerable.Repeat(part, length >> 20), part.Slice(0, length & 0xfffff)]);
    }
}
