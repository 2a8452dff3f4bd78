using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Expandable images of Parallels Desktop, version 2.</summary>
/// <remarks>
/// The order is header, table, then the clusters with data in the order of the disk. As the places follow from the disk's
/// map of holes alone, the image is one more blob, which can be written in a single pass.
/// </remarks>
public static class Parallels
{
    internal const string Format = "parallels";

    private const int LargestClusterSize = 1 << 30;

    /// <summary>As QEMU makes them: what a machine without LBA sees.</summary>
    internal const int Heads = 16;
    internal const int SectorsPerTrack = 32;

    /// <summary>QEMU keeps the table in memory and counts its bytes with 31 bits (block/parallels.c, parallels_open).</summary>
    private const long MostEntries = (int.MaxValue - ParallelsLayout.HeaderBytes) / ParallelsLayout.EntryBytes;

    /// <summary>The disk as a Parallels image. Its virtual size is the disk's length, up to the next multiple of 512.</summary>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">The size of a cluster; null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk needs more clusters than the format counts.</exception>
    public static Blob Encode(Blob disk, ParallelsOptions? options = null)
    {
        options ??= ParallelsOptions.Default;
        int cluster = options.ClusterSize;
        if (cluster < ParallelsLayout.SectorSize || cluster > LargestClusterSize || cluster % ParallelsLayout.SectorSize != 0)
            throw Refuse($"a cluster size of {cluster}; it must be a multiple of {ParallelsLayout.SectorSize} up to {LargestClusterSize}");
        long size = Units.RoundUp(disk.Length, ParallelsLayout.SectorSize);
        long entries = Units.Divide(size, cluster);
        if (entries > MostEntries)
            throw Refuse($"a disk of {size} bytes has {entries} clusters of {cluster}; there can be {MostEntries}, so use larger ones");
        long first = Units.Divide(ParallelsLayout.HeaderBytes + (entries * ParallelsLayout.EntryBytes), cluster);
        ClusterRuns used = ClusterRuns.Of(disk.DataRanges(), cluster);
        var file = new BlobBuilder();
        file.Add(0, ParallelsLayout.Write(new ParallelsLayout.Header(
            IsOld: false,
            ParallelsLayout.Version,
            Heads,
            (uint)Math.Min(uint.MaxValue, size / ParallelsLayout.SectorSize / (Heads * SectorsPerTrack)),
            (uint)(cluster / ParallelsLayout.SectorSize),
            (uint)entries,
            (ulong)(size / ParallelsLayout.SectorSize),
            InUse: 0,
            (uint)(first * cluster / ParallelsLayout.SectorSize),
            Flags: 0)));
        file.Add(ParallelsLayout.HeaderBytes, NumberTable.UInt32LittleEndian(entries, (start, values) => FillTable(used, first, start, values)));
        foreach (ClusterRuns.Run run in used.Runs)
        {
            long offset = run.First * cluster;
            long length = Math.Min(run.End * cluster, disk.Length) - offset;
            file.Add((first + run.Before) * cluster, disk.Slice(offset, length));
        }

        return file.ToBlob((first + used.Count) * cluster);
    }

    /// <summary>Opens a writer of the same bytes as <see cref="Encode"/>, for outputs that are written from one reading.</summary>
    /// <param name="disk">The disk whose pieces will come, for its length and map.</param>
    /// <param name="output">Where the file goes.</param>
    /// <param name="options">As for <see cref="Encode"/>.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk needs more clusters than the format counts.</exception>
    public static DiskWriter OpenWriter(Blob disk, DiskOutput output, ParallelsOptions? options = null) =>
        new PlannedDiskWriter(disk, part => Encode(part, options), output);

    /// <summary>The virtual disk of an image: its table is read as the disk is.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no expandable image of version 2, or is damaged.</exception>
    public static Blob Read(Blob file) => ParallelsDisk.Open(file);

    /// <summary>What the header says, checked as <see cref="Read"/> does.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no expandable image of version 2, or is damaged.</exception>
    public static ParallelsInfo ReadInfo(Blob file) => ParallelsDisk.Open(file).Info;

    private static void FillTable(ClusterRuns used, long firstCluster, long start, Span<uint> values)
    {
        int run = used.IndexOf(start);
        for (int i = 0; i < values.Length; i++)
        {
            long cluster = start + i;
            while (run < used.Runs.Count && used.Runs[run].End <= cluster)
                run++;
            values[i] = run == used.Runs.Count || used.Runs[run].First > cluster
                ? 0
                : (uint)(firstCluster + used.Runs[run].Before + (cluster - used.Runs[run].First));
        }
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));
}
