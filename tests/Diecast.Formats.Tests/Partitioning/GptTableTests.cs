using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Partitioning;

public sealed class GptTableTests
{
    private const long MiB = 1L << 20;

    /// <summary>sgdisk's note on every table of fdisk and systemd-repart: the first usable sector is that at 1 MiB.</summary>
    private const string FirstUsable = "There is a gap between the main partition table";

    private static readonly Guid DiskId = new("1d2ce291-7cce-4f7d-bc83-fdb49ad74ebd");

    [ToolFact("sgdisk", "sfdisk", "fdisk")]
    public void Foreign_tools_read_what_was_declared_and_find_no_fault()
    {
        using var directory = new TempDirectory();
        PlacedPartition[] partitions =
        [
            new() { Offset = MiB, Length = MiB, Type = PartitionTypes.BiosBoot, Id = Id(1), Name = "grub" },
            new() { Offset = 2 * MiB, Length = 10 * MiB, Type = PartitionTypes.Esp, Id = Id(2), Name = "ESP é 🎲", Attributes = GptAttributes.NoBlockIo },
            new()
            {
                Offset = 12 * MiB, Length = 20 * MiB - 512, Type = PartitionTypes.Find("root", "arm64")!, Id = Id(3),
                Name = new string('x', 36), Attributes = GptAttributes.GrowFileSystem | GptAttributes.NoAuto, Active = true, Number = 7,
                Content = Blob.FromText("content"),
            },
        ];
        var table = new GptTable { Length = GptTable.LengthFor(32 * MiB), DiskId = DiskId };
        Blob disk = table.Compose(partitions);
        Assert.Equal(32 * MiB + (33 * 512), disk.Length);
        var read = Sfdisk.Read(disk, directory["disk"]);
        Assert.Equal("gpt", read.Label);
        Assert.Equal(DiskId, Guid.Parse(read.Id));
        Assert.Equal((2048, (disk.Length / 512) - 34), (read.FirstLba, read.LastLba));
        Assert.Equal([1, 2, 7], read.Rows.Select(r => r.Number));
        Assert.Equal(partitions.Select(p => p.Offset / 512), read.Rows.Select(r => r.Start));
        Assert.Equal(partitions.Select(p => p.Length / 512), read.Rows.Select(r => r.Size));
        Assert.Equal(partitions.Select(p => p.Id), read.Rows.Select(r => Guid.Parse(r.Uuid)));
        Assert.Equal(partitions.Select(p => p.Type.Guid), read.Rows.Select(r => (Guid?)Guid.Parse(r.Type)));
        Assert.Equal(partitions.Select(p => p.Name), read.Rows.Select(r => r.Name));
        Assert.Equal(["", "NoBlockIOProtocol", "LegacyBIOSBootable GUID:59,63"], read.Rows.Select(r => r.Attributes));
        Sgdisk(directory["disk"], FirstUsable);
        Assert.Contains("Disklabel type: gpt", Tool.Check("fdisk", "-l", directory["disk"]));
        Assert.Equal("content"u8.ToArray(), disk.Slice(12 * MiB, 7).ToArray());
    }

    [ToolFact("sgdisk", "sfdisk")]
    public void Random_disks_are_clean()
    {
        using var directory = new TempDirectory();
        for (int seed = 0; seed < 25; seed++)
        {
            var random = new Random(seed);
            var partitions = new List<PlacedPartition>();
            long end = random.Next(2) == 0 ? 34 * 512 : MiB;
            for (int count = random.Next(1, 10); count > 0; count--)
            {
                long start = end + (512L * random.Next(3) * random.Next(5000));
                long length = 512L * random.Next(1, 20_000);
                partitions.Add(new() { Offset = start, Length = length, Type = PartitionTypes.All.Where(t => t.Guid is not null).ElementAt(random.Next(40)), Id = Id(count), Name = $"p{count}" });
                end = start + length;
            }

            var table = new GptTable { Length = GptTable.LengthFor(end) + (512L * random.Next(3) * 100), DiskId = DiskId };
            var read = Sfdisk.Read(table.Compose(partitions), directory["disk"]);
            Assert.Equal(partitions.Select(p => (p.Offset / 512, p.Length / 512)), read.Rows.Select(r => (r.Start, r.Size)));
            Sgdisk(directory["disk"], read.FirstLba == 34 ? [] : [FirstUsable]);
        }
    }

