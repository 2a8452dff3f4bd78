using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Formats.Tests.Partitioning;

public sealed class MbrTableTests
{
    private const long MiB = 1L << 20;

    [ToolFact("sfdisk")]
    public void Sfdisk_reads_what_was_declared()
    {
        using var directory = new TempDirectory();
        var table = new MbrTable { Length = 64L << 30, DiskSignature = 0xdeadbeef, BootCode = Blob.FromText("boot") };
        PlacedPartition[] partitions =
        [
            new() { Offset = MiB, Length = 40 * MiB, Type = PartitionTypes.Esp },
            new() { Offset = 41 * MiB, Length = 20L << 30, Type = PartitionTypes.LinuxGeneric, Active = true },
            new() { Offset = 30L << 30, Length = 512, Type = PartitionTypes.Find("0xda")!, Number = 4 },
        ];
        Blob disk = table.Compose(partitions);
        var read = Sfdisk.Read(disk, directory["disk"]);
        Assert.Equal(("dos", "0xdeadbeef"), (read.Label, read.Id));
        Assert.Equal(
            [(1, 2048L, 81920L, "ef", false), (2, 83968, 41943040, "83", true), (4, 62914560, 1, "da", false)],
            read.Rows.Select(r => (r.Number, r.Start, r.Size, r.Type, r.Bootable)));
        Assert.Equal("boot"u8.ToArray(), disk.Slice(0, 4).ToArray());
    }

    [ToolFact("sfdisk")]
    public void The_table_is_byte_for_byte_that_of_sfdisk()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["script"], []);
        using (var file = new FileStream(directory["foreign"], FileMode.Create))
            file.SetLength(32L << 30);
        File.WriteAllText(directory["script"], "label: dos\nlabel-id: 0x12345678\nstart=2048, size=100000, type=c, bootable\nstart=200000, size=40000000, type=83\n");
        Tool.Check("sh", "-c", $"sfdisk --no-reread --no-tell-kernel '{directory["foreign"]}' < '{directory["script"]}'");
        Blob disk = new MbrTable { Length = 32L << 30, DiskSignature = 0x12345678 }.Compose(
        [
            new() { Offset = 2048 * 512, Length = 100000 * 512, Type = PartitionTypes.Find("fat32")!, Active = true },
            new() { Offset = 200000 * 512, Length = 40000000L * 512, Type = PartitionTypes.LinuxGeneric },
        ]);
        byte[] foreign = new byte[512];
        using (FileStream stream = File.OpenRead(directory["foreign"]))
            stream.ReadExactly(foreign);
        Assert.Equal(Convert.ToHexString(foreign), Convert.ToHexString(disk.Slice(0, 512).ToArray()));
    }

    [Fact]
    public void What_a_table_cannot_hold_is_refused()
    {
        var good = new PlacedPartition { Offset = MiB, Length = MiB, Type = PartitionTypes.LinuxGeneric };
        var table = new MbrTable { Length = 4L << 40 };
        Refused(table, good with { Type = PartitionTypes.BiosBoot });
        Refused(table, good with { Type = PartitionTypes.Find("0x00")! });
        Refused(table, good with { Attributes = 1 });
        Refused(table, good with { Number = 5 });
        Refused(table, good with { Offset = (1L << 41) - 512, Length = 1024 });
        Assert.NotNull(table.Compose([good with { Offset = (1L << 41) - 1024, Length = 1024 }]));
        Refused(table, [.. Enumerable.Range(1, 5).Select(i => good with { Offset = i * MiB })]);
        Assert.Contains("512 bytes", Assert.Throws<RegionConflictException>(() => table.Compose([good, good with { Offset = 2 * MiB - 512 }])).Message);
        Assert.Throws<RegionConflictException>(() => table.Compose([good with { Offset = 0 }]));
    }

    private static void Refused(MbrTable table, params PlacedPartition[] partitions) =>
        Assert.Throws<UnrepresentableException>(() => table.Compose(partitions));
}
