namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Where the parts of a FAT file system are, in sectors.</summary>
/// <param name="Type">Which FAT.</param>
/// <param name="SectorSize">Bytes in a sector.</param>
/// <param name="ClusterSize">Bytes in a cluster.</param>
/// <param name="TotalSectors">Sectors of the file system.</param>
/// <param name="DeclaredSectors">Sectors that the boot sector tells; fewer where a legal number of clusters leaves some over.</param>
/// <param name="ReservedSectors">Sectors before the first table.</param>
/// <param name="FatSectors">Sectors of one of the two tables.</param>
/// <param name="RootSectors">Sectors of the fixed root directory; none for FAT32.</param>
/// <param name="Clusters">Clusters that exist, numbered from 2.</param>
internal readonly record struct FatGeometry(
    FatType Type,
    int SectorSize,
    int ClusterSize,
    long TotalSectors,
    long DeclaredSectors,
    int ReservedSectors,
    long FatSectors,
    int RootSectors,
    long Clusters)
{
    internal const int Fats = 2;

    internal int SectorsPerCluster => ClusterSize / SectorSize;

    internal long Length => TotalSectors * SectorSize;

    internal long FatOffset(int index) => (ReservedSectors + (index * FatSectors)) * SectorSize;

    internal long RootOffset => (ReservedSectors + (Fats * FatSectors)) * SectorSize;

    internal long DataOffset => RootOffset + ((long)RootSectors * SectorSize);

    internal long ClusterOffset(long cluster) => DataOffset + ((cluster - 2) * ClusterSize);
}

/// <summary>The arithmetic of FAT layouts for one sector size and one root directory.</summary>
/// <param name="sectorSize">Bytes in a sector.</param>
/// <param name="rootEntries">Entries of the fixed root directory, a whole number of sectors.</param>
/// <param name="dataAlignment">Boundary for the data area, or null for the usual one.</param>
internal sealed class FatSizer(int sectorSize, int rootEntries, int? dataAlignment = null)
{
    internal const int MaximumClusterSize = 64 * 1024;
    internal const int MaximumAlignment = 16 << 20;
    internal const long Fat32Threshold = 512L << 20;

    /// <summary>Page and flash blocks of 4 KiB; a mapped or reflinked file needs the same.</summary>
    private const int DataAlignment = 4096;
    private const int SmallestClusterByRule = 2048;
    private const long MaximumSectors = uint.MaxValue;

    /// <summary>Whether the root directory is too large to be a fixed one, which is counted in 16 bits.</summary>
    internal bool NeedsFat32 => rootEntries > ushort.MaxValue;

    internal static (long Least, long Most) ClusterRange(FatType type) => type switch
    {
        // 4,085 and 4,086 are FAT16 to Windows and FAT12 to others, so neither type uses them (mkfs.fat.c).
        FatType.Fat12 => (1, 4084),
        FatType.Fat16 => (4087, 65524),
        _ => (65525, 268435446),
    };

    /// <summary>The layout of a file system of a given size, or null when the size does not allow this type and cluster.</summary>
    /// <param name="totalSectors">Sectors of the file system.</param>
    /// <param name="type">Which FAT.</param>
    /// <param name="clusterSize">Bytes in a cluster.</param>
    /// <param name="strict">Whether the size must be one that uses all its clusters, see <see cref="IsBetweenTypes"/>.</param>
    internal FatGeometry? At(long totalSectors, FatType type, int clusterSize, bool strict = false)
    {
        (long least, long most) = ClusterRange(type);
        if (totalSectors > MaximumSectors)
            return null;
        // The clusters fall and the sectors needed for their table fall as the table grows, so the least table that
        // covers its own clusters is found by halving.
        long low = 1;
        long high = TableSectors(type, totalSectors / (clusterSize / sectorSize));
        while (low < high)
        {
            long middle = (low + high) / 2;
            if (TableSectors(type, Math.Min(Clusters(totalSectors, type, clusterSize, middle), most)) <= middle)
                high = middle;
            else
                low = middle + 1;
        }

        long clusters = Clusters(totalSectors, type, clusterSize, low);
        if (clusters < least || (clusters > most && (strict || !IsBetweenTypes(totalSectors, type, clusterSize))))
            return null;
        return Make(type, clusterSize, totalSectors, low, Math.Min(clusters, most));
    }

    /// <summary>The least file system with so many clusters.</summary>
    internal FatGeometry Least(FatType type, int clusterSize, long clusters)
    {
        long table = TableSectors(type, clusters);
        long sectors = DataStart(type, clusterSize, table) + (clusters * (clusterSize / sectorSize));
        return Make(type, clusterSize, sectors, table, clusters);
    }

    /// <summary>The sectors of the largest file system of a type and cluster size, see <see cref="IsBetweenTypes"/>.</summary>
    internal long MostSectors(FatType type, int clusterSize)
    {
        long own = Least(type, clusterSize, ClusterRange(type).Most).TotalSectors + (clusterSize / sectorSize) - 1;
        FatType next = type == FatType.Fat12 ? FatType.Fat16 : FatType.Fat32;
        long between = type == FatType.Fat32 ? 0 : Least(next, clusterSize, ClusterRange(next).Least).TotalSectors - 1;
        return Math.Min(MaximumSectors, Math.Max(own, between));
    }

