using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

public sealed class FatPlanTests
{
    private const long MiB = 1L << 20;

    [ToolFact("fsck.fat", "mcopy")]
    public void Random_trees_come_back_through_mtools()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            FileTree tree = FatImage.RandomTree(random, files: random.Next(60), largest: seed % 5 == 0 ? 100_000 : 6_000);
            int sector = 512 << random.Next(4);
            FatOptions options = (seed % 6) switch
            {
                0 => new FatOptions { FreeBytes = random.Next(100_000) },
                1 => new FatOptions { Type = FatType.Fat12, Label = "fat 12" },
                2 => new FatOptions { Type = FatType.Fat16, SectorSize = sector, VolumeId = 0x12345678 },
                3 => new FatOptions { Type = FatType.Fat32, SectorSize = Math.Min(sector, 1024), Label = "esp" },
                4 => new FatOptions { Size = 16 * MiB, HiddenSectors = 2048, SectorSize = sector },
                _ => new FatOptions { ClusterSize = 4096 << random.Next(4), SectorSize = sector, MinimumSize = MiB },
            };
            FatPlan plan = FatFileSystem.Plan(tree, options);
            FatImage image = FatImage.Write(plan, directory[$"image-{seed}"]);
            image.Check(plan);
            image.CheckContent(tree, directory[$"content-{seed}"]);
            File.Delete(directory[$"image-{seed}"]);
        }
    }

    [ToolFact("fsck.fat", "mcopy", "mdir")]
    public void A_directory_of_twenty_thousand_files_is_clean()
    {
        using var directory = new TempDirectory();
        var tree = new FileTree();
        for (int i = 0; i < 20_000; i++)
            tree.Set($"/many/longfilename-{i:d5}", new FileInode(Blob.FromText($"{i}")));
        FatPlan plan = FatFileSystem.Plan(tree, new FatOptions { Type = FatType.Fat32 });
        FatImage image = FatImage.Write(plan, directory["image"]);
        image.Check(plan);
        string listing = image.Mtools("mdir", "::/many");
        Assert.Contains("20002 files", listing);
        image.Mtools("mcopy", "-m", "::/many/longfilename-19999", directory["last"]);
        Assert.Equal("19999", File.ReadAllText(directory["last"]));
    }

    [ToolFact("fsck.fat")]
    public void Every_byte_of_the_plan_is_pinned()
    {
        FatPlan plan = FatFileSystem.Plan(Golden(), new FatOptions { Label = "diecast", VolumeId = 0xCAFE1234, FreeBytes = 10_000, LatestTime = new Timestamp(1_700_000_001) });
        var text = new StringWriter();
        plan.Print(text);
        Assert.Equal(
            """
            FAT12 40960 bytes
            sector 512 cluster 2048 clusters 10 free 5
            reserved 6 tables 2 x 1 root 32 data at 20480
            id CAFE1234 label DIECAST
            / cluster 0 bytes 192
            /a file that is long.txt AFILET~1.TXT cluster 4 bytes 3000
            /empty EMPTY cluster 0 bytes 0
            /EFI/ cluster 2 bytes 96
            /EFI/BOOT/ cluster 3 bytes 96
            /EFI/BOOT/BOOTX64.EFI BOOTX64.EFI cluster 6 bytes 2048

            """.ReplaceLineEndings("\n"),
            text.ToString());
        string hash = Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray()));
        Assert.True(hash == "d65a9018caf04fcfeeb1e0b452e73d5d7b30f608dcb33cbb898d7ad4dbaaef04", hash);
        using var directory = new TempDirectory();
        FatImage.Write(plan, directory["image"]).Check(plan);
    }

    [Fact]
    public void A_plan_gives_the_same_bytes_each_time_and_in_any_slices()
    {
        FileTree tree = FatImage.RandomTree(new Random(99), 40, 5000);
        foreach (FatType type in new[] { FatType.Fat12, FatType.Fat16, FatType.Fat32 })
        {
            FatPlan plan = FatFileSystem.Plan(tree, new FatOptions { Type = type });
            Blob blob = plan.ToBlob();
            byte[] whole = blob.ToArray();
            Assert.True(whole.AsSpan().SequenceEqual(FatFileSystem.Plan(tree, new FatOptions { Type = type }).ToBlob().ToArray()));
            byte[] pieces = new byte[whole.Length];
            for (int at = 0; at < whole.Length;)
            {
                int count = Math.Min(at < 40_000 ? 7 : 8191, whole.Length - at);
                blob.Read(at, pieces.AsSpan(at, count));
                at += count;
            }

            Assert.True(pieces.AsSpan().SequenceEqual(whole));
        }
    }

    [ToolFact("minfo", "mlabel")]
    public void Labels_ids_and_geometry_are_where_tools_look()
    {
        using var directory = new TempDirectory();
        // minfo 4.0.32 aborts on a FAT16 of the fewest clusters, so each has some room.
        foreach (FatType type in new[] { FatType.Fat12, FatType.Fat16, FatType.Fat32 })
        {
            var options = new FatOptions
            {
                Type = type,
                Label = "Ma clé_1",
                VolumeId = 0xABCD0042,
                HiddenSectors = 2048,
                SectorsPerTrack = 17,
                Heads = 9,
                LatestTime = new Timestamp(1_700_000_000),
                FreeBytes = 9 * MiB,
            };
            FatPlan plan = FatFileSystem.Plan(new FileTree(), options);
            FatImage image = FatImage.Write(plan, directory[$"{type}"]);
            string info = image.Mtools("minfo", "::");
            Assert.Contains("hidden sectors: 2048", info);
            Assert.Contains("sectors per track: 17", info);
            Assert.Contains("heads: 9", info);
            Assert.Contains("serial number: ABCD0042", info);
            Assert.Contains("physical drive id: 0x80", info);
            Assert.Contains("media descriptor byte: 0xf8", info);
            Assert.Contains($"disk type=\"FAT{(int)type}   \"", info);
            Assert.Contains("Volume label is MA CLÉ_1", image.Mtools("mlabel", "-s", "::"));
        }
    }

    [ToolFact("mlabel")]
    public void A_label_that_starts_with_the_deleted_mark_is_escaped()
    {
        using var directory = new TempDirectory();
        FatPlan plan = FatFileSystem.Plan(new FileTree(), new FatOptions { Type = FatType.Fat12, Label = "õ", CodePage = FatCodePage.Oem850 });
        byte[] bytes = plan.ToBlob().ToArray();
        Assert.Equal(0xE5, bytes[43]);
        Assert.Contains("Volume label is Õ", FatImage.Write(plan, directory["image"]).Mtools("mlabel", "-s", "::"));
        Assert.Contains(Enumerable.Range(0, bytes.Length / 32), i => bytes[i * 32] == 0x05 && bytes[(i * 32) + 11] == 0x08);
    }

    [Fact]
    public void Holes_of_files_and_slack_stay_holes()
    {
        var tree = new FileTree();
        tree.Set("/sparse", new FileInode(Blob.Zeros(300 * MiB)));
        FatPlan plan = FatFileSystem.Plan(tree, new FatOptions { Size = 1024 * MiB });
        Assert.Equal(FatType.Fat32, plan.Type);
        Assert.True(plan.ToBlob().DataRanges().Sum(r => r.Length) < 1_000_000);
    }

    [Fact]
    public void Times_are_clamped_to_the_latest_and_to_what_FAT_knows()
    {
        Assert.Equal(new FatTime(0x0021, 0, 0), FatTime.From(Timestamp.Epoch));
        Assert.Equal(new FatTime(0x0021, 0, 199), FatTime.From(new Timestamp(315532801, 999_999_999)));
        Assert.Equal(new FatTime((127 << 9) | (12 << 5) | 31, (23 << 11) | (59 << 5) | 29, 199), FatTime.From(new Timestamp(1L << 40)));
        Assert.Equal(new FatTime((43 << 9) | (11 << 5) | 14, (22 << 11) | (13 << 5) | 10, 0), FatTime.From(new Timestamp(1_700_000_000)));
    }

    [Fact]
    public void A_root_directory_too_large_for_a_fixed_one_makes_a_FAT32()
    {
        foreach ((int sector, int limit) in new[] { (512, 65_520), (4096, 65_408) })
        {
            var tree = new FileTree();
            for (int i = 0; i < limit; i++)
                tree.Root.Set($"{i:x}", new FileInode(Blob.Empty));
            var options = new FatOptions { SectorSize = sector };
            Assert.Equal(FatType.Fat12, FatFileSystem.Plan(tree, options).Type);
            Assert.Equal(FatType.Fat32, FatFileSystem.Plan(tree, options with { Label = "one more" }).Type);
            tree.Root.Set("last", new FileInode(Blob.Empty));
            FatPlan plan = FatFileSystem.Plan(tree, options);
            Assert.Equal(FatType.Fat32, plan.Type);
            Assert.Equal(limit + 1, FatFileSystem.Read(plan.ToBlob()).Root.Count);
            Assert.Equal(FatType.Fat32, FatFileSystem.Plan(tree, options with { Size = 300 * MiB }).Type);
            Assert.Equal(FatType.Fat32, FatFileSystem.Plan(tree, options with { ClusterSize = 4096 }).Type);
            var small = Assert.Throws<DoesNotFitException>(() => FatFileSystem.Plan(tree, options with { Size = 16 * MiB }));
            Assert.Contains("a FAT32, which the many files in the root directory need,", small.Message, StringComparison.Ordinal);
            Assert.Equal(small.NeededBytes, FatFileSystem.Plan(tree, options with { Size = small.NeededBytes }).Length);
            var fault = Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(tree, options with { Type = FatType.Fat16 }));
            Assert.Contains($"at most {limit} with sectors of {sector} bytes", fault.Message, StringComparison.Ordinal);
        }
    }

    [ToolFact("mattrib")]
    public void Files_are_read_only_where_the_options_say_so()
    {
        using var directory = new TempDirectory();
        var tree = new FileTree();
        foreach ((string name, string mode) in new[] { ("r444", "444"), ("r555", "555"), ("w644", "644"), ("w464", "464"), ("w446", "446") })
            tree.Set("/" + name, new FileInode(Blob.Empty, Convert.ToInt32(mode, 8)));
        tree.Set("/dir", new DirectoryInode(Convert.ToInt32("555", 8)));
        FatPlan plan = FatFileSystem.Plan(tree, new FatOptions { ReadOnlyFiles = FatReadOnlyFiles.ByMode });
        string[] listed = FatImage.Write(plan, directory["image"]).Mtools("mattrib", "::/*").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["dir", "r444", "r555", "w446", "w464", "w644"], listed.Select(l => l[(l.LastIndexOf('/') + 1)..].ToLowerInvariant()).Order(StringComparer.Ordinal));
        Assert.All(listed, line => Assert.Equal(line.Contains("/r", StringComparison.OrdinalIgnoreCase), line[..12].Contains('R', StringComparison.Ordinal)));
        FileTree read = FatFileSystem.Read(plan.ToBlob());
        Assert.All(read.Walk(), e => Assert.Equal(e.Path[1] == 'r' ? "444" : e.Path[1] == 'd' ? "755" : "644", Convert.ToString(e.Inode.Mode, 8)));
        FileTree plain = FatFileSystem.Read(FatFileSystem.Plan(tree, new FatOptions()).ToBlob());
        Assert.All(plain.Walk(), e => Assert.Equal(e.Inode is DirectoryInode ? "755" : "644", Convert.ToString(e.Inode.Mode, 8)));
    }

    private static FileTree Golden()
    {
        var tree = new FileTree();
        var time = new Timestamp(1_600_000_001, 250_000_000);
        tree.Set("/EFI/BOOT/BOOTX64.EFI", new FileInode(Blob.FromMemory(Enumerable.Repeat((byte)'x', 2048).ToArray())) { ModifiedTime = time });
        tree.Set("/a file that is long.txt", new FileInode(Blob.FromMemory(Enumerable.Repeat((byte)'y', 3000).ToArray())) { ModifiedTime = new Timestamp(1_800_000_000) });
        tree.Set("/empty", new FileInode(Blob.Empty) { ModifiedTime = time });
        return tree;
    }
}