    [ToolFact("sfdisk")]
    public void The_table_is_byte_for_byte_that_of_sfdisk()
    {
        using var directory = new TempDirectory();
        using (var file = new FileStream(directory["foreign"], FileMode.Create))
            file.SetLength(64 * MiB);
        File.WriteAllText(
            directory["script"],
            $"""
            label: gpt
            label-id: {DiskId}
            start=2048, size=20480, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid={Id(1)}, name="esp"
            start=22528, size=81920, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, uuid={Id(2)}, name="root é", attrs="LegacyBIOSBootable GUID:59"

            """);
        Tool.Check("sh", "-c", $"sfdisk --no-reread --no-tell-kernel '{directory["foreign"]}' < '{directory["script"]}'");
        Blob ours = new GptTable { Length = 64 * MiB, DiskId = DiskId }.Compose(
        [
            new() { Offset = MiB, Length = 10 * MiB, Type = PartitionTypes.Esp, Id = Id(1), Name = "esp" },
            new()
            {
                Offset = 11 * MiB, Length = 40 * MiB, Type = PartitionTypes.Find("root", "x86-64")!, Id = Id(2), Name = "root é",
                Attributes = GptAttributes.GrowFileSystem, Active = true,
            },
        ]);
        Assert.True(File.ReadAllBytes(directory["foreign"]).AsSpan().SequenceEqual(ours.ToArray()));
    }

    [ToolFact("sgdisk")]
    public void Partitions_may_start_right_after_the_entries()
    {
        using var directory = new TempDirectory();
        PlacedPartition[] partitions = [new() { Offset = 34 * 512, Length = MiB, Type = PartitionTypes.BiosBoot, Id = Id(1) }];
        foreach (long? first in new long?[] { null, 34 * 512 })
        {
            var table = new GptTable { Length = 4 * MiB, DiskId = DiskId, FirstUsableOffset = first };
            BlobTests.Write(table.Compose(partitions), directory["disk"], null);
            Sgdisk(directory["disk"]);
        }
    }

    [ToolFact("fdisk")]
    public void Large_sectors_are_read_by_fdisk()
    {
        using var directory = new TempDirectory();
        var table = new GptTable { Length = GptTable.LengthFor(9 * MiB, 4096), DiskId = DiskId, SectorSize = 4096 };
        Assert.Equal((9 * MiB) + (5 * 4096), table.Length);
        BlobTests.Write(
            table.Compose([new() { Offset = MiB, Length = 8 * MiB, Type = PartitionTypes.LinuxGeneric, Id = Id(1), Name = "data" }]), directory["disk"], null);
        string listing = Tool.Check("fdisk", "-b", "4096", "-o", "Start,End,UUID,Name", "-l", directory["disk"]);
        Assert.Contains("Disklabel type: gpt", listing);
        Assert.Matches($"256 +2303 +{Id(1).ToString().ToUpperInvariant()} +data", listing);
        Assert.DoesNotContain("corrupt", listing);
    }

    [ToolFact("sgdisk", "sfdisk")]
    public void The_entries_may_move_to_make_room_for_a_boards_loader()
    {
        using var directory = new TempDirectory();
        Blob loader = Blob.FromMemory(new byte[700_000]);
        var table = new GptTable
        {
            Length = GptTable.LengthFor(8 * MiB),
            DiskId = DiskId,
            EntriesOffset = 992 * 1024,
            RawContent = [new RawPlacement("u-boot", 8192, loader)],
            BootCode = Blob.FromMemory(Enumerable.Repeat((byte)0x90, 440).ToArray()),
        };
        PlacedPartition[] partitions = [new() { Offset = MiB, Length = 7 * MiB, Type = PartitionTypes.LinuxGeneric, Id = Id(1) }];
        Blob disk = table.Compose(partitions);
        Assert.Equal(2048, Assert.Single(Sfdisk.Read(disk, directory["disk"]).Rows).Start);
        Sgdisk(directory["disk"], FirstUsable, "There is a gap between the main metadata");
        Assert.Equal(0x90, disk.Slice(439, 1).ToArray()[0]);
        Assert.Equal(["boot code", "protective MBR", "GPT header", "u-boot", "GPT entries", "partition 1", "backup GPT entries", "backup GPT header"], table.Layout(partitions).Regions.Select(r => r.Name));
    }

    [ToolFact("sgdisk")]
    public void A_table_of_fewer_entries_is_clean()
    {
        using var directory = new TempDirectory();
        var table = new GptTable { Length = 4 * MiB, DiskId = DiskId, EntryCount = 56, RawContent = [new RawPlacement("spl", 8192, Blob.FromText("spl"))] };
        BlobTests.Write(table.Compose([new() { Offset = MiB, Length = MiB, Type = PartitionTypes.LinuxGeneric, Id = Id(1) }]), directory["disk"], null);
        Assert.Contains("Partition table holds up to 56 entries", Tool.Check("sgdisk", "-p", directory["disk"]));
        Sgdisk(directory["disk"], FirstUsable, "The size of the partition table");
    }

