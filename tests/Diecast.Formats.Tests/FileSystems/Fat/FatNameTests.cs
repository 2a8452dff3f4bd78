using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

public sealed class FatNameTests
{
    private static readonly FatCharacters Oem437 = FatCharacters.Of(FatCodePage.Oem437);
    private static readonly FatCharacters Oem850 = FatCharacters.Of(FatCodePage.Oem850);

    [Theory]
    [InlineData("GRUB.CFG", "GRUB.CFG", 0x00, false)]
    [InlineData("grub.cfg", "GRUB.CFG", 0x18, false)]
    [InlineData("grub.CFG", "GRUB.CFG", 0x08, false)]
    [InlineData("GRUB.cfg", "GRUB.CFG", 0x10, false)]
    [InlineData("123", "123", 0x00, false)]
    [InlineData("a-1", "A-1", 0x08, false)]
    [InlineData("Grub.cfg", "GRUB.CFG", 0x00, true)]
    [InlineData("loader.conf", "LOADER~1.CON", 0x00, true)]
    [InlineData("The quick brown.fox", "THEQUI~1.FOX", 0x00, true)]
    [InlineData(".profile", "PROFIL~1", 0x00, true)]
    [InlineData("a.b.c", "AB~1.C", 0x00, true)]
    [InlineData("vmlinuz-6.12.1", "VMLINU~1.1", 0x00, true)]
    [InlineData("..a.b", "A~1.B", 0x00, true)]
    [InlineData(". .x", "X~1", 0x00, true)]
    [InlineData("...test", "TEST~1", 0x00, true)]
    [InlineData("a.b c", "A~1.BC", 0x00, true)]
    [InlineData("x.c++", "X~1.C__", 0x00, true)]
    [InlineData("12345678.ABC", "12345678.ABC", 0x00, false)]
    [InlineData("123456789", "123456~1", 0x00, true)]
    [InlineData("archive.tar.gz", "ARCHIV~1.GZ", 0x00, true)]
    [InlineData("x+y", "X_Y~1", 0x00, true)]
    [InlineData("é", "É", 0x00, true)]
    [InlineData("CAFÉ.TXT", "CAFÉ.TXT", 0x00, true)]
    [InlineData("café.txt", "CAFÉ.TXT", 0x00, true)]
    [InlineData("Straße.π", "STRAßE.π", 0x00, true)]
    [InlineData("Málaga", "MáLAGA", 0x00, true)]
    [InlineData("São Paulo", "S_OPAU~1", 0x00, true)]
    [InlineData("Жук.txt", "___~1.TXT", 0x00, true)]
    [InlineData("🎲", "__~1", 0x00, true)]
    [InlineData("a b", "AB~1", 0x00, true)]
    [InlineData("longextension.html5", "LONGEX~1.HTM", 0x00, true)]
    [InlineData("{ok}#1!.~$", "{OK}#1!.~$", 0x08, false)]
    public void Short_names_follow_the_basis_scheme(string name, string shortName, int caseBits, bool hasLong)
    {
        FatName assigned = Assert.Single(FatNamer.Assign([name], Oem437));
        Assert.Equal((shortName, caseBits, hasLong), (assigned.ShortText(Oem437), assigned.CaseBits, assigned.Long is not null));
    }

    [Theory]
    [InlineData("São Paulo", "SÃOPAU~1")]
    [InlineData("õ", "Õ")]
    [InlineData("Málaga", "MÁLAGA")]
    [InlineData("Straße.π", "STRAßE~1._")]
    public void Short_names_of_code_page_850(string name, string shortName) =>
        Assert.Equal(shortName, Assert.Single(FatNamer.Assign([name], Oem850)).ShortText(Oem850));

    [Fact]
    public void A_short_name_that_starts_with_the_deleted_mark_is_escaped()
    {
        var tree = new FileTree();
        tree.Set("/õ", new FileInode(Blob.FromText("text")));
        byte[] name = Assert.Single(FatNamer.Assign(["õ"], Oem850)).Short;
        Assert.Equal(0x05, name[0]);
        Blob image = FatFileSystem.Plan(tree, new FatOptions { CodePage = FatCodePage.Oem850 }).ToBlob();
        Assert.Equal("text", FatFileSystem.Read(image).ReadText("/õ"));
    }

    [Fact]
    public void Names_that_the_code_page_holds_to_be_one_get_a_number() =>
        Assert.Equal(["II", "II~1", "_~1", "_~2"], FatNamer.Assign(["ii", "ıı", "日", "本"], Oem850).Select(n => n.ShortText(Oem850)));

    [Fact]
    public void Tails_count_in_order_grow_and_step_around_names_that_are_taken()
    {
        string[] names = ["LONGNA~2", "longname-a", "longname-b", "longname-c", .. Enumerable.Range(0, 10).Select(i => $"longname-d{i}")];
        Assert.Equal(
            ["LONGNA~2", "LONGNA~1", "LONGNA~3", "LONGNA~4", "LONGNA~5", "LONGNA~6", "LONGNA~7", "LONGNA~8", "LONGNA~9", "LONGN~10", "LONGN~11", "LONGN~12", "LONGN~13", "LONGN~14"],
            FatNamer.Assign(names, Oem437).Select(n => n.ShortText(Oem437)));
    }

