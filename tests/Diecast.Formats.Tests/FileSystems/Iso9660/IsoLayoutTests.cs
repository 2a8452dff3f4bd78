using System.Security.Cryptography;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>Structures are as the standards have them, and the bytes of the output are a promise.</summary>
public class IsoLayoutTests
{
    private const string Plan =
        """
        iso9660 level 3 rock ridge joliet 64
        volume 'DIECAST' uuid 2023-11-14-22-13-20-12
        length 1583104: 514048 of the file system, 1 partitions
        boot Bios sector 95 bytes 10000
        boot Efi sector 252 bytes 1048576
        partition esp at 516096+1048576
        descriptors from sector 16, path tables at 21, directories 0 sectors on
        1 / 40755 0:0 links 7 sector 25 bytes 2048+185 sector 42 bytes 2048+0
        2 /Grüße.näme.txt 100644 0:0 links 1 sector 56 bytes 7
        6 /empty 100644 0:0 links 1 sector 0 bytes 0
        8 /hard2 100644 0:0 links 2 sector 57 bytes 19
        9 /hello.txt 100644 1000:70000 links 1 sector 58 bytes 6
        10 /large.bin 100755 0:0 links 1 sector 59 bytes 70001
        3 /a 40755 0:0 links 3 sector 27 bytes 2048+0 sector 43 bytes 2048+0
        11 /a/b 40755 0:0 links 3 sector 28 bytes 2048+0 sector 44 bytes 2048+0
        12 /a/b/c 40755 0:0 links 3 sector 29 bytes 2048+0 sector 45 bytes 2048+0
        13 /a/b/c/d 40755 0:0 links 3 sector 30 bytes 2048+0 sector 46 bytes 2048+0
        14 /a/b/c/d/e 40755 0:0 links 3 sector 31 bytes 2048+0 sector 47 bytes 2048+0
        15 /a/b/c/d/e/f 40755 0:0 links 3 sector 32 bytes 2048+0 sector 48 bytes 2048+0
        16 /a/b/c/d/e/f/g 40755 0:0 links 3 sector 33 bytes 2048+0 sector 49 bytes 2048+0
        4 /boot 40755 0:0 links 2 sector 34 bytes 2048+0 sector 50 bytes 2048+0
        21 /boot/eltorito.img 100644 0:0 links 1 sector 95 bytes 10000
        5 /dev 40755 0:0 links 2 sector 35 bytes 2048+0 sector 51 bytes 2048+0
        22 /dev/null 20666 0:0 links 1
        23 /dev/pipe 10600 0:0 links 1
        7 /etc 40755 0:0 links 2 sector 36 bytes 2048+265 sector 52 bytes 2048+0
        24 /etc/absolute 120777 0:0 links 1
        8 /etc/hard1 100644 0:0 links 2 sector 57 bytes 19
        25 /etc/link 120777 0:0 links 1
        26 /etc/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn 100644 0:0 links 1 sector 100 bytes 4
        27 /etc/root 120777 0:0 links 1
        28 /rr_moved 40755 0:0 links 3 sector 38 bytes 2048+0
        17 /a/b/c/d/e/f/g/h 40755 0:0 links 3 sector 39 bytes 2048+0 sector 53 bytes 2048+0
        18 /a/b/c/d/e/f/g/h/i 40755 0:0 links 3 sector 40 bytes 2048+0 sector 54 bytes 2048+0
        19 /a/b/c/d/e/f/g/h/i/j 40755 0:0 links 2 sector 41 bytes 2048+0 sector 55 bytes 2048+0
        20 /a/b/c/d/e/f/g/h/i/j/deep 100644 0:0 links 1 sector 94 bytes 4
        """;

    [Fact]
    public void The_fields_of_a_volume_descriptor_tile_a_sector() => Tile(IsoVolumeLayout.All, 2048);

    [Fact]
    public void The_fields_of_a_directory_record_tile_what_is_before_its_name() => Tile(IsoRecordLayout.All, IsoRecordLayout.NameOffset);

