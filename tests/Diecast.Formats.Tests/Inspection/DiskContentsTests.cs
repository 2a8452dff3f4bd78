using System.Buffers.Binary;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Inspection;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Tests.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Inspection;

public sealed class DiskContentsTests
{
    private const long MiB = 1L << 20;
    private static readonly Guid DiskId = new("1d2ce291-7cce-4f7d-bc83-fdb49ad74ebd");

    [Fact]
    public void A_table_of_ours_is_read_with_all_that_was_declared()
    {
        foreach (int sectorSize in new[] { 512, 4096 })
        {
            PlacedPartition[] partitions =
            [
                new() { Offset = 2 * MiB, Length = 10 * MiB, Type = PartitionTypes.Esp, Id = Id(2), Name = "ESP é 🎲", Attributes = GptAttributes.NoBlockIo },
                new() { Offset = 12 * MiB, Length = 20 * MiB, Type = PartitionTypes.Find("root", "arm64")!, Id = Id(3), Name = new string('x', 36), Active = true, Number = 7 },
            ];
            Blob disk = new GptTable { Length = 40 * MiB, DiskId = DiskId, SectorSize = sectorSize }.Compose(partitions);
            FoundTable table = PartitionTableReader.Read(disk)!;
            Assert.Equal(("gpt", sectorSize, DiskId.ToString()), (table.Kind, table.SectorSize, table.Id));
            Assert.Empty(table.Faults);
            Assert.Equal([1, 7], table.Partitions.Select(p => p.Number));
            Assert.Equal(partitions.Select(p => (p.Offset, p.Length, p.Name, p.Id.ToString(), p.Type)), table.Partitions.Select(p => (p.Offset, p.Length, p.Label, p.Id!, p.Type)));
            Assert.Equal([GptAttributes.NoBlockIo, GptAttributes.LegacyBoot], table.Partitions.Select(p => p.Attributes));
            Assert.Equal([false, true], table.Partitions.Select(p => p.Active));
        }
    }

    [Fact]
    public void What_is_wrong_with_a_gpt_is_told_and_its_copy_taken()
    {
        byte[] whole = Disk().ToArray();
        Assert.Empty(Faults(whole));
        Assert.Contains("first header or its entries are damaged", Only(Faults(Changed(whole, 512 + 60))));
        Assert.Contains("first header or its entries are damaged", Only(Faults(Changed(whole, 1024 + 5))));
        Assert.Contains("backup's header or its entries are damaged", Only(Faults(Changed(whole, whole.Length - 500))));
        Assert.Contains("no protective MBR", Only(Faults(Changed(whole, 450))));
        Assert.Contains("not where the first header says", Only(Faults(whole[..^512])));
        string[] cut = [.. Faults(whole[..(int)(3 * MiB)])];
        Assert.Equal(2, cut.Length);
        Assert.Contains("partition 1 ends at 4194304, past the disk's end 3145728", cut[1], StringComparison.Ordinal);
        Assert.Null(PartitionTableReader.Read(Blob.Zeros(100)));
        Assert.Null(PartitionTableReader.Read(Blob.Zeros(10 * MiB)));

        static IReadOnlyList<string> Faults(byte[] disk) => PartitionTableReader.Read(Blob.FromMemory(disk))!.Faults;
        static string Only(IReadOnlyList<string> faults) => Assert.Single(faults);
        static byte[] Changed(byte[] disk, int at)
        {
            byte[] changed = [.. disk];
            changed[at] ^= 0x55;
            return changed;
        }
    }

