using Diecast.Formats.Partitioning;
using Diecast.Formats.Partitioning.Allocation;

namespace Diecast.Formats.Tests.Partitioning.Allocation;

/// <summary>Layouts of systemd's TEST-58-REPART, as start and size in sectors of 512 bytes.</summary>
public sealed class PartitionAllocatorTests
{
    private const long MiB = 1L << 20;
    private const long GiB = 1L << 30;

    [Fact]
    public void Home_and_swap_share_a_disk_with_padding() =>
        Check(
            new() { DiskLength = GiB, Definitions = [Def("home"), Swap with { MinimumPadding = 92 * MiB }] },
            "1: 2048/1775576", "2: 1777624/131072");

    [Fact]
    public void Four_partitions_share_by_weight() =>
        Check(
            new() { DiskLength = GiB, Definitions = [Def("home"), Def("root"), Def("root"), Swap with { MinimumPadding = 92 * MiB }] },
            "1: 2048/591856", "2: 593904/591856", "3: 1185760/591864", "4: 1777624/131072");

    [Fact]
    public void A_small_disk_is_shared_to_the_grain() =>
        Check(
            new() { DiskLength = 50 * MiB, Definitions = [Def("home"), Def("root"), Def("root")] },
            "1: 2048/33432", "2: 35480/33440", "3: 68920/33440");

    [Fact]
    public void A_partition_is_added_behind_existing_ones_and_grows_with_the_disk()
    {
        PartitionDefinition extra = Def("linux-generic");
        ExistingPartition[] four = [Old(1, "home", 2048, 591856), Old(2, "root", 593904, 591856), Old(3, "root", 1185760, 591864), Old(4, "swap", 1777624, 131072)];
        PartitionDefinition[] definitions = [extra, Def("home"), Def("root"), Def("root"), Swap];
        Check(
            new() { DiskLength = GiB, Existing = four, Definitions = definitions },
            "1: 2048/591856", "2: 593904/591856", "3: 1185760/591864", "4: 1777624/131072", "5: 1908696/188416");
        ExistingPartition[] five = [.. four, Old(5, "linux-generic", 1908696, 188416)];
        Check(
            new() { DiskLength = 2 * GiB, Existing = five, Definitions = definitions },
            "1: 2048/591856", "2: 593904/591856", "3: 1185760/591864", "4: 1777624/131072", "5: 1908696/2285568");
        five[4] = Old(5, "linux-generic", 1908696, 2285568);
        Check(
            new() { DiskLength = 3 * GiB, Existing = five, Definitions = [.. definitions, Def("linux-generic") with { ContentSize = 40 * MiB }] },
            "1: 2048/591856", "2: 593904/591856", "3: 1185760/591864", "4: 1777624/131072", "5: 1908696/2285568", "6: 4194264/2097152");
        // An automatic length, for one more that is encrypted.
        ExistingPartition[] six = [.. five, Old(6, "linux-generic", 4194264, 2097152)];
        var request = new AllocationRequest
        {
            DiskLength = 0,
            Existing = six,
            Definitions =
            [
                .. definitions, Def("linux-generic"),
                Def("srv") with { MinimumSize = 48 * MiB, IsEncrypted = true, ContentSize = PartitionDefinition.FileSystemMinimum("ext4", false, 512)!.Value },
            ],
        };
        long length = PartitionAllocator.AutoLength(request);
        Assert.Equal(6422487, (length / 512) - 34);
        Check(
            request with { DiskLength = length },
            "1: 2048/591856", "2: 593904/591856", "3: 1185760/591864", "4: 1777624/131072", "5: 1908696/2285568", "6: 4194264/2097152", "7: 6291416/131072");
    }

    [Fact]
    public void A_fixed_gap_survives_a_new_grain() =>
        Check(
            new() { DiskLength = 100 * MiB, GrainSize = 512, Definitions = [Fixed("root", 40961, 8191), Fixed("xbootldr", 10240, null)] },
            "1: 2048/40961", "2: 51200/10240");

