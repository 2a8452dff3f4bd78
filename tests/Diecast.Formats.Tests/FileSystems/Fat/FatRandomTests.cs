using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Tests.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>Random trees over all options: the checker is silent, and what is read is what was written.</summary>
public sealed class FatRandomTests
{
    private const int Seeds = 300;
    private const int Hundredth = 10_000_000;

    [ToolFact("fsck.fat")]
    public void The_checker_the_reader_and_the_tree_agree()
    {
        using var directory = new TempDirectory();
        for (int seed = 1000; seed < 1000 + Seeds; seed++)
        {
            var random = new Random(seed);
            FileTree tree = FatImage.RandomTree(random, files: random.Next(50), largest: seed % 10 == 0 ? 60_000 : 3_000);
            FatOptions options = Options(random);
            FatPlan plan = FatFileSystem.Plan(tree, options);
            FatTreeAssert.Same(tree, FatFileSystem.Read(plan.ToBlob(), new FatReadOptions { CodePage = options.CodePage }), Hundredth);
            Assert.Equal(plan.FreeClusters, FatFileSystem.ReadInfo(plan.ToBlob()).FreeClusters ?? plan.FreeClusters);
            BlobTests.Write(plan.ToBlob(), directory["image"], null);
            (int exit, string output) = Tool.Run("env", "LC_ALL=C.UTF-8", "fsck.fat", "-n", "-v", directory["image"]);
            string[] words = ["differ", "wrong", "orphan", "Free cluster summary", "Dirty", "bad", "invalid", "contains", "Both", "has a"];
            Assert.True(exit == 0 && !words.Any(w => output.Contains(w, StringComparison.Ordinal)), $"seed {seed}: {output}");
            Assert.EndsWith($" {plan.ClusterCount - plan.FreeClusters}/{plan.ClusterCount} clusters", output.TrimEnd());
        }
    }

    [Fact]
    public void The_order_in_which_names_are_added_does_not_matter()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            FileTree tree = FatImage.RandomTree(new Random(seed), 60, 2000);
            var other = new FileTree();
            TreeEntry[] entries = [.. tree.Walk()];
            new Random(seed).Shuffle(entries);
            foreach (TreeEntry entry in entries)
            {
                if (entry.Inode is FileInode file)
                    other.Set(entry.Path, new FileInode(file.Content) { ModifiedTime = file.ModifiedTime });
                else
                    other.MakeDirectory(entry.Path);
            }

            foreach (TreeEntry entry in entries)
                other.Find(entry.Path)!.ModifiedTime = entry.Inode.ModifiedTime;
            FatOptions options = Options(new Random(seed));
            Assert.Equal(FatFileSystem.Plan(tree, options).ToBlob().ToArray(), FatFileSystem.Plan(other, options).ToBlob().ToArray());
        }
    }

    [ToolFact("tar")]
    public void A_directory_and_its_tar_give_the_same_bytes()
    {
        using var directory = new TempDirectory();
        string root = Directory.CreateDirectory(directory["root"]).FullName;
        foreach (TreeEntry entry in FatImage.RandomTree(new Random(42), 60, 5000).Walk())
        {
            if (entry.Inode is FileInode file)
                File.WriteAllBytes(root + entry.Path, file.Content.ToArray());
            else
                Directory.CreateDirectory(root + entry.Path);
        }

        Tool.Check("tar", "--format=posix", "-C", root, "-cf", directory["root.tar"], ".");
        using HostFile tar = HostFile.Open(directory["root.tar"]);
        var options = new FatOptions { FreeBytes = 1 << 20, Label = "same" };
        byte[] fromDirectory = FatFileSystem.Plan(HostDirectoryReader.Read(root), options).ToBlob().ToArray();
        byte[] fromTar = FatFileSystem.Plan(TarReader.Read(Blob.FromFile(tar, 0, new FileInfo(directory["root.tar"]).Length)), options).ToBlob().ToArray();
        Assert.True(fromDirectory.AsSpan().SequenceEqual(fromTar));
    }

    private static FatOptions Options(Random random)
    {
        int sector = 512 << random.Next(4);
        // A FAT32 has at least 65,525 clusters, so those of large sectors are large.
        FatType? type = random.Next(8) switch { 0 or 1 => FatType.Fat12, 2 or 3 => FatType.Fat16, 4 when sector == 512 => FatType.Fat32, _ => null };
        int? cluster = type is null or FatType.Fat12 && random.Next(2) == 0 ? sector << random.Next(4) : null;
        return new FatOptions
        {
            Type = type,
            SectorSize = sector,
            ClusterSize = cluster,
            Label = random.Next(2) == 0 ? "" : $"label {random.Next(100)}",
            CodePage = (FatCodePage)random.Next(2),
            VolumeId = (uint)random.NextInt64(uint.MaxValue),
            HiddenSectors = (uint)random.Next(5000),
            DriveNumber = (byte)random.Next(256),
            DataAlignment = random.Next(3) == 0 ? sector << random.Next(8) : null,
            FreeBytes = random.Next(3) == 0 ? random.Next(500_000) : 0,
            MinimumSize = random.Next(3) == 0 ? random.Next(2_000_000) : 0,
            ReadOnlyFiles = (FatReadOnlyFiles)random.Next(2),
            Attributes = random.Next(3) == 0 ? [new FatAttributeRule { Path = "/**/*a*", Set = (FatAttributes)random.Next(8) }] : [],
        };
    }
}