    [Fact]
    public void Short_names_are_unique_in_the_largest_directories()
    {
        string[] names = [.. Enumerable.Range(0, 32_000).Select(i => $"{i % 7:d1}file name that is too long {i}.text")];
        Assert.Equal(names.Length, FatNamer.Assign(names, Oem437).Select(n => n.ShortText(Oem437)).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(26)]
    [InlineData(255)]
    public void Long_names_are_laid_out_last_part_first(int length)
    {
        string name = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        byte[] entries = new byte[FatLayout.LongEntries(length) * 32];
        FatLayout.WriteLongName(entries, name, 0x5A);
        Assert.Equal((length + 12) / 13, entries.Length / 32);
        var read = new StringBuilder();
        for (int i = (entries.Length / 32) - 1; i >= 0; i--)
        {
            byte[] entry = entries[(i * 32)..((i + 1) * 32)];
            Assert.Equal((entries.Length / 32) - i, entry[0] & 0x3F);
            Assert.Equal(i == 0, (entry[0] & 0x40) != 0);
            Assert.Equal((0x0F, 0, 0x5A, 0, 0), (entry[11], entry[12], entry[13], entry[26], entry[27]));
            read.Append(Encoding.Unicode.GetString([.. entry[1..11], .. entry[14..26], .. entry[28..32]]));
        }

        Assert.Equal(name, read.ToString()[..length]);
        string padding = read.ToString()[length..];
        Assert.Equal(padding.Length == 0 ? "" : "\0" + new string('\uffff', padding.Length - 1), padding);
    }

    [Fact]
    public void The_checksum_is_that_of_the_specification() =>
        // The example of the Linux vfat documentation's algorithm, worked by hand for "A          ".
        Assert.Equal(Reference("A          "u8.ToArray()), FatLayout.Checksum("A          "u8));

    [Theory]
    [InlineData("a:b", "U+003A")]
    [InlineData("a\\b", "U+005C")]
    [InlineData("what?", "U+003F")]
    [InlineData("tab\there", "U+0009")]
    [InlineData("dot.", "ends with a dot")]
    [InlineData("space ", "ends with a dot or a space")]
    public void Names_that_VFAT_cannot_hold_are_refused(string name, string reason)
    {
        var tree = new FileTree();
        tree.Set($"/dir/{name}", new FileInode(Blob.Empty));
        var fault = Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(tree, new FatOptions()));
        Assert.Equal($"/dir/{name}", fault.Path);
        Assert.Contains(reason, fault.Message);
    }

    [Fact]
    public void Names_equal_but_for_case_are_refused_and_both_are_named()
    {
        foreach ((string first, string second) in new[] { ("README", "readme"), ("É", "é"), ("ж.txt", "Ж.TXT") })
        {
            var tree = new FileTree();
            tree.Set("/" + first, new FileInode(Blob.Empty));
            tree.Set("/" + second, new FileInode(Blob.Empty));
            string message = Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(tree, new FatOptions())).Message;
            Assert.Contains(first, message);
            Assert.Contains(second, message);
        }
    }

    [Fact]
    public void What_FAT_cannot_hold_is_refused_or_skipped()
    {
        var tree = new FileTree();
        tree.Set("/a/link", new SymlinkInode("target"));
        tree.Set("/a/file", new FileInode(Blob.FromText("x")));
        tree.Set("/null", new SpecialInode(InodeType.CharacterDevice, 0, new DeviceNumber(1, 3)));
        Assert.Equal("/null", Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(tree, new FatOptions())).Path);
        FatPlan plan = FatFileSystem.Plan(tree, new FatOptions { UnsupportedFiles = FatUnsupportedFiles.Skip });
        var text = new StringWriter();
        plan.Print(text);
        Assert.Contains("/a/file FILE", text.ToString());
        Assert.DoesNotContain("link", text.ToString());
    }

    [Fact]
    public void Limits_of_files_and_directories_are_exact()
    {
        var tree = new FileTree();
        tree.Set("/f", new FileInode(Blob.Zeros(uint.MaxValue)));
        Assert.Equal(FatType.Fat32, FatFileSystem.Plan(tree, new FatOptions()).Type);
        tree.Set("/f", new FileInode(Blob.Zeros(1L << 32)));
        Assert.Contains("4294967295", Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(tree, new FatOptions())).Message);

        var many = new FileTree();
        for (int i = 0; i < 65_534; i++)
            many.Set($"/d/{i:x}", new FileInode(Blob.Empty));
        Assert.NotNull(FatFileSystem.Plan(many, new FatOptions { Type = FatType.Fat32 }));
        many.Set("/d/zzz", new FileInode(Blob.Empty));
        Assert.Contains("65537 entries", Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(many, new FatOptions())).Message);
    }

    [Theory]
    [InlineData("twelve chars")]
    [InlineData("a*b")]
    [InlineData("a.b")]
    [InlineData(" a")]
    [InlineData("漢")]
    [InlineData("Málaga")]
    public void Labels_that_do_not_fit_are_refused(string label) =>
        Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(new FileTree(), new FatOptions { Label = label }));

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        FatOptions[] wrong =
        [
            new() { SectorSize = 256 }, new() { SectorSize = 8192 }, new() { ClusterSize = 256 }, new() { ClusterSize = 3000 },
            new() { ClusterSize = 131072 }, new() { ClusterSize = 512, SectorSize = 4096 }, new() { Size = 1000 }, new() { Size = 0 },
            new() { Type = (FatType)8 }, new() { SectorsPerTrack = 64 }, new() { Heads = 256 },
        ];
        foreach (FatOptions options in wrong)
            Assert.Throws<UnrepresentableException>(() => FatFileSystem.Plan(new FileTree(), options));
    }

    private static byte Reference(byte[] name)
    {
        int sum = 0;
        foreach (byte value in name)
            sum = ((((sum & 1) << 7) | ((sum & 0xfe) >> 1)) + value) & 0xff;
        return (byte)sum;
    }
}