    [Fact]
    public void Fixed_sizes_are_rounded_up_to_a_large_grain() =>
        Check(
            new() { DiskLength = 100 * MiB, GrainSize = 4 * MiB, Definitions = [Fixed("root", 20480, 0), Fixed("xbootldr", 10240, null)] },
            "1: 8192/24576", "2: 32768/16384");

    [Fact]
    public void The_rest_goes_to_what_may_grow() =>
        Check(
            new() { DiskLength = 60 * MiB, Definitions = [Fixed("root", 20480, 0), Fixed("xbootldr", 10240, 0), Def("esp")] },
            "1: 2048/20480", "2: 22528/10240", "3: 32768/90072");

    [Fact]
    public void An_automatic_length_counts_the_grain()
    {
        PartitionDefinition ten = Def("esp") with { MinimumSize = 10 * MiB };
        var request = new AllocationRequest { DiskLength = 0, GrainSize = 2 * MiB, Definitions = [ten, Def("usr") with { MinimumSize = 10 * MiB }, Def("root") with { MinimumSize = 10 * MiB }] };
        long length = PartitionAllocator.AutoLength(request);
        Assert.Equal(33_571_328, length);
        Assert.Equal(65535, (length / 512) - 34);
        Check(request with { DiskLength = length }, "1: 4096/20480", "2: 24576/20480", "3: 45056/20480");
    }

    [Fact]
    public void What_nobody_may_take_becomes_padding_of_the_last()
    {
        PartitionDefinition swap = Def("swap") with { MaximumSize = 32 * MiB };
        var one = PartitionAllocator.Allocate(new() { DiskLength = 100 * MiB, Definitions = [swap] }).Partitions;
        Assert.Equal((33554432, 70234112), (Assert.Single(one).Size, one[0].Padding));
        var two = PartitionAllocator.Allocate(new() { DiskLength = 100 * MiB, Definitions = [swap, swap] }).Partitions;
        Assert.Equal([(1048576L, 33554432L, 0L), (34603008, 33554432, 36679680)], two.Select(p => (p.Offset, p.Size, p.Padding)));
    }

    [Fact]
    public void File_system_minima_and_an_automatic_length()
    {
        var request = new AllocationRequest
        {
            DiskLength = 0,
            Definitions =
            [
                Def("esp") with { MinimumSize = 10 * MiB, ContentSize = PartitionDefinition.FileSystemMinimum("vfat", true, 4096)!.Value },
                Def("root") with { MinimumSize = 10 * MiB, ContentSize = 32 * MiB },
                Def("usr") with { MinimumSize = 10 * MiB, ContentSize = 32 * MiB },
            ],
        };
        Check(request with { DiskLength = PartitionAllocator.AutoLength(request) }, "1: 2048/532480", "2: 534528/65536", "3: 600064/65536");
    }

    [Fact]
    public void Unaligned_partitions_are_left_alone() =>
        Check(
            new() { DiskLength = 10 * GiB, Existing = [Old(1, "linux-generic", 2048, 69044), Old(2, "linux-generic", 71092, 3591848)], Definitions = [Def("root")] },
            "1: 2048/69044", "2: 71092/3591848", "3: 3662944/17308536");

    [Fact]
    public void The_order_is_that_of_the_disk_and_numbers_fill_up()
    {
        var request = new AllocationRequest
        {
            DiskLength = 80 * MiB,
            Existing = [Old(1, "root", 2048, 20480), Old(2, "xbootldr", 22528, 10240), Old(3, "esp", 61440, 20480)],
            Definitions = [Def("home") with { MinimumSize = 20 * MiB }, Def("swap"), Def("esp"), Def("root")],
        };
        Check(request, "1: 2048/20480", "2: 22528/10240", "4: 32768/28672", "3: 61440/51176", "5: 112616/51184");
        Assert.Equal([3, null, 1, 2, 0], PartitionAllocator.Allocate(request).Partitions.Select(p => p.Definition));
    }

