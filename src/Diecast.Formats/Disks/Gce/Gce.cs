using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Disks;

/// <summary>How a disk image for Google Compute Engine is written.</summary>
public sealed record GceOptions
{
    /// <summary>The options of a plain image.</summary>
    public static GceOptions Default { get; } = new();

    /// <summary>How hard it is compressed: 1, fast, to 12, small. Default: 6.</summary>
    public int Level { get; init; } = 6;

    /// <summary>The file's time in seconds since 1970, 0 to 8589934591. Default: 0.</summary>
    public long ModifiedTime { get; init; }
}

/// <summary>
/// What Google Compute Engine imports: <c>disk.raw</c>, sparse, in a tar archive in GNU's old format, as one gzip member.
/// </summary>
public static class Gce
{
    private const string Format = "gce";
    private const string FileName = "disk.raw";
    internal const long SizeUnit = 1L << 30;

    /// <summary>Regions of data start and end at multiples of this.</summary>
    private const int RegionUnit = 4096;

    /// <summary>GNU tar's record, which it fills up with zeros.</summary>
    private const int Record = 20 * TarLayout.BlockSize;

    /// <summary>A writer of the disk as a tar.gz. The output may be a pipe.</summary>
    /// <param name="disk">The disk that will come; only its map is read now.</param>
    /// <param name="output">Where the archive goes.</param>
    /// <param name="options">Level and time, or null for the default.</param>
    /// <param name="writeOptions">Workers and cancellation, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is not a multiple of 1 GiB, which Google asks for.</exception>
    public static DiskWriter OpenWriter(Blob disk, DiskOutput output, GceOptions? options = null, DiskWriteOptions? writeOptions = null)
    {
        options ??= GceOptions.Default;
        if (options.Level is < 1 or > 12)
            throw Refuse($"a level of {options.Level}; it must be from 1 to 12");
        if (options.ModifiedTime is < 0 or > TarEntryHeader.LatestTime)
            throw Refuse($"a time of {options.ModifiedTime}; it must be from 0 to {TarEntryHeader.LatestTime}");
        if (disk.Length == 0 || disk.Length % SizeUnit != 0)
            throw Refuse($"a disk of {disk.Length} bytes; Google takes whole GiB, so make it {Math.Max(1, (disk.Length + SizeUnit - 1) / SizeUnit)} GiB");
        return new Writer(disk, new GzipOutput(output, options.Level, writeOptions), options);
    }

    /// <summary>The disk of such an archive, unpacked to a spool, to which it refers.</summary>
    /// <remarks>Any tar format and compression is taken.</remarks>
    /// <exception cref="InvalidImageException">The archive is damaged, or has no <c>disk.raw</c>.</exception>
    /// <exception cref="IOException">The archive cannot be read or the spool cannot be written.</exception>
    public static Blob Read(Stream archive, ContentSpool spool, CancellationToken cancellation = default)
    {
        using Stream tar = Decompression.Open(archive);
        FileTree tree = TarReader.Read(tar, spool, cancellation);
        spool.Flush();
        return tree.Root.Find(new FileName(FileName)) is FileInode file
            ? file.Content
            : throw new InvalidImageException(Format, $"there is no {FileName} in the archive");
    }

    /// <summary>The archive, uncompressed. All places follow from the disk's map.</summary>
    internal static Blob EncodeTar(Blob disk, GceOptions options)
    {
        IReadOnlyList<ClusterRuns.Run> runs = ClusterRuns.Of(disk.DataRanges(), RegionUnit).Runs;
        var data = new BlobBuilder();
        var regions = new List<BlobRange>();
        foreach (ClusterRuns.Run run in runs)
        {
            regions.Add(new BlobRange(run.First * RegionUnit, (run.End - run.First) * RegionUnit));
            data.Append(disk.Slice(regions[^1].Offset, regions[^1].Length));
        }

        var archive = new BlobBuilder();
        if (regions.Count == 1 && regions[0].Length == disk.Length)
        {
            archive.Append(Blob.FromMemory(TarEntryHeader.Seal(TarEntryHeader.OldGnu(FileName, disk.Length, options.ModifiedTime, TarLayout.File))));
        }
        else
        {
            // An empty region says where the file ends after its last data.
            if (regions.Count == 0 || regions[^1].End < disk.Length)
                regions.Add(new BlobRange(disk.Length, 0));
            byte[] header = TarEntryHeader.OldGnu(FileName, data.End, options.ModifiedTime, TarLayout.GnuSparse);
            int done = WriteRegions(header.AsSpan(TarLayout.GnuSparseRegions), regions, 0, TarLayout.GnuSparseRegionsInHeader);
            header[TarLayout.GnuSparseIsExtended] = (byte)(done < regions.Count ? 1 : 0);
            TarEntryHeader.Number(header.AsSpan(TarLayout.GnuRealSize), disk.Length);
            archive.Append(Blob.FromMemory(TarEntryHeader.Seal(header)));
            while (done < regions.Count)
            {
                byte[] extension = new byte[TarLayout.BlockSize];
                done += WriteRegions(extension, regions, done, TarLayout.GnuSparseRegionsInExtension);
                extension[TarLayout.GnuExtensionIsExtended] = (byte)(done < regions.Count ? 1 : 0);
                archive.Append(Blob.FromMemory(extension));
            }
        }

        archive.Append(data.ToBlob());
        // Two blocks of zeros at least, and a whole record.
        return archive.ToBlob((archive.End + (2 * TarLayout.BlockSize) + Record - 1) / Record * Record);
    }

    private static int WriteRegions(Span<byte> table, List<BlobRange> regions, int first, int most)
    {
        int count = Math.Min(most, regions.Count - first);
        for (int i = 0; i < count; i++)
        {
            Span<byte> entry = table.Slice(i * TarLayout.GnuSparseRegionSize, TarLayout.GnuSparseRegionSize);
            TarEntryHeader.Number(entry[..12], regions[first + i].Offset);
            TarEntryHeader.Number(entry[12..], regions[first + i].Length);
        }

        return count;
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));

    private sealed class Writer(Blob disk, GzipOutput output, GceOptions options) : DiskWriter
    {
        private readonly PlannedDiskWriter _tar = new(disk, standIn => EncodeTar(standIn, options), output);

        public override string? Codec => output.Codec;

        public override void Hole(long length) => _tar.Hole(length);

        public override void Bytes(ReadOnlySpan<byte> bytes) => _tar.Bytes(bytes);

        public override void File(HostFile file, long offset, long length) => _tar.File(file, offset, length);

        public override void Generated(Blob blob, long offset, long length) => _tar.Generated(blob, offset, length);

        public override void Complete() => _tar.Complete();

        protected override void Dispose(bool disposing)
        {
            _tar.Dispose();
            output.Dispose();
            base.Dispose(disposing);
        }
    }
}
