using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>Trees and options that no one chose, each from its seed, come back the same.</summary>
public class IsoRandomTests
{
    private const int Batch = 40;
    private const int Batches = 10;

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, Batches).Select(i => i * Batch)];

    [Theory]
    [MemberData(nameof(FirstSeeds))]
    public void A_random_tree_comes_back(int firstSeed)
    {
        using var directory = new TempDirectory();
        for (int seed = firstSeed; seed < firstSeed + Batch; seed++)
        {
            var random = new IsoRandomCase(seed);
            Explain(random, () =>
            {
                using ContentSpool spool = ContentSpool.Create(directory[$"spool{random.Seed}"]);
                Blob image = random.Options.Zisofs is null
                    ? IsoFileSystem.Plan(random.Tree, random.Options).ToBlob()
                    : IsoFileSystem.Pack(random.Tree, random.Options, spool).ToBlob();
                TreeEquality.AssertSame(random.Tree, IsoFileSystem.Read(image));
                if (random.Options.PartitionOffset)
                    TreeEquality.AssertSame(random.Tree, IsoFileSystem.Read(image.Slice(16 * 2048)));
                Assert.Equal(random.Options.Joliet != IsoJoliet.None, IsoFileSystem.ReadInfo(image).HasJoliet);
            });
        }
    }

    [ToolTheory("xorriso", "bsdtar")]
    [InlineData(1000)]
    [InlineData(1020)]
    public void Others_read_a_random_tree(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 20; seed++)
        {
            var random = new IsoRandomCase(seed, isForOthers: true);
            Explain(random, () =>
            {
                using var image = new IsoImage(random.Tree, random.Options with { Zisofs = null });
                TreeEquality.AssertSame(random.Tree, image.ExtractedByXorriso(random.Tree));
                // It does not find what was moved out of what was moved.
                if (random.Options.DeepDirectories == IsoDeepDirectories.Keep)
                    TreeEquality.AssertSame(random.Tree, image.ExtractedByLibarchive(random.Tree));
            });
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void The_number_of_threads_changes_nothing(int workers)
    {
        var random = new IsoRandomCase(3);
        IsoOptions options = random.Options with { Zisofs = new IsoZisofs(), Boot = [] };
        using var directory = new TempDirectory();
        using ContentSpool one = ContentSpool.Create(directory["one"]);
        using ContentSpool other = ContentSpool.Create(directory["other"]);
        Assert.Equal(
            IsoFileSystem.Pack(random.Tree, options, one).ToBlob().ToArray(),
            IsoFileSystem.Pack(random.Tree, options, other, new() { Workers = workers }).ToBlob().ToArray());
    }

    private static void Explain(IsoRandomCase random, Action action)
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
