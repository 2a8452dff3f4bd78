using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Which units of a disk hold data: runs in order, each with the number of units used before it.</summary>
internal sealed class ClusterRuns
{
    private readonly List<Run> _runs = [];

    /// <summary>All units in use.</summary>
    internal long Count { get; private set; }

    internal IReadOnlyList<Run> Runs => _runs;

    /// <summary>The clusters that any of the ranges touches.</summary>
    internal static ClusterRuns Of(IReadOnlyList<BlobRange> ranges, int clusterSize)
    {
        var runs = new ClusterRuns();
        foreach (BlobRange range in ranges)
            runs.Add(range.Offset / clusterSize, ((range.End - 1) / clusterSize) + 1);
        return runs;
    }

    /// <summary>The units that either has.</summary>
    internal static ClusterRuns Union(ClusterRuns one, ClusterRuns other)
    {
        var union = new ClusterRuns();
        int i = 0;
        int j = 0;
        while (i < one._runs.Count || j < other._runs.Count)
        {
            bool takesOne = j == other._runs.Count || (i < one._runs.Count && one._runs[i].First <= other._runs[j].First);
            Run run = takesOne ? one._runs[i++] : other._runs[j++];
            union.Add(run.First, run.End);
        }

        return union;
    }

    /// <summary>Which of up to 64 units from <paramref name="first"/> on are in use, the first as the lowest bit.</summary>
    /// <param name="run">The index of the run to start from, as <see cref="IndexOf"/> gives it; goes on with the units.</param>
    /// <param name="first">The first unit.</param>
    /// <param name="count">How many.</param>
    internal ulong Mask(ref int run, long first, int count)
    {
        while (run < _runs.Count && _runs[run].End <= first)
            run++;
        ulong mask = 0;
        for (int i = run; i < _runs.Count && _runs[i].First < first + count; i++)
        {
            int from = (int)Math.Max(0, _runs[i].First - first);
            int to = (int)Math.Min(count, _runs[i].End - first);
            mask |= (ulong.MaxValue >> (64 - (to - from))) << from;
        }

        return mask;
    }

    /// <summary>The groups of <paramref name="size"/> units that have any in use.</summary>
    internal ClusterRuns Groups(long size)
    {
        var groups = new ClusterRuns();
        foreach (Run run in _runs)
            groups.Add(run.First / size, ((run.End - 1) / size) + 1);
        return groups;
    }

    /// <summary>The index of the run that holds a unit or, if none does, of the first after it.</summary>
    internal int IndexOf(long unit)
    {
        int low = 0;
        int high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_runs[middle].End <= unit)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>The unit that has so many used ones before it.</summary>
    internal long UnitAt(long ordinal)
    {
        int low = 0;
        int high = _runs.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (_runs[middle].Before <= ordinal)
                low = middle;
            else
                high = middle - 1;
        }

        return _runs[low].First + (ordinal - _runs[low].Before);
    }

    /// <summary>Adds units in ascending order; what is there already is not added again.</summary>
    internal void Add(long first, long end)
    {
        if (_runs.Count > 0 && first <= _runs[^1].End)
        {
            Run last = _runs[^1];
            if (end > last.End)
            {
                Count += end - last.End;
                _runs[^1] = last with { End = end };
            }

            return;
        }

        _runs.Add(new Run(first, end, Count));
        Count += end - first;
    }

    /// <summary>Units <paramref name="First"/> to <paramref name="End"/>, exclusive.</summary>
    internal readonly record struct Run(long First, long End, long Before);
}
