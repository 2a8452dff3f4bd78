using System.Numerics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>FAT12, FAT16 and FAT32 with long names.</summary>
public static class FatFileSystem
{
    internal const string Format = "vfat";
    private const int DefaultRootEntries = 512;

    /// <summary>
    /// Lays out a tree. Owners, permissions and extended attributes have no place in FAT and are dropped; a hard link
    /// becomes a file of its own.
    /// </summary>
    /// <param name="tree">The tree; it must not change until the plan has been written.</param>
    /// <param name="options">The layout.</param>
    /// <exception cref="UnrepresentableException">FAT cannot hold something in the tree, or an option is out of range.</exception>
    /// <exception cref="DoesNotFitException">
    /// The size asked for is too small for the content, or not one that the type asked for can have.
    /// </exception>
    public static FatPlan Plan(FileTree tree, FatOptions options)
    {
        Check(options);
        byte[]? label = FatLabel.Encode(options.Label, FatCharacters.Of(options.CodePage));
        var scanner = new FatScanner(options, label is not null);
        scanner.Scan(tree);
        int perSector = options.SectorSize / FatLayout.EntryLength;
        int rootEntries = (int)Math.Max(DefaultRootEntries, scanner.Directories[0].Bytes / FatLayout.EntryLength);
        rootEntries = (rootEntries + perSector - 1) / perSector * perSector;
        var sizer = new FatSizer(options.SectorSize, rootEntries, options.DataAlignment);
        if (sizer.NeedsFat32)
        {
            if (options.Type is FatType.Fat12 or FatType.Fat16)
                throw Refuse($"the root directory needs {rootEntries} entries; FAT12 and FAT16 have at most {ushort.MaxValue / perSector * perSector} with sectors of {options.SectorSize} bytes");
            options = options with { Type = FatType.Fat32 };
        }

        FatGeometry geometry = options.Size is { } size ? AtSize(sizer, scanner, options, size) : AutoSize(sizer, scanner, options);
        return new FatPlan(geometry, rootEntries, scanner, options, label);
    }

    /// <summary>
    /// Reads a file system of any maker. File contents are references to <paramref name="image"/>, so the tree costs
    /// what its names and inodes cost.
    /// </summary>
    /// <remarks>
    /// Everything belongs to root; directories have mode 0755, files 0644, or 0444 with the read-only attribute. Times
    /// are taken for UTC. The volume label is not in the tree. Attributes other than those that everything has are in the
    /// extended attribute <c>user.DOSATTRIB</c>, in Samba's text form: <c>0x23</c>.
    /// </remarks>
    /// <param name="image">The file system, from its boot sector on; it may be followed by other things.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <param name="cancellation">Ends the reading between two directories.</param>
    /// <exception cref="InvalidImageException">It is no FAT file system, or a damaged one.</exception>
    /// <exception cref="IOException">A host file behind the image cannot be read.</exception>
    public static FileTree Read(Blob image, FatReadOptions? options = null, CancellationToken cancellation = default) =>
        new FatTreeReader(FatVolume.Parse(image), options ?? new FatReadOptions(), cancellation).Read();

    /// <summary>Reads what the boot sector, FAT32's information sector and the root's label say.</summary>
    /// <param name="image">The file system, from its boot sector on.</param>
    /// <param name="options">How to read the label; null for the defaults.</param>
    /// <exception cref="InvalidImageException">It is no FAT file system, or its root directory is damaged.</exception>
    /// <exception cref="IOException">A host file behind the image cannot be read.</exception>
    public static FatInfo ReadInfo(Blob image, FatReadOptions? options = null) =>
        FatInfoReader.Read(FatVolume.Parse(image), options ?? new FatReadOptions());

    internal static InvalidImageException Invalid(FormattableString message) => new(Format, FormattableString.Invariant(message));