    /// <summary>The type and cluster size that the rules give a size, or null when none is legal.</summary>
    internal FatGeometry? Choose(long totalSectors, FatType? type, int? clusterSize)
    {
        long bytes = totalSectors * sectorSize;
        if (clusterSize is { } size)
        {
            if (type is { } both)
                return At(totalSectors, both, size);
            FatGeometry? large = At(totalSectors, FatType.Fat32, size);
            return large is not null && bytes >= Fat32Threshold ? large : Most(totalSectors, size) ?? large;
        }

        switch (type ?? (bytes >= Fat32Threshold ? FatType.Fat32 : FatType.None))
        {
            case FatType.Fat32:
                return At(totalSectors, FatType.Fat32, Math.Max(sectorSize, Fat32ClusterSize(bytes)));
            case FatType.None:
                return ByClusters(totalSectors, strict: true) ?? ByClusters(totalSectors, strict: false);
            case { } small:
                return ByClusters(totalSectors, small, strict: true) ?? ByClusters(totalSectors, small, strict: false);
        }
    }

    /// <summary>FAT12 or FAT16 with the least cluster, from the usual 2 KiB on, that gives a legal number of them.</summary>
    private FatGeometry? ByClusters(long totalSectors, bool strict)
    {
        for (int cluster = Math.Max(sectorSize, SmallestClusterByRule); cluster <= MaximumClusterSize; cluster *= 2)
        {
            if (Most(totalSectors, cluster, strict) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>A FAT12 or FAT16 that was asked for may need clusters below the usual 2 KiB to have enough of them.</summary>
    private FatGeometry? ByClusters(long totalSectors, FatType type, bool strict)
    {
        FatGeometry? best = null;
        for (int cluster = sectorSize; cluster <= MaximumClusterSize; cluster *= 2)
        {
            if (At(totalSectors, type, cluster, strict) is not { } found)
                continue;
            best = found;
            if (cluster >= SmallestClusterByRule)
                break;
        }

        return best;
    }

    /// <summary>mkfs.fat's table for FAT32 (fatgen103 page 20), in bytes so that it holds for every sector size.</summary>
    private static int Fat32ClusterSize(long bytes) => bytes switch
    {
        <= 260L << 20 => 512,
        <= 8L << 30 => 4096,
        <= 16L << 30 => 8192,
        <= 32L << 30 => 16384,
        _ => 32768,
    };

    private FatGeometry? Most(long totalSectors, int clusterSize, bool strict = false)
    {
        FatGeometry? twelve = At(totalSectors, FatType.Fat12, clusterSize, strict);
        FatGeometry? sixteen = At(totalSectors, FatType.Fat16, clusterSize, strict);
        return sixteen is not null && (twelve is null || sixteen.Value.Clusters > twelve.Value.Clusters) ? sixteen : twelve;
    }

    /// <summary>
    /// Where one type would have too many clusters and the next one, with its larger table, too few, and no other cluster
    /// size may or can be taken, the file system is of the smaller type and leaves the last sectors unused.
    /// </summary>
    private bool IsBetweenTypes(long totalSectors, FatType type, int clusterSize)
    {
        if (type == FatType.Fat32)
            return false;
        FatType next = type == FatType.Fat12 ? FatType.Fat16 : FatType.Fat32;
        return totalSectors < Least(next, clusterSize, ClusterRange(next).Least).TotalSectors;
    }

    private FatGeometry Make(FatType type, int clusterSize, long totalSectors, long table, long clusters)
    {
        int root = RootSectors(type);
        long data = DataStart(type, clusterSize, table);
        int reserved = (int)(data - (FatGeometry.Fats * table) - root);
        long perCluster = clusterSize / sectorSize;
        // Readers count the clusters from the sectors they are told.
        long declared = Math.Min(totalSectors, data + ((clusters + 1) * perCluster) - 1);
        return new FatGeometry(type, sectorSize, clusterSize, totalSectors, declared, reserved, table, root, clusters);
    }

    private long Clusters(long totalSectors, FatType type, int clusterSize, long table) =>
        Math.Max(0, (totalSectors - DataStart(type, clusterSize, table)) / (clusterSize / sectorSize));

    /// <summary>The first data sector, aligned by more reserved sectors, which readers skip wherever they are.</summary>
    private long DataStart(FatType type, int clusterSize, long table)
    {
        long start = (type == FatType.Fat32 ? 32 : 1) + (FatGeometry.Fats * table) + RootSectors(type);
        long alignment = (dataAlignment ?? Math.Max(DataAlignment, clusterSize)) / sectorSize;
        return (start + alignment - 1) / alignment * alignment;
    }

    private int RootSectors(FatType type) => type == FatType.Fat32 ? 0 : rootEntries * 32 / sectorSize;

    private long TableSectors(FatType type, long clusters)
    {
        long bytes = (((clusters + 2) * (int)type) + 7) / 8;
        return Math.Max(1, (bytes + sectorSize - 1) / sectorSize);
    }
}
