using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Inspection;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>The boot catalogue, what is written into boot images, and images that are disks.</summary>
public class IsoBootTests
{
    private static readonly Guid DiskId = new("0c0ffee0-1234-4567-89ab-0123456789ab");
    private static readonly Guid IsoId = new("0c0ffee1-1234-4567-89ab-0123456789ab");
    private static readonly Guid EspId = new("0c0ffee2-1234-4567-89ab-0123456789ab");

    [ToolTheory("xorriso", "sgdisk", "sfdisk", "bsdtar")]
    [InlineData(IsoTable.Gpt, false)]
    [InlineData(IsoTable.Gpt, true)]
    [InlineData(IsoTable.Mbr, false)]
    [InlineData(IsoTable.Mbr, true)]
    public void Others_see_the_disk_and_its_boot_images(IsoTable table, bool offset)
    {
        FileTree tree = BootTree();
        IsoOptions options = Hybrid(table) with { PartitionOffset = offset };
        IsoPlan plan = IsoFileSystem.Plan(tree, options);
        using var image = new IsoImage(plan.ToBlob());
        string report = Tool.Check("xorriso", "-indev", image.Path, "-report_system_area", "plain", "-report_el_torito", "plain");
        Assert.Contains("grub2-mbr", report, StringComparison.Ordinal);
        Assert.Contains("boot-info-table grub2-boot-info", report, StringComparison.Ordinal);
        long sector = IsoFileSystem.ReadInfo(image.Blob).BootImages[0].Sector;
        Assert.Matches($@"boot img :   1  BIOS  y   none  0x0000  0x00      4 +{sector}\n", report);
        long esp = (plan.FileSystemLength + 4095) / 4096 * 4096;
        Assert.Matches($@"boot img :   2  UEFI  y   none  0x0000  0x00 +{options.Partitions[0].Content.Length / 512} +{esp / 2048}\n", report);
        Assert.Contains($"start={esp / 512}, size= {options.Partitions[0].Content.Length / 512}", Compact(Tool.Check("sfdisk", "-d", image.Path)), StringComparison.Ordinal);
        if (table == IsoTable.Gpt)
            Assert.Contains("No problems found", Tool.Check("sgdisk", "-v", image.Path), StringComparison.Ordinal);
        else
            Assert.Contains("type=ef", Compact(Tool.Check("sfdisk", "-d", image.Path)), StringComparison.Ordinal);
        FileTree read = IsoFileSystem.Read(image.Blob);
        Assert.Equal(tree.Walk().Select(e => e.Path), read.Walk().Select(e => e.Path));
        Assert.Equal("in the ESP", FatFileSystem.Read(image.Blob.Slice(esp)).ReadText("/EFI/BOOT/file"));
        if (offset)
            Assert.Equal(tree.Walk().Select(e => e.Path), IsoFileSystem.Read(image.Blob.Slice(32768)).Walk().Select(e => e.Path));
    }

    [Fact]
    public void A_boot_image_learns_where_it_is()
    {
        FileTree tree = BootTree();
        byte[] image = IsoFileSystem.Plan(tree, Hybrid(IsoTable.Gpt)).ToBlob().ToArray();
        IsoBootImage entry = IsoFileSystem.ReadInfo(Blob.FromMemory(image)).BootImages[0];
        Assert.Equal((IsoBootPlatform.Bios, true, IsoBootMedia.NoEmulation, 4), (entry.Platform, entry.IsBootable, entry.Media, entry.LoadSectors));
        Span<byte> stored = image.AsSpan((int)entry.Sector * 2048, 10_000);
        byte[] original = tree.ResolveFile("/boot/eltorito.img")!.Content.ToArray();
        Assert.Equal(16u, BinaryPrimitives.ReadUInt32LittleEndian(stored[8..]));
        Assert.Equal((uint)entry.Sector, BinaryPrimitives.ReadUInt32LittleEndian(stored[12..]));
        Assert.Equal(10_000u, BinaryPrimitives.ReadUInt32LittleEndian(stored[16..]));
        Assert.Equal((entry.Sector * 4) + 5, BinaryPrimitives.ReadInt64LittleEndian(stored[2548..]));
        Assert.Equal((entry.Sector * 4) + 4, BinaryPrimitives.ReadInt64LittleEndian(image.AsSpan(432)));
        Assert.True(stored[..8].SequenceEqual(original.AsSpan(0, 8)));
        Assert.True(stored[64..2548].SequenceEqual(original.AsSpan(64..2548)));
        Assert.True(stored[2556..].SequenceEqual(original.AsSpan(2556)));
    }

    [Fact]
    public void It_is_known_for_what_it_is()
    {
        FoundContent volume = DiskContents.Read(IsoFileSystem.Plan(IsoImage.AllTypes(), IsoImage.Options).ToBlob()).Whole!;
        Assert.Equal(("iso9660", "DIECAST", "2023-11-14-22-13-20-12", "Rock Ridge"), (volume.Type, volume.Label, volume.Id, volume.Version));
        DiskContents disk = DiskContents.Read(IsoFileSystem.Plan(BootTree(), Hybrid(IsoTable.Gpt) with { PartitionOffset = true }).ToBlob());
        Assert.Equal(["iso9660", "vfat"], disk.Partitions.Select(p => p?.Type));
        Assert.Equal(volume.Id, disk.Partitions[0]!.Id);
    }