    /// <summary>Refuses options that are out of range whatever the tree is.</summary>
    internal static void Check(FatOptions options)
    {
        if (options.SectorSize is not (512 or 1024 or 2048 or 4096))
            throw Refuse($"a sector size of {options.SectorSize}; it must be 512, 1024, 2048 or 4096");
        if (options.ClusterSize is { } cluster && (!BitOperations.IsPow2(cluster) || cluster < options.SectorSize || cluster > FatSizer.MaximumClusterSize))
            throw Refuse($"a cluster size of {cluster}; it must be a power of two from {options.SectorSize} to {FatSizer.MaximumClusterSize}");
        if (options.Type is { } type && type is not (FatType.Fat12 or FatType.Fat16 or FatType.Fat32))
            throw Refuse($"a FAT of {(int)type} bits; it must be 12, 16 or 32");
        if (options.Size is { } size && (size <= 0 || size % options.SectorSize != 0))
            throw Refuse($"a size of {size} bytes; it must be a multiple of the sector size {options.SectorSize}");
        if (options.SectorsPerTrack is < 1 or > 63 || options.Heads is < 1 or > 255)
            throw Refuse($"{options.SectorsPerTrack} sectors and {options.Heads} heads; the limits are 63 and 255");
        if (options.DataAlignment is { } alignment && (!BitOperations.IsPow2(alignment) || alignment < options.SectorSize || alignment > FatSizer.MaximumAlignment))
            throw Refuse($"data on multiples of {alignment} bytes; it must be a power of two from {options.SectorSize} to {FatSizer.MaximumAlignment}");
        foreach (FatAttributeRule rule in options.Attributes)
        {
            if (!rule.Path.StartsWith('/') || ((rule.Set | rule.Clear) & ~FatDosAttribute.All) != 0)
                throw Refuse($"attributes {rule.Set} and {rule.Clear} for the path \"{rule.Path}\"; it must start with / and they must be read-only, hidden, system or archive");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.FreeBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MinimumSize);
    }

    private static FatGeometry AtSize(FatSizer sizer, FatScanner scanner, FatOptions options, long size)
    {
        FatGeometry? chosen = sizer.Choose(size / options.SectorSize, options.Type, options.ClusterSize);
        if (chosen is not { } geometry)
            throw Illegal(sizer, options, size);
        long clusters = ClustersNeeded(scanner, geometry.Type, geometry.ClusterSize);
        if (clusters <= geometry.Clusters)
            return geometry;
        long needed = AutoSize(sizer, scanner, options with { FreeBytes = 0, MinimumSize = 0 }).Length;
        throw new DoesNotFitException(
            Format,
            needed,
            size,
            FormattableString.Invariant($"the content needs {clusters} clusters of {geometry.ClusterSize} bytes; a FAT{(int)geometry.Type} of {size} bytes has {geometry.Clusters}; the least size for the content is {needed}"));
    }

    /// <summary>The least size at which the rules give a layout that holds the content.</summary>
    /// <remarks>
    /// Each pair of type and cluster size owns one range of sizes, and the ranges ascend with type and cluster size. So
    /// for each pair the least size is what its content needs, or the start of its range if that is larger.
    /// </remarks>
    private static FatGeometry AutoSize(FatSizer sizer, FatScanner scanner, FatOptions options)
    {
        FatGeometry? best = null;
        FatType[] types = options.Type is { } type ? [type] : [FatType.Fat12, FatType.Fat16, FatType.Fat32];
        long minimum = (options.MinimumSize + options.SectorSize - 1) / options.SectorSize;
        foreach (FatType candidate in types)
        {
            for (int cluster = options.ClusterSize ?? options.SectorSize; cluster <= (options.ClusterSize ?? FatSizer.MaximumClusterSize); cluster *= 2)
            {
                (long least, long most) = FatSizer.ClusterRange(candidate);
                long clusters = Math.Max(least, ClustersNeeded(scanner, candidate, cluster) + ((options.FreeBytes + cluster - 1) / cluster));
                if (clusters > most)
                    continue;
                long sectors = Math.Max(minimum, sizer.Least(candidate, cluster, clusters).TotalSectors);
                if (sectors > uint.MaxValue || Reach(sizer, options, candidate, cluster, sectors) is not { } geometry)
                    continue;
                if (best is null || geometry.TotalSectors < best.Value.TotalSectors)
                    best = geometry;
            }
        }

        if (best is { } found)
            return found;
        throw Refuse($"{Describe(sizer, options)} with sectors of {options.SectorSize} bytes has at most {LegalSizes(sizer, options).Most} bytes, less than the content and the size asked for");
    }