    [Theory]
    [InlineData(-2208988800, 0, 1, 1, 0, 0, 0)]
    [InlineData(0, 70, 1, 1, 0, 0, 0)]
    [InlineData(1_709_210_096, 124, 2, 29, 12, 34, 56)]
    [InlineData(5869583999, 255, 12, 31, 23, 59, 59)]
    public void Times_of_records_are_of_seven_bytes(long seconds, params int[] expected)
    {
        byte[] bytes = new byte[7];
        IsoTime.WriteShort(bytes, new Timestamp(seconds));
        Assert.Equal([.. expected, 0], bytes.Select(b => (int)b));
        Assert.Equal(new Timestamp(seconds), IsoTime.ReadShort(bytes));
        Assert.True(IsoTime.IsShort(new Timestamp(seconds)));
        // Quarters of an hour east of Greenwich.
        bytes[6] = 4;
        Assert.Equal(new Timestamp(seconds - 3600), IsoTime.ReadShort(bytes));
        bytes[6] = 256 - 8;
        Assert.Equal(new Timestamp(seconds + 7200), IsoTime.ReadShort(bytes));
    }

    [Fact]
    public void Times_outside_are_known()
    {
        Assert.False(IsoTime.IsShort(new Timestamp(-2208988801)));
        Assert.False(IsoTime.IsShort(new Timestamp(5869584000)));
    }

    [Fact]
    public void Numbers_in_both_orders_are_there_twice()
    {
        byte[] bytes = new byte[8];
        new IsoField("both", 0, 8, IsoOrder.Both).Set(bytes, 0x01020304);
        Assert.Equal([4, 3, 2, 1, 1, 2, 3, 4], bytes);
        Assert.Equal(0x01020304, new IsoField("both", 0, 8, IsoOrder.Both).Get(bytes));
        Assert.Equal(0x01020304, new IsoField("big", 4, 4, IsoOrder.Big).Get(bytes));
        Assert.Throws<OverflowException>(() => new IsoField("little", 0, 2).Set(bytes, 0x10000));
    }

    [Fact]
    public void A_small_tree_has_this_plan_and_these_bytes()
    {
        IsoPlan plan = IsoFileSystem.Plan(IsoBootTests.BootTree(), IsoBootTests.Hybrid(IsoTable.Gpt) with { DeepDirectories = IsoDeepDirectories.Relocate });
        using var text = new StringWriter { NewLine = "\n" };
        plan.Print(text);
        Assert.Equal(Plan, text.ToString().TrimEnd('\n'));
        Assert.Equal("b79f79ab3c702aeab61b9ec40944bde326b9c7dc345f3f0fdba30f5785b9336b", Hash(plan));
    }

    [Fact]
    public void Other_options_have_these_bytes()
    {
        FileTree tree = IsoImage.AllTypes();
        Assert.Equal("48d9aaef05cace6f39bffa20ccfc096cd205f3a9e3ba0cd6bf4ca8a438b28c8c", Hash(IsoFileSystem.Plan(tree, IsoImage.Options with { Level = 1, PartitionOffset = true, PublisherId = "P", SystemId = "LINUX" })));
        Assert.Equal("b6b46b9ce82be1bd3ac25b091e3dcf13769ddcae61785cf6f2a5fe8e4408945a", Hash(IsoFileSystem.Plan(IsoBootTests.BootTree(), IsoBootTests.Hybrid(IsoTable.Mbr) with { Joliet = IsoJoliet.Long })));
    }

    private static string Hash(IsoPlan plan) => Convert.ToHexStringLower(SHA256.HashData(plan.ToBlob().ToArray()));

    private static void Tile(IsoField[] fields, int length)
    {
        int end = 0;
        foreach (IsoField field in fields)
        {
            Assert.True(field.Offset == end, $"{field.Name} is at {field.Offset}; what is before it ends at {end}");
            end = field.End;
        }

        Assert.Equal(length, end);
    }
}