    [ToolFact("sfdisk")]
    public void Logical_partitions_of_an_mbr_are_found_as_sfdisk_places_them()
    {
        using var directory = new TempDirectory();
        using (FileStream file = File.Create(directory["disk"]))
            file.SetLength(100 * MiB);
        string[] lines =
        [
            "1 : start=2048,size=20480,type=ef,bootable", "2 : start=30720,size=102400,type=f", "3 : start=143360,size=2048,type=7",
            "5 : start=32768,size=10240,type=83", "6 : start=49152,size=20480,type=82",
        ];
        File.WriteAllText(directory["script"], "label: dos\nlabel-id: 0xcafe1234\n" + string.Concat(lines.Select(line => directory["disk"] + line + "\n")));
        Tool.Check("sh", "-c", $"sfdisk -q {directory["disk"]} < {directory["script"]}");
        JsonElement[] expected = [.. JsonDocument.Parse(Tool.Check("sfdisk", "--json", directory["disk"])).RootElement.GetProperty("partitiontable").GetProperty("partitions").EnumerateArray()];
        FoundTable table = PartitionTableReader.Read(Blob.FromMemory(File.ReadAllBytes(directory["disk"])))!;
        Assert.Equal(("mbr", "cafe1234"), (table.Kind, table.Id));
        Assert.Empty(table.Faults);
        Assert.Equal(5, expected.Length);
        Assert.Equal(
            expected.Select(p => (p.GetProperty("start").GetInt64() * 512, p.GetProperty("size").GetInt64() * 512)).Order(),
            table.Partitions.Select(p => (p.Offset, p.Length)).Order());
        Assert.Equal(["esp", "0x0f", "microsoft-basic", "linux-generic", "swap"], table.Partitions.Select(p => p.Type.Name));
        Assert.Equal([1, 2, 3, 5, 6], table.Partitions.Select(p => p.Number));
        Assert.Equal("cafe1234-05", table.Partitions[3].Id);
        Assert.True(table.Partitions[0].Active);
        // A chain that leads back to itself ends.
        byte[] loop = File.ReadAllBytes(directory["disk"]);
        BinaryPrimitives.WriteUInt32LittleEndian(loop.AsSpan((30720 * 512) + 446 + 16 + 8), 0);
        Assert.Contains("lead in a circle", Assert.Single(PartitionTableReader.Read(Blob.FromMemory(loop))!.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void File_systems_of_ours_are_found_within()
    {
        var tree = new FileTree();
        ExtPlan ext = ExtFileSystem.Plan(tree, new ExtOptions { Uuid = Id(5), Label = "root" });
        FatPlan fat = FatFileSystem.Plan(tree, new FatOptions { Size = 40 * MiB, Label = "BOOT", VolumeId = 0x1234ABCD });
        Blob disk = new GptTable { Length = 128 * MiB, DiskId = DiskId }.Compose(
        [
            new() { Offset = MiB, Length = 40 * MiB, Type = PartitionTypes.Esp, Id = Id(1), Content = fat.ToBlob() },
            new() { Offset = 41 * MiB, Length = 64 * MiB, Type = PartitionTypes.LinuxGeneric, Id = Id(2), Content = ext.ToBlob() },
            new() { Offset = 105 * MiB, Length = MiB, Type = PartitionTypes.BiosBoot, Id = Id(3) },
        ]);
        DiskContents contents = DiskContents.Read(disk);
        Assert.Equal(["vfat", "ext4", null], contents.Partitions.Select(content => content?.Type));
        Assert.Equal(("BOOT", "1234-ABCD", true), (contents.Partitions[0]!.Label, contents.Partitions[0]!.Id, contents.Partitions[0]!.IsClean));
        Assert.Equal(("root", Id(5).ToString(), true), (contents.Partitions[1]!.Label, contents.Partitions[1]!.Id, contents.Partitions[1]!.IsClean));
        Assert.Equal("ext4", DiskContents.Read(ext.ToBlob()).Whole?.Type);
        Assert.Equal("vfat", DiskContents.Read(fat.ToBlob()).Whole?.Type);
        Assert.Null(DiskContents.Read(fat.ToBlob()).Table);
    }

    [ToolFact("mkswap", "blkid")]
    public void Marks_are_those_that_blkid_knows()
    {
        using var directory = new TempDirectory();
        using (FileStream file = File.Create(directory["disk"]))
            file.SetLength(4 * MiB);
        Tool.Check("mkswap", "-q", "-L", "swap space", "-U", Id(4).ToString(), directory["disk"]);
        FoundContent found = FoundContent.Find(Blob.FromMemory(File.ReadAllBytes(directory["disk"])))!;
        Assert.Equal("swap", Tool.Check("blkid", "-p", "-o", "value", "-s", "TYPE", directory["disk"]).Trim());
        Assert.Equal(("swap", "swap space", Id(4).ToString()), (found.Type, found.Label, found.Id));
    }

    [Theory]
    [InlineData("squashfs", 0, "68737173")]
    [InlineData("erofs", 1024, "E2E1F5E0")]
    [InlineData("xfs", 0, "58465342")]
    [InlineData("btrfs", 65600, "5F42485266535F4D")]
    [InlineData("f2fs", 1024, "1020F5F2")]
    [InlineData("crypto_LUKS", 0, "4C554B53BABE0002")]
    [InlineData("LVM2_member", 536, "4C564D3220303031")]
    [InlineData("linux_raid_member", 4096, "FC4E2BA9")]
    [InlineData("DM_verity_hash", 0, "7665726974790000")]
    [InlineData("ntfs", 3, "4E54465320202020")]
    [InlineData("exfat", 3, "4558464154202020")]
    [InlineData("iso9660", 32769, "4344303031")]
    public void Others_are_known_by_their_mark(string type, int offset, string mark)
    {
        byte[] disk = new byte[100_000];
        Convert.FromHexString(mark).CopyTo(disk, offset);
        Assert.Equal(type, FoundContent.Find(Blob.FromMemory(disk))?.Type);
        // The mark at the very end of what there is, without anything behind it.
        Assert.Equal(type, FoundContent.Find(Blob.FromMemory(disk.AsMemory(0, offset + (mark.Length / 2))))?.Type);
        disk[offset] ^= 1;
        Assert.Null(FoundContent.Find(Blob.FromMemory(disk)));
    }

    [Fact]
    public void Hostile_disks_are_looked_at_without_a_fault_of_ours()
    {
        var tree = new FileTree();
        byte[] ext = ExtFileSystem.Plan(tree, new ExtOptions { Uuid = Id(5) }).ToBlob().Slice(0, 32768).ToArray();
        byte[] fat = FatFileSystem.Plan(tree, new FatOptions { Size = 2 * MiB }).ToBlob().Slice(0, 32768).ToArray();
        byte[] gpt = Disk().Slice(0, 65536).ToArray();
        foreach (byte[] disk in new[] { ext, fat, gpt })
        {
            for (int seed = 0; seed < 7000; seed++)
            {
                var random = new Random(seed);
                byte[] changed = disk.AsSpan(0, random.Next(8) == 0 ? random.Next(disk.Length) : 16384).ToArray();
                for (int i = random.Next(1, 8); i > 0 && changed.Length > 0; i--)
                    changed[random.Next(Math.Min(changed.Length, 2048))] = (byte)random.Next(256);
                long before = GC.GetAllocatedBytesForCurrentThread();
                _ = DiskContents.Read(Blob.FromMemory(changed));
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 32 << 20, $"{seed}");
            }
        }
    }

    private static Blob Disk() => new GptTable { Length = 8 * MiB, DiskId = DiskId }.Compose(
        [new() { Offset = MiB, Length = 3 * MiB, Type = PartitionTypes.LinuxGeneric, Id = Id(1), Name = "data" }]);

    private static Guid Id(byte number) => new([number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
}