    /// <summary>The least size from a given one on for which the rules choose a type and cluster size, if there is one.</summary>
    private static FatGeometry? Reach(FatSizer sizer, FatOptions options, FatType type, int cluster, long sectors)
    {
        long Rank(long at) => sizer.Choose(at, options.Type, options.ClusterSize) is { } g ? ((long)g.Type << 32) + g.ClusterSize : 0;
        long wanted = ((long)type << 32) + cluster;
        if (Rank(sectors) < wanted)
        {
            long low = sectors;
            long high = uint.MaxValue;
            while (low < high)
            {
                long middle = low + ((high - low) / 2);
                long rank = Rank(middle);
                // Nothing is legal below the smallest size and, for types and clusters that were asked for, above the
                // largest; the latter counts as past the wanted range.
                if (rank >= wanted || (rank == 0 && sizer.Least(type, cluster, 1).TotalSectors < middle && IsPast(options, type, cluster, middle)))
                    high = middle;
                else
                    low = middle + 1;
            }

            sectors = low;
        }

        return sizer.Choose(sectors, options.Type, options.ClusterSize) is { } chosen && chosen.Type == type && chosen.ClusterSize == cluster
            ? chosen
            : null;
    }

    private static bool IsPast(FatOptions options, FatType type, int cluster, long sectors) =>
        sectors / (cluster / options.SectorSize) > FatSizer.ClusterRange(type).Most;

    private static long ClustersNeeded(FatScanner scanner, FatType type, int clusterSize)
    {
        long clusters = 0;
        foreach (FatDirectory directory in scanner.Directories)
        {
            if (directory.Parent is not null || type == FatType.Fat32)
                clusters += Math.Max(1, (directory.Bytes + clusterSize - 1) / clusterSize);
        }

        foreach (FatFile file in scanner.Files)
            clusters += (file.Bytes + clusterSize - 1) / clusterSize;
        return clusters;
    }

    private static DoesNotFitException Illegal(FatSizer sizer, FatOptions options, long size)
    {
        (long Least, long Most) range = LegalSizes(sizer, options);
        return new DoesNotFitException(
            Format,
            range.Least,
            size,
            FormattableString.Invariant($"{Describe(sizer, options)} with sectors of {options.SectorSize} bytes cannot have {size} bytes; it has {range.Least} to {range.Most}"));
    }

    private static string Describe(FatSizer sizer, FatOptions options) =>
        (options.Type is { } type ? FormattableString.Invariant($"a FAT{(int)type}") : "a FAT")
        + (options.ClusterSize is { } cluster ? FormattableString.Invariant($" with clusters of {cluster} bytes") : "")
        + (sizer.NeedsFat32 ? ", which the many files in the root directory need," : "");

    /// <summary>The least and the largest size that a type and cluster size that were asked for can have.</summary>
    private static (long Least, long Most) LegalSizes(FatSizer sizer, FatOptions options)
    {
        long least = long.MaxValue;
        long most = 0;
        FatType[] types = options.Type is { } type ? [type] : [FatType.Fat12, FatType.Fat16, FatType.Fat32];
        foreach (FatType candidate in types)
        {
            for (int cluster = options.ClusterSize ?? options.SectorSize; cluster <= (options.ClusterSize ?? FatSizer.MaximumClusterSize); cluster *= 2)
            {
                least = Math.Min(least, sizer.Least(candidate, cluster, FatSizer.ClusterRange(candidate).Least).Length);
                most = Math.Max(most, sizer.MostSectors(candidate, cluster) * options.SectorSize);
            }
        }

        return (least, most);
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));
}
