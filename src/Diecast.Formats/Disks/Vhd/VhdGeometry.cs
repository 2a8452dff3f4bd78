namespace Diecast.Formats.Disks;

/// <summary>The geometry that the specification's appendix gives a number of sectors.</summary>
internal static class VhdGeometry
{
    /// <summary>The geometry of a size; its product is at most the size and may be less.</summary>
    internal static DiskGeometry Of(long sectors)
    {
        sectors = Math.Min(sectors, VhdLayout.MaximumGeometrySectors);
        if (sectors >= 65535L * 16 * 63)
            return new DiskGeometry((int)(sectors / 255 / 16), 16, 255);
        int track = 17;
        long tracks = sectors / track;
        int heads = (int)Math.Max(4, (tracks + 1023) / 1024);
        if (tracks >= heads * 1024L || heads > 16)
        {
            (track, heads) = (31, 16);
            tracks = sectors / track;
        }

        if (tracks >= heads * 1024L)
        {
            (track, heads) = (63, 16);
            tracks = sectors / track;
        }

        return new DiskGeometry((int)(tracks / heads), heads, track);
    }

    /// <summary>The least number of sectors, not below the given one, that is the product of its own geometry.</summary>
    internal static long RoundUp(long sectors)
    {
        // A product is at most one cylinder, 16 times 255 sectors, below the number it is made from.
        long asked = sectors;
        while (Of(asked).TotalSectors < sectors)
            asked++;
        return Of(asked).TotalSectors;
    }
}
