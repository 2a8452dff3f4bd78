using Diecast.Formats;
using Diecast.Planning;

namespace Diecast.Tests.Planning;

public sealed class PartitionPlacerTests
{
    private const long MiB = 1 << 20;
    private static readonly PartitionSpace Gpt = PartitionSpace.Of(new Image(), PartitionTableType.Gpt, 512);

    [Fact]
    public void Partitions_without_offsets_follow_each_other_on_their_alignment()
    {
        (PartitionPlacement[] places, long length) = PartitionPlacer.Place(
            [Request(MiB), Request((64 * MiB) + 4096), Request(10 * MiB)], Gpt, null);

        Assert.Equal([new(MiB, MiB), new(2 * MiB, (64 * MiB) + 4096), new(67 * MiB, 10 * MiB)], places);
        Assert.Equal(78 * MiB, length);
    }

    [Fact]
    public void An_image_without_fixed_size_leaves_room_for_the_backup_table()
    {
        (_, long exact) = PartitionPlacer.Place([Request((3 * MiB) - Gpt.Tail)], Gpt, null);
        (_, long over) = PartitionPlacer.Place([Request((3 * MiB) - Gpt.Tail + 512)], Gpt, null);

        Assert.Equal(4 * MiB, exact);
        Assert.Equal(5 * MiB, over);
    }

    [Fact]
    public void The_room_of_a_fixed_size_goes_to_partitions_by_weight()
    {
        (PartitionPlacement[] places, long length) = PartitionPlacer.Place(
            [Request(MiB), Request(10 * MiB) with { Weight = 1000 }, Request(10 * MiB) with { Weight = 3000 }],
            Gpt, 402 * MiB);

        Assert.Equal(402 * MiB, length);
        Assert.Equal(new PartitionPlacement(2 * MiB, 99 * MiB), places[1]);
        Assert.Equal(new PartitionPlacement(101 * MiB, 300 * MiB), places[2]);
    }

    [Fact]
    public void A_least_above_the_share_and_a_most_below_it_are_kept()
    {
        (PartitionPlacement[] places, _) = PartitionPlacer.Place(
            [Request(300 * MiB) with { Weight = 1 }, Request(MiB) with { Weight = 1000, Maximum = 20 * MiB }, Request(MiB) with { Weight = 1000 }],
            Gpt, 502 * MiB);

        Assert.Equal(300 * MiB, places[0].Length);
        Assert.Equal(20 * MiB, places[1].Length);
        Assert.Equal(180 * MiB, places[2].Length);
    }

    [Fact]
    public void Room_that_is_asked_for_behind_a_partition_stays_free()
    {
        (PartitionPlacement[] places, long length) = PartitionPlacer.Place(
            [Request(MiB) with { Padding = 5 * MiB }, Request(10 * MiB) with { Padding = 3 * MiB }], Gpt, null);

        Assert.Equal([new(MiB, MiB), new(7 * MiB, 10 * MiB)], places);
        Assert.Equal(21 * MiB, length);
    }

    [Fact]
    public void A_gap_has_its_share_of_a_fixed_size()
    {
        (PartitionPlacement[] places, _) = PartitionPlacer.Place(
            [Request(MiB) with { Weight = 1000, PaddingWeight = 3000 }, Request(MiB) with { Weight = 1000 }], Gpt, 502 * MiB);

        Assert.Equal([new(MiB, 100 * MiB), new(401 * MiB, 100 * MiB)], places);
    }

    [Fact]
    public void A_fixed_offset_ends_the_run_before_it()
    {
        (PartitionPlacement[] places, _) = PartitionPlacer.Place(
            [Request(MiB) with { Weight = 1000 }, Request(MiB) with { Offset = 100 * MiB, Weight = 1000 }], Gpt, 201 * MiB);

        Assert.Equal(new PartitionPlacement(MiB, 99 * MiB), places[0]);
        Assert.Equal(new PartitionPlacement(100 * MiB, 100 * MiB), places[1]);
    }

    [Fact]
    public void A_partition_that_begins_before_the_one_ahead_ends_is_refused_with_the_bytes()
    {
        DoesNotFitException error = Assert.Throws<DoesNotFitException>(() => PartitionPlacer.Place(
            [Request(4 * MiB), Request(MiB) with { Offset = (5 * MiB) - 512 }], Gpt, null));

        Assert.Contains("512 bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Partitions_that_are_too_large_for_the_disk_are_refused_with_the_bytes()
    {
        DoesNotFitException error = Assert.Throws<DoesNotFitException>(
            () => PartitionPlacer.Place([Request(9 * MiB) with { Weight = 1000 }], Gpt, 10 * MiB));

        Assert.Equal(Gpt.Tail, error.NeededBytes - error.AvailableBytes);
    }

    [Fact]
    public void Without_a_table_the_image_is_its_partition()
    {
        (PartitionPlacement[] places, long length) = PartitionPlacer.Place(
            [Request(12288)], PartitionSpace.Of(new Image(), PartitionTableType.None, 512), null);

        Assert.Equal(new PartitionPlacement(0, 12288), places[0]);
        Assert.Equal(12288, length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Shares_keep_every_limit_and_never_overlap(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            PartitionRequest[] requests = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
            {
                long least = random.Next(1, 64) * MiB;
                return Request(least) with
                {
                    Maximum = random.Next(2) == 0 ? null : least + (random.Next(0, 64) * MiB),
                    Weight = random.Next(0, 4) * 500,
                };
            })];
            long disk = requests.Sum(request => request.Minimum) + ((2 + random.Next(0, 200)) * MiB);

            (PartitionPlacement[] places, _) = PartitionPlacer.Place(requests, Gpt, disk);

            Assert.All(requests.Zip(places), pair => Assert.InRange(pair.Second.Length, pair.First.Minimum, pair.First.Maximum ?? long.MaxValue));
            for (int i = 0; i < places.Length; i++)
                Assert.True((i == 0 ? MiB : places[i - 1].Offset + places[i - 1].Length) <= places[i].Offset);
            Assert.True(places[^1].Offset + places[^1].Length <= disk - Gpt.Tail);
        }
    }

    private static PartitionRequest Request(long minimum) =>
        new() { Name = "partition", Minimum = minimum, Alignment = MiB };
}
