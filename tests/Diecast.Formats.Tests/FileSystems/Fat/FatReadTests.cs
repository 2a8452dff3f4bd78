using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Tests.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

public sealed class FatReadTests
{
    private const int HundredthOfASecond = 10_000_000;

    [Fact]
    public void Random_trees_come_back_as_they_were_written()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            FileTree tree = FatImage.RandomTree(random, random.Next(120), seed % 7 == 0 ? 200_000 : 5_000);
            int sector = 512 << random.Next(4);
            FatOptions options = (seed % 5) switch
            {
                0 => new FatOptions { Label = "label", CodePage = FatCodePage.Oem850 },
                1 => new FatOptions { Type = FatType.Fat12, SectorSize = sector },
                2 => new FatOptions { Type = FatType.Fat16, SectorSize = sector, FreeBytes = 50_000 },
                3 => new FatOptions { Type = FatType.Fat32, Label = "root" },
                _ => new FatOptions { ClusterSize = 4096 << random.Next(5), SectorSize = sector },
            };
            Blob image = FatFileSystem.Plan(tree, options).ToBlob();
            FatTreeAssert.Same(tree, FatFileSystem.Read(image), HundredthOfASecond);
        }
    }

    [Fact]
    public void Contents_stay_references_and_holes_stay_holes()
    {
        var tree = new FileTree();
        tree.Set("/sparse", new FileInode(Blob.Zeros(3_000_000_000)));
        tree.Set("/text", new FileInode(Blob.FromText("some text")));
        Blob image = FatFileSystem.Plan(tree, new FatOptions()).ToBlob();
        FileTree read = FatFileSystem.Read(image);
        Assert.Empty(((FileInode)read.Find("/sparse")!).Content.DataRanges());
        Assert.Equal(3_000_000_000, ((FileInode)read.Find("/sparse")!).Content.Length);
        Assert.Equal("some text", read.ReadText("/text"));
    }

    [Fact]
    public void Fragments_are_joined_into_runs()
    {
        // Clusters 5 6 7, 20, 10 11: three runs; the last cluster holds nine bytes.
        var bytes = new FatBytes();
        int[] clusters = [5, 6, 7, 20, 10, 11];
        bytes.Chain(clusters).Entry("FILE       ", cluster: 5, size: (5 * 512) + 9);
        foreach (int cluster in clusters)
            bytes.Fill(cluster, (byte)cluster);
        Blob content = ((FileInode)bytes.Read().Find("/FILE")!).Content;
        byte[] expected = [.. clusters.SelectMany(c => Enumerable.Repeat((byte)c, 512)).Take((5 * 512) + 9)];
        Assert.Equal(expected, content.ToArray());
        foreach ((int offset, int length) in new[] { (0, 1), (511, 2), (1535, 2), (1500, 600), (2047, 2), (2048, 521), (2568, 1) })
        {
            byte[] part = new byte[length];
            content.Read(offset, part);
            Assert.Equal(expected[offset..(offset + length)], part);
            Assert.Equal(part, content.Slice(offset, length).ToArray());
        }

        using var directory = new TempDirectory();
        BlobTests.Write(content, directory["file"], null);
        Assert.Equal(expected, File.ReadAllBytes(directory["file"]));
    }

    [Fact]
    public void A_file_may_end_in_the_middle_of_the_last_cluster_of_a_cut_image_and_its_chain_may_go_on()
    {
        var bytes = new FatBytes();
        bytes.Chain(3, 4, 5, 6).Fill(3, 3).Entry("LONGER     ", cluster: 3, size: 10).Entry("EMPTY      ", cluster: 7);
        FileTree tree = FatFileSystem.Read(Blob.FromMemory(bytes.Image.AsMemory(0, bytes.ClusterOffset(3) + 10)));
        Assert.Equal(Enumerable.Repeat((byte)3, 10), ((FileInode)tree.Find("/LONGER")!).Content.ToArray());
        Assert.Equal(0, ((FileInode)tree.Find("/EMPTY")!).Content.Length);
    }

    [Theory]
    [InlineData("README  TXT", 0x00, "README.TXT")]
    [InlineData("README  TXT", 0x18, "readme.txt")]
    [InlineData("README  TXT", 0x08, "readme.TXT")]
    [InlineData("README  TXT", 0x10, "README.txt")]
    [InlineData("A B     C D", 0x00, "A B.C D")]
    [InlineData("NOEXT      ", 0x18, "noext")]
    [InlineData("CAF\u0090    TXT", 0x00, "CAFÉ.TXT")]
    [InlineData("CAF\u0090    TXT", 0x08, "café.TXT")]
    [InlineData("\u0005\u00e4\u009a     ", 0x00, "σΣÜ")]
    [InlineData("\u0005\u00e4\u009a     ", 0x08, "σσü")]
    [InlineData("\u00e2\u00ea\u00fb     ", 0x08, "ΓΩ√")]
    [InlineData("NUL\0XXXX\0XX", 0x00, "NUL")]
    public void Short_names_are_read_with_case_bits_and_code_page_437(string stored, int bits, string name) =>
        Assert.Equal([name], new FatBytes().Entry(stored.PadRight(11), bits: bits).Names());

    [Fact]
    public void The_other_code_page_is_850()
    {
        FatBytes bytes = new FatBytes().Entry("\u0005\u00b5\u00d1     EXT", bits: 0x00).Entry("\u00c6B      EXT", bits: 0x08);
        Assert.Equal(["ÕÁÐ.EXT", "ãb.EXT"], bytes.Names(new FatReadOptions { CodePage = FatCodePage.Oem850 }).Order(StringComparer.Ordinal));
    }

    [ToolTheory("iconv")]
    [InlineData(FatCodePage.Oem437, "CP437")]
    [InlineData(FatCodePage.Oem850, "CP850")]
    public void The_code_pages_are_those_of_the_C_library(FatCodePage page, string name)
    {
        using var directory = new TempDirectory();
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        File.WriteAllBytes(directory["bytes"], bytes);
        Tool.Check("iconv", "-f", name, "-t", "UTF-8", "-o", directory["text"], directory["bytes"]);
        FatCharacters characters = FatCharacters.Of(page);
        string text = string.Concat(bytes.Select(characters.Decode));
        Assert.Equal(File.ReadAllText(directory["text"]), text);
        Assert.Equal(bytes, text.Select(characters.Encode));
        Assert.Contains($"{characters.Number}", name);
    }

    [Fact]
    public void Long_names_count_when_they_belong_to_the_short_name()
    {
        const string Short = "LONGNA~1TXT";
        byte sum = FatBytes.Sum(Short);
        byte wrong = (byte)(sum + 1);
        Assert.Equal(["A long name of this.txt"], new FatBytes().Part(0x42, "f this.txt", sum).Part(1, "A long name o", sum).Entry(Short).Names());
        string[] bare = ["LONGNA~1.TXT"];
        Assert.Equal(bare, new FatBytes().Part(0x41, "long name", wrong).Entry(Short).Names());
        Assert.Equal(bare, new FatBytes().Part(0x42, "x", sum).Entry(Short).Names());
        Assert.Equal(bare, new FatBytes().Part(0x01, "long name", sum).Entry(Short).Names());
        Assert.Equal(bare, new FatBytes().Part(0x42, "x", sum).Part(1, "thirteen unit", wrong).Entry(Short).Names());
        Assert.Equal(bare, new FatBytes().Part(0x43, "x", sum).Part(1, "thirteen unit", sum).Entry(Short).Names());
        Assert.Equal(bare, new FatBytes().Part(0x55, "x", sum).Entry(Short).Names());
        // A deleted entry or a label between the parts and the short name ends the long name.
        Assert.Equal(bare, new FatBytes().Part(0x41, "long name", sum).Entry("\u00e5ELETED    ").Entry(Short).Names());
        Assert.Equal(bare, new FatBytes().Part(0x41, "long name", sum).Entry("MY LABEL   ", attributes: 0x08).Entry(Short).Names());
        // A new first part starts over.
        Assert.Equal(["second"], new FatBytes().Part(0x42, "x", sum).Part(0x41, "second", sum).Entry(Short).Names());
        // The parts belong to the first short name only.
        Assert.Equal(["OTHER", "first"], new FatBytes().Part(0x41, "first", sum).Entry(Short).Entry("OTHER      ").Names());
    }

    [Fact]
    public void Long_names_that_no_tree_can_hold_give_way_to_the_short_name()
    {
        foreach (string name in new[] { "a/b", "..", ".", "", "\ud800 alone", "alone \udc00", "\udc00\ud800" })
            Assert.Equal(["SHORT"], new FatBytes().Part(0x41, name, FatBytes.Sum("SHORT      ")).Entry("SHORT      ").Names());
    }

    [Fact]
    public void A_long_name_of_thirteen_units_has_no_end_and_surrogate_pairs_are_one_character()
    {
        byte sum = FatBytes.Sum("SHORT      ");
        Assert.Equal(["thirteen unit"], new FatBytes().Part(0x41, "thirteen unit", sum).Entry("SHORT      ").Names());
        Assert.Equal(["🎲 dice"], new FatBytes().Part(0x41, "🎲 dice", sum).Entry("SHORT      ").Names());
    }

    [Fact]
    public void Labels_dots_and_deleted_entries_are_not_in_the_tree_and_the_first_free_entry_ends_it()
    {
        var bytes = new FatBytes();
        bytes.Entry("MY VOLUME  ", attributes: 0x08).Entry("\u00e5OREVER    ").Entry("DIR        ", attributes: 0x10, cluster: 9).Chain(9);
        bytes.Entry(".          ", attributes: 0x10, cluster: 9, at: bytes.ClusterOffset(9));
        bytes.Entry("..         ", attributes: 0x10, cluster: 0, at: bytes.ClusterOffset(9) + 32);
        bytes.Entry("FILE       ", at: bytes.ClusterOffset(9) + 64);
        bytes.Entry("HIDDEN     ", at: bytes.ClusterOffset(9) + 128);
        bytes.Entry("OTHER LABEL", attributes: 0x28).Entry("HIDDEN  SYS", attributes: 0x27);
        Assert.Equal(["DIR", "DIR/FILE", "HIDDEN.SYS"], bytes.Names());
    }

    [Fact]
    public void The_read_only_attribute_is_a_mode_of_files_only()
    {
        FileTree tree = new FatBytes().Entry("RO         ", attributes: 0x21).Entry("RW         ").Entry("DIR        ", attributes: 0x11, cluster: 4).Chain(4).Read();
        Assert.Equal(Convert.ToInt32("444", 8), tree.Find("/RO")!.Mode);
        Assert.Equal(Convert.ToInt32("644", 8), tree.Find("/RW")!.Mode);
        Assert.Equal(Convert.ToInt32("755", 8), tree.Find("/DIR")!.Mode);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0, 315532800L, 0)] // never set
    [InlineData(0x576E, 0xB1AA, 0, 0, 0, 1700000000L, 0)] // 2023-11-14 22:13:20
    [InlineData(0x576E, 0xB1AA, 0x576E, 0xB1AA, 137, 1700000001L, 370_000_000)]
    [InlineData(0x576E, 0xB1AA, 0x576E, 0xB1A9, 137, 1700000000L, 0)] // made earlier: nothing known
    [InlineData(0x576E, 0xB1AA, 0x576E, 0xB1AA, 200, 1700000000L, 0)] // out of range
    [InlineData(0x57FF, 0xFFFF, 0, 0, 0, 1704067198L, 0)] // month 15, 31:63:62 -> 2023-12-31 23:59:58
    [InlineData(0x565F, 0x0000, 0, 0, 0, 1677542400L, 0)] // 2023-02-31 -> 2023-02-28
    [InlineData(0xFF9F, 0xBF7D, 0, 0, 0, 4354819198L, 0)] // 2107-12-31 23:59:58
    public void Times_are_utc_and_limited_to_dates_that_exist(int date, int time, int madeDate, int madeTime, int hundredths, long seconds, int nanoseconds)
    {
        FatBytes bytes = new FatBytes().Entry("FILE       ");
        int at = bytes.RootOffset;
        bytes.Put16(at + 24, date).Put16(at + 22, time).Put16(at + 16, madeDate).Put16(at + 14, madeTime);
        bytes.Image[at + 13] = (byte)hundredths;
        Assert.Equal(new Timestamp(seconds, nanoseconds), bytes.Read().Find("/FILE")!.ModifiedTime);
    }

    [Theory]
    [InlineData(12, 4084)]
    [InlineData(16, 4085)]
    [InlineData(16, 65524)]
    [InlineData(32, 100)]
    [InlineData(32, 4086)]
    [InlineData(32, 70000)]
    public void The_type_follows_from_the_layout_and_the_last_cluster_is_in_reach(int bits, int clusters)
    {
        var bytes = new FatBytes(bits, clusters);
        int last = clusters + 1;
        bytes.Chain(last - 1, 3, last).Fill(last, (byte)'z').Entry("FILE       ", cluster: last - 1, size: 3 * 512);
        Assert.Equal((byte)'z', ((FileInode)bytes.Read().Find("/FILE")!).Content.ToArray()[^1]);
    }

    [Fact]
    public void FAT16_ignores_the_upper_half_of_cluster_numbers_and_FAT32_the_upper_bits_of_its_table()
    {
        var small = new FatBytes(16, 5000);
        small.Chain(9).Fill(9, 1).Entry("FILE       ", cluster: 0x12340009, size: 512);
        Assert.Equal(512, small.Read().Walk().Sum(e => ((FileInode)e.Inode).Content.ToArray().Count(b => b == 1)));
        var large = new FatBytes(32, 70000);
        large.Next(69_999, 0xF0000003).Next(3, 0xAFFFFFF8).Fill(3, 2).Entry("FILE       ", cluster: 69_999, size: 1024);
        Assert.Equal(512, large.Read().Walk().Sum(e => ((FileInode)e.Inode).Content.ToArray().Count(b => b == 2)));
    }

    [Fact]
    public void The_root_of_a_FAT32_may_be_anywhere_and_in_pieces()
    {
        var bytes = new FatBytes(32, 70000);
        bytes.Put32(44, 65_001).Chain(65_001, 4);
        for (int i = 0; i < 16; i++)
            bytes.Entry($"FILE{i:d2}     ", at: bytes.ClusterOffset(65_001) + (32 * i));
        bytes.Entry("LAST       ", at: bytes.ClusterOffset(4));
        Assert.Equal(17, bytes.Names().Length);
        Assert.Contains("LAST", bytes.Names());
    }

    [Fact]
    public void The_table_in_use_is_the_one_that_the_flags_name()
    {
        var bytes = new FatBytes(32, 70000);
        bytes.Chain(7, 8).Fill(8, (byte)'n').Entry("FILE       ", cluster: 7, size: 1024);
        int first = bytes.ReservedSectors * FatBytes.Sector;
        bytes.Image.AsSpan(first, bytes.TableLength).CopyTo(bytes.Image.AsSpan(first + bytes.TableLength));
        bytes.Image.AsSpan(first, bytes.TableLength).Clear();
        Assert.Throws<InvalidImageException>(() => bytes.Read());
        bytes.Image[40] = 0x01;
        // Without the bit that says that the tables differ, the number means nothing.
        Assert.Throws<InvalidImageException>(() => bytes.Read());
        bytes.Image[40] = 0x81;
        Assert.Equal((byte)'n', ((FileInode)bytes.Read().Find("/FILE")!).Content.ToArray()[^1]);
        bytes.Image[40] = 0x82;
        Assert.Throws<InvalidImageException>(() => bytes.Read());
    }
}
