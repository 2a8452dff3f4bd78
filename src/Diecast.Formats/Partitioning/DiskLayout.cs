namespace Diecast.Formats.Partitioning;

/// <summary>Everything that is laid on a disk, in order, and what of it collides.</summary>
public sealed class DiskLayout
{
    internal const string EndName = "end of the disk";

    private DiskLayout(DiskRegion[] regions, RegionConflict[] conflicts)
    {
        Regions = regions;
        Conflicts = conflicts;
    }

    /// <summary>The regions in ascending order of offset, then of length, then as they were given.</summary>
    public IReadOnlyList<DiskRegion> Regions { get; }

    /// <summary>Every pair of regions that share bytes, and every region past the end, in ascending order.</summary>
    public IReadOnlyList<RegionConflict> Conflicts { get; }

    /// <summary>Sorts regions and finds all conflicts among them. Empty regions conflict with nothing.</summary>
    /// <param name="regions">What is laid on the disk.</param>
    /// <param name="diskLength">Bytes of the disk.</param>
    public static DiskLayout Of(IEnumerable<DiskRegion> regions, long diskLength)
    {
        DiskRegion[] sorted = [.. regions.OrderBy(r => r.Offset).ThenBy(r => r.Length)];
        var conflicts = new List<RegionConflict>();
        for (int i = 0; i < sorted.Length; i++)
        {
            DiskRegion first = sorted[i];
            if (first.Length == 0)
                continue;
            for (int j = i + 1; j < sorted.Length && sorted[j].Offset < first.End; j++)
            {
                if (sorted[j].Length > 0)
                    conflicts.Add(new RegionConflict(first, sorted[j], Math.Min(first.End, sorted[j].End) - sorted[j].Offset));
            }

            if (first.End > diskLength)
            {
                long over = first.End - Math.Max(diskLength, first.Offset);
                conflicts.Add(new RegionConflict(first, new DiskRegion(EndName, diskLength, first.End - diskLength), over));
            }
        }

        return new DiskLayout(sorted, [.. conflicts]);
    }

    /// <summary>Returns the layout, or fails with all its conflicts.</summary>
    /// <exception cref="RegionConflictException">There is a conflict.</exception>
    public DiskLayout Verified() => Conflicts.Count == 0 ? this : throw new RegionConflictException(Conflicts);
}

/// <summary>Regions of a disk overlap. The message names every pair with the number of bytes.</summary>
/// <param name="conflicts">All conflicts.</param>
public sealed class RegionConflictException(IReadOnlyList<RegionConflict> conflicts)
    : Exception(string.Join('\n', conflicts))
{
    /// <summary>All conflicts, in ascending order.</summary>
    public IReadOnlyList<RegionConflict> Conflicts => conflicts;
}