    [Fact]
    public void Priorities_decide_what_is_given_up()
    {
        ExistingPartition[] existing = [Old(1, "esp", 40, 524288), Old(2, "root", 524328, 14848000)];
        PartitionDefinition root = Def("root") with { MinimumSize = 10 * GiB, MaximumSize = 120 * GiB };
        var small = new AllocationRequest { DiskLength = 8 * GiB, FirstUsableOffset = 40 * 512, Existing = existing, Definitions = [root] };
        Assert.Throws<DoesNotFitException>(() => PartitionAllocator.Allocate(small));
        Check(small with { DiskLength = 12 * GiB }, "1: 40/524288", "2: 524328/24641456");

        PartitionDefinition[] both = [root with { Priority = 100 }, Def("usr") with { MinimumSize = 10 * MiB, Priority = 10 }];
        Check(small with { Definitions = both }, "1: 40/524288", "2: 524328/14848000", "3: 15372328/1404848");
        Assert.Equal([0], PartitionAllocator.Allocate(small with { Definitions = both }).Dropped);
        Check(small with { DiskLength = 12 * GiB, Definitions = both }, "1: 40/524288", "2: 524328/20971520", "3: 21495848/3669936");
    }

    [Fact]
    public void Whole_groups_are_given_up_highest_number_first()
    {
        PartitionDefinition huge = Def("root") with { MinimumSize = 1L << 40 };
        PartitionDefinition[] definitions = [Def("root"), huge with { Priority = 1 }, Def("root"), huge with { Priority = 2, Group = "verity" }, Def("usr") with { Group = "verity" }];
        AllocationResult result = PartitionAllocator.Allocate(new() { DiskLength = 32 * MiB, Definitions = definitions });
        Assert.Equal([1, 3, 4], result.Dropped);
        Assert.Equal([(0, 1), (2, 2)], result.Partitions.Select(p => (p.Definition!.Value, p.Number)));
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Weights_give_the_same_bytes_at_every_sector_size(int sector) =>
        Check(
            new()
            {
                DiskLength = 100 * MiB,
                SectorSize = sector,
                Definitions = [Fixed("root", 30720, null), Def("linux-generic") with { Weight = 250 }, Def("linux-generic") with { Weight = 750 }],
            },
            "1: 2048/30720", "2: 32768/42992", "3: 75760/129000");

    [Fact]
    public void A_new_partition_goes_to_the_start_of_a_gap() =>
        Check(
            new()
            {
                DiskLength = 71 * MiB,
                Existing = [Old(1, "esp", 2048, 20480), Old(2, "root", 122880, 20480)],
                Definitions = [Def("usr") with { MinimumSize = 10 * MiB, MaximumSize = 10 * MiB }],
            },
            "1: 2048/20480", "3: 22528/20480", "2: 122880/20480");

    [Fact]
    public void Left_over_room_goes_to_who_can_take_it()
    {
        PartitionDefinition usr = Def("usr") with { MinimumSize = MiB, MaximumSize = 2 * MiB };
        PartitionDefinition esp = Def("esp") with { Weight = 1, MinimumSize = 5 * MiB };
        Check(new() { DiskLength = 20 * MiB, Definitions = [esp, usr] }, "1: 2048/34776", "2: 36824/4096");
        Check(
            new() { DiskLength = 25 * MiB, Existing = [Old(1, "xbootldr", 2048, 6144)], Definitions = [Def("xbootldr") with { MaximumSize = 10 * MiB }, usr, esp] },
            "1: 2048/20480", "2: 22528/4096", "3: 26624/24536");
    }

    [Fact]
    public void An_existing_boot_partition_grows_beside_a_new_one() =>
        Check(
            new()
            {
                DiskLength = 400 * MiB,
                Existing = [Old(1, "xbootldr", 2048, 20480)],
                Definitions = [Def("esp") with { MinimumSize = 10 * MiB, ContentSize = 260 * MiB }, Def("xbootldr") with { MinimumSize = 100 * MiB }],
            },
            "1: 2048/284632", "2: 286680/532480");

    [Fact]
    public void Random_requests_keep_their_promises()
    {
        string[] types = ["esp", "root", "home", "swap", "usr"];
        int placed = 0;
        for (int seed = 0; seed < 600; seed++)
        {
            var random = new Random(seed);
            long grain = 4096L << random.Next(4);
            var existing = new List<ExistingPartition>();
            long at = 2048;
            for (int i = 0; i < random.Next(4); i++)
            {
                at += random.Next(3) == 0 ? 0 : random.Next(60_000);
                long size = random.Next(1, 40_000);
                existing.Add(Old(i + 1, types[random.Next(types.Length)], at, size));
                at += size;
            }

            PartitionDefinition[] definitions =
            [
                .. Enumerable.Range(0, random.Next(1, 6)).Select(_ => Def(types[random.Next(types.Length)]) with
                {
                    MinimumSize = random.Next(2) == 0 ? null : random.Next(1, 30) * MiB,
                    MaximumSize = random.Next(2) == 0 ? null : random.NextInt64(40 * MiB),
                    Weight = random.Next(4) == 0 ? 0 : (uint)random.Next(1_000_000),
                    PaddingWeight = random.Next(2) == 0 ? 0 : (uint)random.Next(2000),
                    MinimumPadding = random.Next(3) == 0 ? random.Next(5) * MiB : null,
                    MaximumPadding = random.Next(3) == 0 ? 6 * MiB : null,
                    Priority = random.Next(3),
                }),
            ];
            long disk = (at * 512) + (random.Next(2, 200) * MiB) + (random.Next(5) == 0 ? 1L << 45 : 0);
            var request = new AllocationRequest { DiskLength = disk, GrainSize = grain, Existing = existing, Definitions = definitions };
            AllocationResult result;
            try
            {
                result = PartitionAllocator.Allocate(request);
            }
            catch (DoesNotFitException)
            {
                continue;
            }

            placed++;
            long end = MiB;
            foreach (AllocatedPartition partition in result.Partitions)
            {
                Assert.True(partition.Offset >= end, $"seed {seed}: overlap");
                end = partition.Offset + partition.Size;
                Assert.True(end <= disk - (33 * 512), $"seed {seed}: end");
                if (partition.Existing is { } old)
                {
                    Assert.Equal((old.Offset, old.Number), (partition.Offset, partition.Number));
                    Assert.True(partition.Size >= old.Size);
                }
                else
                {
                    Assert.Equal((0, 0), (partition.Offset % grain, partition.Size % grain));
                    Assert.True(partition.Size >= (definitions[partition.Definition!.Value].MinimumSize ?? 10 * MiB), $"seed {seed}: size");
                }
            }

            Assert.Equal(result.Partitions.Count, result.Partitions.Select(p => p.Number).Distinct().Count());
            int expected = existing.Count + definitions.Length - result.Dropped.Count(d => result.Partitions.All(p => p.Definition != d))
                - existing.Count(e => result.Partitions.Any(p => p.Existing == e && p.Definition is not null));
            Assert.Equal(expected, result.Partitions.Count);
        }

        Assert.InRange(placed, 300, 599);
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<UnrepresentableException>(() => PartitionAllocator.Allocate(new() { DiskLength = GiB, GrainSize = 5000 }));
        Assert.Throws<UnrepresentableException>(
            () => PartitionAllocator.Allocate(new() { DiskLength = GiB, Existing = [Old(1, "esp", 2048, 4096), Old(2, "root", 4096, 4096)] }));
    }

    private static PartitionDefinition Swap => Def("swap") with { MaximumSize = 64 * MiB };

    private static PartitionDefinition Def(string type) => new() { Type = Type(type) };

    private static PartitionDefinition Fixed(string type, long sectors, long? padding) => Def(type) with
    {
        MinimumSize = sectors * 512,
        MaximumSize = sectors * 512,
        MinimumPadding = padding * 512,
        MaximumPadding = padding * 512,
    };

    private static ExistingPartition Old(int number, string type, long start, long sectors) => new(number, Type(type), start * 512, sectors * 512);

    private static Guid Type(string type) => PartitionTypes.Find(type, "x86-64")!.Guid!.Value;

    private static void Check(AllocationRequest request, params string[] expected) =>
        Assert.Equal(
            expected,
            PartitionAllocator.Allocate(request).Partitions.Select(p => $"{p.Number}: {p.Offset / 512}/{p.Size / 512}"));
}
