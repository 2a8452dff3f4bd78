using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>
/// Trees and options that no one chose, each from its seed: e2fsck finds nothing, and our own reader, the kernel and
/// debugfs see what the tree says.
/// </summary>
public class ExtRandomTests
{
    private const int Batch = 30;
    private const int Batches = 10;

    public static TheoryData<int> FirstSeeds => [.. Enumerable.Range(0, Batches).Select(i => i * Batch)];

    [MountTheory("e2fsck", "debugfs")]
    [MemberData(nameof(FirstSeeds))]
    public void A_random_tree_is_clean_and_reads_back(int firstSeed)
    {
        var images = new List<(ExtRandomCase Case, ExtImage Image)>();
        try
        {
            for (int seed = firstSeed; seed < firstSeed + Batch; seed++)
            {
                var random = new ExtRandomCase(seed);
                Explain(random, () => images.Add((random, new ExtImage(random.Plan(), random.Options))));
                Explain(random, () => CheckAndRead(random, images[^1].Image));
            }

            (ExtRandomCase Case, ExtImage Image)[] mountable = [.. images.Where(i => i.Case.IsMountable)];
            using var mounts = new KernelMounts("ext4", [.. mountable.Select(i => i.Image.Path)]);
            for (int i = 0; i < mountable.Length; i++)
            {
                (ExtRandomCase random, ExtImage image) = mountable[i];
                string mountPoint = mounts[i];
                Explain(random, () => ExtKernelView.Holds(mountPoint, random.Tree, image));
            }
        }
        finally
        {
            images.ForEach(i => i.Image.Dispose());
        }
    }

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(1000)]
    [InlineData(1020)]
    public void Debugfs_reads_a_random_tree(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 20; seed++)
        {
            var random = new ExtRandomCase(seed, c => c.HasNamesOfAnyBytes = false);
            Explain(random, () =>
            {
                using var image = new ExtImage(random.Plan(), random.Options);
                image.IsClean().Holds(random.Tree);
            });
        }
    }

    [Fact]
    public void Every_variation_is_drawn_ten_times()
    {
        var count = ExtVariations.All.ToDictionary(v => v.Name, _ => 0);
        foreach (string name in Enumerable.Range(0, Batch * Batches).SelectMany(seed => new ExtRandomCase(seed).Drawn))
            count[name]++;
        Assert.All(count, c => Assert.True(c.Value >= 10, $"{c.Key} is drawn {c.Value} times"));
    }

    private static void CheckAndRead(ExtRandomCase random, ExtImage image)
    {
        image.IsClean();
        if (!random.IsMountable)
            image.Holds(random.Tree);
        Blob bytes = Blob.FromFile(HostFile.FromPath(image.Path), 0, new FileInfo(image.Path).Length);
        FileTree read = ExtFileSystem.Read(bytes);
        TreeEquality.AssertSame(random.Tree, read);
        foreach ((TreeEntry source, TreeEntry copy) in Files(random.Tree).Zip(Files(read)))
            TreeEquality.AssertRanges(source.Path, ((FileInode)source.Inode).Content, ((FileInode)copy.Inode).Content.DataRanges(), image.Plan.BlockSize);

        static IEnumerable<TreeEntry> Files(FileTree tree) => tree.Walk().Where(e => e.Inode is FileInode { Content.Length: > 0 });
    }

    private static void Explain(ExtRandomCase random, Action action)
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
