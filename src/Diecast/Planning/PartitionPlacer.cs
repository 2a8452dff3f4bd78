using Diecast.Formats;
using Diecast.Formats.Partitioning.Allocation;

namespace Diecast.Planning;

/// <summary>
/// Puts partitions one after the other: those with an offset at it, the others on their alignment. In a disk of fixed
/// size the room that is left before each fixed offset, and at the end, is shared out by weight, as systemd-repart does.
/// </summary>
internal static class PartitionPlacer
{
    private const long MebiByte = 1 << 20;

    /// <summary>The allocation knows no smaller unit.</summary>
    private const long LeastGrain = 4096;

    /// <summary>Places the partitions and decides the disk's length.</summary>
    /// <param name="requests">What the partitions ask for, in the order of the table.</param>
    /// <param name="space">What the table leaves.</param>
    /// <param name="diskLength">Bytes of the disk, or null for as many as it takes.</param>
    /// <param name="round">What a length that follows from the content is rounded up to; null for no more than whole MiB.</param>
    /// <param name="occupied">The first byte behind all that is not a partition; a length that follows from the content holds it.</param>
    /// <exception cref="DoesNotFitException">The partitions do not fit the disk.</exception>
    /// <exception cref="BuildException">A partition begins before the one ahead of it ends.</exception>
    internal static (PartitionPlacement[] Places, long DiskLength) Place(
        IReadOnlyList<PartitionRequest> requests, PartitionSpace space, long? diskLength, Func<long, long>? round = null, long occupied = 0)
    {
        var places = new PartitionPlacement[requests.Count];
        long cursor = space.Start;
        (int First, int Count)[] runs = [.. Runs(requests)];
        for (int n = 0; n < runs.Length; n++)
        {
            (int first, int count) = runs[n];
            PartitionRequest? next = n + 1 < runs.Length ? requests[runs[n + 1].First] : null;
            long? limit = next is null ? diskLength - space.Tail : next.Offset;
            PartitionRequest[] run = [.. requests.Skip(first).Take(count)];
            (long[] lengths, long[] gaps) = Lengths(run, cursor, limit, space.SectorSize);
            for (int i = 0; i < run.Length; i++)
            {
                long offset = StartOf(run[i], cursor);
                places[first + i] = new PartitionPlacement(offset, lengths[i]);
                cursor = offset + lengths[i] + gaps[i];
            }

            if (limit is { } last && cursor > last)
                throw TooLong(run[^1], next?.Name ?? "the end of the disk", cursor, last);
        }

        long least = WholeLength(Math.Max(cursor, occupied), space);
        return (places, diskLength ?? round?.Invoke(least) ?? least);
    }

    /// <summary>
    /// Neighbours on the disk, as places in the table: a partition with an offset and those without that follow it, in the
    /// order of the offsets, which need not be the table's.
    /// </summary>
    private static IEnumerable<(int First, int Count)> Runs(IReadOnlyList<PartitionRequest> requests)
    {
        var runs = new List<(int First, int Count)>();
        for (int first = 0; first < requests.Count;)
        {
            int end = first + 1;
            while (end < requests.Count && requests[end].Offset is null)
                end++;
            runs.Add((first, end - first));
            first = end;
        }

        // What has no offset at all begins the disk.
        return runs.OrderBy(run => requests[run.First].Offset ?? -1);
    }

    /// <summary>
    /// Lengths of a run of neighbours between a start and a limit, and of the gaps behind them: the least, or shares of the room
    /// by weight.
    /// </summary>
    private static (long[] Lengths, long[] Gaps) Lengths(PartitionRequest[] run, long cursor, long? limit, int sectorSize)
    {
        long[] lengths = [.. run.Select(request => Units.RoundUp(request.Minimum, sectorSize))];
        long[] gaps = [.. run.Select(request => request.Padding)];
        if (limit is not { } end || run.All(request => request is { Weight: 0, PaddingWeight: 0 }))
            return (lengths, gaps);
        long start = StartOf(run[0], cursor);
        long grain = Math.Max(LeastGrain, run.Max(request => request.Alignment));
        if (start + run.Select((_, i) => Units.RoundUp(lengths[i], grain) + Units.RoundUp(gaps[i], grain)).Sum() > end)
            return (lengths, gaps);
        AllocationResult result = PartitionAllocator.Allocate(new AllocationRequest
        {
            DiskLength = end,
            SectorSize = sectorSize,
            GrainSize = grain,
            FirstUsableOffset = start,
            UsableEnd = end,
            Definitions =
            [
                .. run.Select((request, i) => new PartitionDefinition
                {
                    Type = Guid.Empty,
                    Name = request.Name,
                    MinimumSize = lengths[i],
                    MaximumSize = request.Weight == 0 ? Units.RoundUp(lengths[i], grain) : request.Maximum,
                    Weight = (uint)request.Weight,
                    MinimumPadding = request.Padding,
                    PaddingWeight = (uint)request.PaddingWeight,
                    IsReadOnlyImage = true, // no least size of its own
                }),
            ],
        });
        foreach (AllocatedPartition partition in result.Partitions)
        {
            // A size that takes no share stays exact; the grain is only where the next one may begin.
            if (partition.Definition is not { } index)
                continue;
            if (run[index].Weight > 0)
                lengths[index] = partition.Size;
            if (run[index].PaddingWeight > 0)
                gaps[index] = partition.Padding;
        }

        return (lengths, gaps);
    }

    private static long StartOf(PartitionRequest request, long cursor)
    {
        long offset = request.Offset ?? Units.RoundUp(cursor, request.Alignment);
        return offset >= cursor
            ? offset
            : throw new BuildException(
                $"{request.Name} begins at {offset}, {cursor - offset} bytes before what is ahead of it ends",
                $"give it an offset of {new ByteSize(Units.RoundUp(cursor, MebiByte))} or more, or none");
    }

    /// <summary>An image without fixed size ends on a whole MiB behind the table's backup; without a table, with its content.</summary>
    private static long WholeLength(long end, PartitionSpace space) =>
        space is { Start: 0, Tail: 0 } ? end : Units.RoundUp(end + space.Tail, MebiByte);

    private static DoesNotFitException TooLong(PartitionRequest request, string behind, long end, long limit) =>
        new("disk", end, limit, $"{request.Name} ends at {end}, {end - limit} bytes past {behind}");

}
