using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>Trees and options that no one chose, each from its seed: our own reader, the kernel and unsquashfs see what the tree says.</summary>
public class SquashfsRandomTests
{
    private const int Batch = 30;
    private const int Batches = 10;
    private const int Extracted = 5;

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, Batches).Select(i => i * Batch)];

    [MountTheory("unsquashfs")]
    [MemberData(nameof(FirstSeeds))]
    public void A_random_tree_reads_back(int firstSeed)
    {
        int extracted = 0;
        var images = new List<(SquashfsRandomCase Case, SquashfsImage Image)>();
        try
        {
            for (int seed = firstSeed; seed < firstSeed + Batch; seed++)
            {
                var random = new SquashfsRandomCase(seed);
                Explain(random, () => images.Add((random, new SquashfsImage(random.Tree, random.Options))));
                Explain(random, () => TreeEquality.AssertSame(random.Tree, images[^1].Image.Read()));
                if (!random.IsMountable && MayBeExtracted(random.Tree) && extracted++ < Extracted)
                    Explain(random, () => images[^1].Image.Holds(random.Tree));
            }

            (SquashfsRandomCase Case, SquashfsImage Image)[] mountable = [.. images.Where(i => i.Case.IsMountable)];
            using var mounts = new KernelMounts("squashfs", [.. mountable.Select(i => i.Image.Path)]);
            for (int i = 0; i < mountable.Length; i++)
            {
                (SquashfsRandomCase random, string mountPoint) = (mountable[i].Case, mounts[i]);
                Explain(random, () => TreeEquality.AssertSame(random.Tree, HostDirectoryReader.Read(
                    mountPoint, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All })));
            }
        }
        finally
        {
            images.ForEach(i => i.Image.Dispose());
        }
    }

    [Fact]
    public void Every_compressor_is_drawn_twenty_times()
    {
        ILookup<SquashfsCompression, int> drawn = Enumerable.Range(0, Batch * Batches).ToLookup(seed => new SquashfsRandomCase(seed).Options.Compression);
        Assert.Equal(6, drawn.Count);
        Assert.All(drawn, d => Assert.True(d.Count() >= 20, $"{d.Key} is drawn {d.Count()} times"));
    }

    /// <summary>unsquashfs goes by whole paths, and to a file system that may have room for few attributes.</summary>
    private static bool MayBeExtracted(FileTree tree) =>
        tree.Walk().All(e => e.Path.Length < 3000 && HasFewXattrs(e.Inode)) && HasFewXattrs(tree.Root);

    private static bool HasFewXattrs(Inode inode) => inode.Xattrs.Sum(x => x.Value.Length) < 2500;

    private static void Explain(SquashfsRandomCase random, Action action)
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
