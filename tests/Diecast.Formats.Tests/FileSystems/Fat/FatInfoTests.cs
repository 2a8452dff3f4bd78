using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>What a file system says of itself, and what is read where a copy of it is damaged.</summary>
public sealed class FatInfoTests
{
    [ToolTheory("mkfs.fat", "mlabel")]
    [InlineData(1440, 12, "-F 12 -s 1 -n FLOPPY -i 12345678", 512, 512)]
    [InlineData(40000, 16, "-F 16 -S 1024 -s 4 -i ABCDEF01 -h 2048", 1024, 4096)]
    [InlineData(80000, 32, "-F 32 -s 2 -n DATA -i 00000001", 512, 1024)]
    public void Images_of_mkfs_say_what_it_was_asked(int kibibytes, int bits, string make, int sector, int cluster)
    {
        using var directory = new TempDirectory();
        string path = directory["image"];
        using (var file = new FileStream(path, FileMode.Create))
            file.SetLength(kibibytes * 1024L);
        string[] arguments = make.Split(' ');
        Tool.Check("mkfs.fat", [.. arguments, path]);
        FatInfo info = FatFileSystem.ReadInfo(Blob.FromMemory(File.ReadAllBytes(path)));
        string label = Array.IndexOf(arguments, "-n") is var at and >= 0 ? arguments[at + 1] : "";
        uint id = uint.Parse(arguments[Array.IndexOf(arguments, "-i") + 1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        Assert.Equal(((FatType)bits, sector, cluster, label, id, "mkfs.fat"), (info.Type, info.SectorSize, info.ClusterSize, info.Label, info.VolumeId!.Value, info.Maker));
        Assert.Equal((kibibytes * 1024L, true, false, 2), (info.Length, info.IsClean, info.IsFromBackup, info.Tables));
        Assert.Equal(bits == 32 ? info.ClusterCount - 1 : null, info.FreeClusters);
        Assert.Equal(make.Contains("-h", StringComparison.Ordinal) ? 2048u : 0u, info.HiddenSectors);
        Tool.Check("env", "MTOOLS_SKIP_CHECK=1", "mlabel", "-i", path, "::CHANGED");
        Assert.Equal("CHANGED", FatFileSystem.ReadInfo(Blob.FromMemory(File.ReadAllBytes(path))).Label);
    }

    [Theory]
    [InlineData(FatType.Fat12, FatCodePage.Oem437)]
    [InlineData(FatType.Fat16, FatCodePage.Oem850)]
    [InlineData(FatType.Fat32, FatCodePage.Oem850)]
    public void What_was_written_is_told_again(FatType type, FatCodePage page)
    {
        var options = new FatOptions
        {
            Type = type,
            CodePage = page,
            Label = page == FatCodePage.Oem850 ? "ÕÉ x" : "é x",
            VolumeId = 0xCAFE0042,
            HiddenSectors = 63,
            SectorsPerTrack = 17,
            Heads = 9,
            DriveNumber = 0,
            DataAlignment = 1 << 20,
        };
        FatPlan plan = FatFileSystem.Plan(FatImage.RandomTree(new Random(5), 20, 3000), options);
        FatInfo info = FatFileSystem.ReadInfo(plan.ToBlob(), new FatReadOptions { CodePage = page });
        Assert.Equal((type, options.Label.ToUpperInvariant(), options.VolumeId, "DIECAST"), (info.Type, info.Label, info.VolumeId!.Value, info.Maker));
        Assert.Equal((63u, 17, 9, (byte)0), (info.HiddenSectors, info.SectorsPerTrack, info.Heads, info.DriveNumber));
        Assert.Equal((plan.Length, plan.ClusterCount, plan.ClusterSize, 1L << 20), (info.Length, info.ClusterCount, info.ClusterSize, info.DataOffset));
        Assert.Equal(type == FatType.Fat32 ? plan.FreeClusters : null, info.FreeClusters);
        Assert.Equal("", FatFileSystem.ReadInfo(FatFileSystem.Plan(new FileTree(), new FatOptions { Type = type }).ToBlob()).Label);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(4096)]
    public void A_FAT32_whose_boot_sector_is_gone_is_read_by_its_copy(int sectorSize)
    {
        FileTree tree = FatImage.RandomTree(new Random(7), 30, 3000);
        byte[] image = FatFileSystem.Plan(tree, new FatOptions { Type = FatType.Fat32, SectorSize = sectorSize, Label = "copy" }).ToBlob().ToArray();
        image.AsSpan(0, 512).Fill(0xF6);
        Assert.True(FatFileSystem.ReadInfo(Blob.FromMemory(image)) is { IsFromBackup: true, Label: "COPY" });
        FatTreeAssert.Same(tree, FatFileSystem.Read(Blob.FromMemory(image)), 10_000_000);
        image.AsSpan(6 * sectorSize, 512).Clear();
        Assert.Contains("sectors of 63222 bytes", Assert.Throws<InvalidImageException>(() => FatFileSystem.Read(Blob.FromMemory(image))).Message, StringComparison.Ordinal);
    }

    [ToolTheory("fsck.fat")]
    [InlineData(FatType.Fat12)]
    [InlineData(FatType.Fat16)]
    [InlineData(FatType.Fat32)]
    public void Where_the_first_table_starts_badly_the_second_counts(FatType type)
    {
        FileTree tree = FatImage.RandomTree(new Random(8), 30, 3000);
        byte[] image = FatFileSystem.Plan(tree, new FatOptions { Type = type }).ToBlob().ToArray();
        int sector = image[14] | (image[15] << 8);
        int table = sector * 512;
        int length = type == FatType.Fat32 ? 512 : 300;
        image.AsSpan(table, length).Clear();
        FatTreeAssert.Same(tree, FatFileSystem.Read(Blob.FromMemory(image)), 10_000_000);
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["image"], image);
        // What fsck.fat says of the same image: it takes the second too.
        Assert.Contains("Using FAT 2", Tool.Run("fsck.fat", "-n", directory["image"]).Output.Replace("second FAT", "Using FAT 2", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Images_that_are_no_FAT_have_no_info()
    {
        foreach (int length in new[] { 0, 511, 512, 100_000 })
            Assert.Throws<InvalidImageException>(() => FatFileSystem.ReadInfo(Blob.Zeros(length)));
    }
}