    [Fact]
    public void An_image_without_a_name_and_other_media_are_in_the_catalogue()
    {
        var tree = new FileTree();
        tree.Set("/file", IsoImage.Text("file"));
        IsoOptions options = IsoImage.Options with
        {
            Boot =
            [
                new IsoBootEntry { Image = Blob.FromMemory(IsoImage.Bytes(1_474_560)), Media = IsoBootMedia.Diskette1440, Id = "DISKETTE" },
                new IsoBootEntry { Image = Blob.FromMemory(IsoImage.Bytes(5000)), Platform = IsoBootPlatform.Efi },
                new IsoBootEntry { Image = Blob.Zeros(40 << 20), Platform = IsoBootPlatform.Efi },
                new IsoBootEntry { Image = Blob.FromMemory(IsoImage.Bytes(5000)), Platform = IsoBootPlatform.Mac, LoadSectors = 9, LoadSegment = 0x800 },
            ],
        };
        Blob image = IsoFileSystem.Plan(tree, options).ToBlob();
        IReadOnlyList<IsoBootImage> entries = IsoFileSystem.ReadInfo(image).BootImages;
        Assert.Equal([1, 10, 0, 9], entries.Select(e => e.LoadSectors));
        Assert.Equal([IsoBootPlatform.Bios, IsoBootPlatform.Efi, IsoBootPlatform.Efi, IsoBootPlatform.Mac], entries.Select(e => e.Platform));
        Assert.Equal(IsoBootMedia.Diskette1440, entries[0].Media);
        Assert.Equal(0x800, entries[3].LoadSegment);
        for (int i = 0; i < 4; i += 3)
        {
            byte[] expected = options.Boot[i].Image!.ToArray();
            Assert.Equal(expected, image.Slice(entries[i].Sector * 2048, expected.Length).ToArray());
        }

        Assert.Equal("file", IsoFileSystem.Read(image).ReadText("/file"));
    }

    [Fact]
    public void What_cannot_be_is_told_at_once()
    {
        var tree = new FileTree();
        IsoOptions options = IsoImage.Options with
        {
            VolumeId = new string('x', 33),
            Level = 4,
            TailPadding = 100,
            Boot = [new IsoBootEntry(), new IsoBootEntry { Partition = 1, LoadSectors = 70_000 }],
        };
        string message = Assert.Throws<UnrepresentableException>(() => IsoFileSystem.Plan(tree, options)).Message;
        foreach (string part in (string[])["volume id", "level 4", "padding", "boot image 1 must be one of", "boot image 2 is partition 1", "70000"])
            Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Contains("no file", Assert.Throws<UnrepresentableException>(
            () => IsoFileSystem.Plan(tree, IsoImage.Options with { Boot = [new IsoBootEntry { Path = "/none" }] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_tree_has_and_an_image_cannot_is_told_at_once()
    {
        var tree = new FileTree();
        FileInode attributed = IsoImage.Text("x");
        attributed.Xattrs = Xattrs.Create([new Xattr("user.a", new byte[1])]);
        attributed.ModifiedTime = new Timestamp(-2208988801);
        tree.Set("/attributed", attributed);
        tree.Set("/link", new SymlinkInode("x"));
        tree.Set("/device", new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber(0, 256)));
        string message = Assert.Throws<UnrepresentableException>(() => IsoFileSystem.Plan(tree, IsoImage.Options)).Message;
        Assert.Contains("user.a", message, StringComparison.Ordinal);
        Assert.Contains("-2208988801", message, StringComparison.Ordinal);
        Assert.Contains("/device", message, StringComparison.Ordinal);
        message = Assert.Throws<UnrepresentableException>(() => IsoFileSystem.Plan(tree, IsoImage.Options with { RockRidge = false })).Message;
        Assert.Contains("symbolic link", message, StringComparison.Ordinal);
        FileTree read = IsoFileSystem.Read(IsoFileSystem.Plan(tree, IsoImage.Options with { RockRidge = false, Unsupported = IsoUnsupported.Adapt }).ToBlob());
        Assert.Equal(["/ATTRIBUTED"], read.Walk().Select(e => e.Path));
        Assert.Equal(-2208988800, read.Find("/ATTRIBUTED")!.ModifiedTime.Seconds);
    }

    internal static FileTree BootTree()
    {
        FileTree tree = IsoImage.TypesForOthers();
        tree.Set("/boot/eltorito.img", new FileInode(Blob.FromMemory(IsoImage.Bytes(10_000))));
        return tree;
    }

    internal static IsoOptions Hybrid(IsoTable table)
    {
        var esp = new FileTree();
        esp.Set("/EFI/BOOT/file", IsoImage.Text("in the ESP"));
        return IsoImage.Options with
        {
            Joliet = IsoJoliet.Short,
            Boot =
            [
                new IsoBootEntry { Path = "/boot/eltorito.img", Patches = IsoBootPatches.InfoTable | IsoBootPatches.Grub },
                new IsoBootEntry { Platform = IsoBootPlatform.Efi, Partition = 0 },
            ],
            Partitions = [new IsoPartition { Content = FatFileSystem.Plan(esp, new FatOptions { VolumeId = 1, Size = 1 << 20 }).ToBlob(), Id = EspId }],
            Hybrid = new IsoHybrid
            {
                Table = table,
                BootCode = Blob.FromMemory(IsoImage.Bytes(512)),
                PatchGrub = true,
                DiskId = DiskId,
                IsoPartitionId = IsoId,
                DiskSignature = 0x12345678,
            },
        };
    }

    private static string Compact(string text) => System.Text.RegularExpressions.Regex.Replace(text, " +", " ").Replace("= ", "=", StringComparison.Ordinal).Replace("size=", "size= ", StringComparison.Ordinal);
}