    [Fact]
    public void Every_overlap_is_reported_with_its_size()
    {
        var table = new GptTable
        {
            Length = 4 * MiB,
            RawContent = [new RawPlacement("spl", 8192, Blob.FromMemory(new byte[40_000])), new RawPlacement("late", 4 * MiB - 600, Blob.FromMemory(new byte[1000]))],
            BootCode = Blob.FromMemory(new byte[440]),
        };
        PlacedPartition[] partitions =
        [
            new() { Offset = 40_960, Length = MiB, Type = PartitionTypes.LinuxGeneric, Name = "a" },
            new() { Offset = MiB, Length = 3 * MiB, Type = PartitionTypes.LinuxGeneric, Name = "b" },
        ];
        var conflicts = Assert.Throws<RegionConflictException>(() => table.Compose(partitions)).Conflicts;
        Assert.Equal(
            [
                ("GPT entries", "spl", 17_408 - 8192),
                ("spl", "partition 1 \"a\"", 48_192 - 40_960),
                ("partition 1 \"a\"", "partition 2 \"b\"", 40_960),
                ("partition 2 \"b\"", "backup GPT entries", 16_384),
                ("partition 2 \"b\"", "late", 600),
                ("partition 2 \"b\"", "backup GPT header", 512),
                ("backup GPT entries", "late", 88),
                ("late", "backup GPT header", 512),
                ("late", "end of the disk", 400),
            ],
            conflicts.Select(c => (c.First.Name, c.Second.Name, (int)c.Bytes)));
        Assert.Equal(conflicts, table.Layout(partitions).Conflicts);
    }

    [Fact]
    public void What_a_table_cannot_hold_is_refused()
    {
        var good = new PlacedPartition { Offset = MiB, Length = MiB, Type = PartitionTypes.LinuxGeneric, Id = Id(1) };
        var table = new GptTable { Length = 4 * MiB };
        Refused(table, good with { Offset = MiB + 1 });
        Refused(table, good with { Length = MiB + 1 });
        Refused(table, good with { Length = 0 });
        Refused(table, good with { Offset = -512 });
        Refused(table, good with { Offset = long.MaxValue - 511, Length = 512 });
        Refused(table, good with { Name = new string('x', 37) });
        Refused(table, good with { Name = "\ud83c" });
        Refused(table, good with { Number = 129 });
        Refused(table, good with { Number = 0 });
        Refused(table, good with { Type = PartitionTypes.Find("0x83")! });
        Refused(table, good with { Type = PartitionTypes.ByGuid(Guid.Empty) });
        Refused(table, good with { Content = Blob.Zeros(MiB + 1) });
        Refused(table, good, good with { Offset = 2 * MiB });
        Refused(table, good with { Number = 3 }, good with { Offset = 2 * MiB, Id = Id(2), Number = 3 });
        Refused(table with { SectorSize = 768 }, good);
        Refused(table with { SectorSize = 8192 }, good);
        Refused(table with { Length = 4 * MiB + 1 }, good);
        Refused(table with { BootCode = Blob.Zeros(441) }, good);
        Refused(table with { EntriesOffset = 512 }, good);
        Refused(table with { EntryCount = 3 }, good);
        Refused(table with { FirstUsableOffset = 2 * MiB }, good);
        Assert.Throws<RegionConflictException>(() => (table with { Length = 4096 }).Compose([]));
        Assert.NotNull(table.Compose([good]));
    }

    [Fact]
    public void The_protective_record_covers_the_disk_and_saturates()
    {
        Blob disk = new GptTable { Length = 3L << 40 }.Compose([]);
        byte[] sector = disk.Slice(0, 512).ToArray();
        Assert.Equal("00000200EEFFFFFF01000000FFFFFFFF", Convert.ToHexString(sector, 446, 16));
        byte[] small = new GptTable { Length = MiB }.Compose([]).Slice(0, 512).ToArray();
        Assert.Equal(2047u, BinaryPrimitives.ReadUInt32LittleEndian(small.AsSpan(458)));
        Assert.True(disk.DataRanges().Sum(r => r.Length) < 40_000);
    }

    private static void Refused(GptTable table, params PlacedPartition[] partitions) =>
        Assert.Throws<UnrepresentableException>(() => table.Compose(partitions));

    /// <summary>No problem, and exactly the notes that the test expects of its deliberate oddities.</summary>
    private static void Sgdisk(string path, params string[] notes)
    {
        string verdict = Tool.Check("sgdisk", "-v", path);
        Assert.Contains("No problems found", verdict);
        string[] warnings = [.. verdict.Split('\n').Where(l => l.StartsWith("Warning"))];
        Assert.True(warnings.Length == notes.Length && notes.All(n => warnings.Any(w => w.Contains(n))), verdict);
    }

    private static Guid Id(int number) => new(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
}
