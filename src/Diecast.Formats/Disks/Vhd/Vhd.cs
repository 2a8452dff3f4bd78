using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The format of Virtual PC, Hyper-V's first generation and Azure; QEMU calls it <c>vpc</c>.</summary>
/// <remarks>
/// A fixed disk is the disk and a footer. A dynamic one is a copy of the footer, a header, a table, the blocks with data
/// in the order of the disk, each behind its bitmap, and the footer. As the places follow from the disk's map of holes
/// alone, the image is one more blob, which can be written in a single pass.
/// </remarks>
public static class Vhd
{
    internal const string Format = "vhd";

    private const long Mebibyte = 1024 * 1024;

    /// <summary>
    /// Hyper-V's mark. Readers go by the current size of images with it, and by the geometry, which is less, of images
    /// with a mark they do not know (QEMU before 10.0).
    /// </summary>
    private const string Application = "win ";

    private const uint ApplicationVersion = 0x000A0000;
    private const string Host = "Wi2k";

    /// <summary>The disk as a VHD.</summary>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">Allocation, size rule, id, time; null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is longer than 2040 GiB.</exception>
    public static Blob Encode(Blob disk, VhdOptions? options = null)
    {
        options ??= VhdOptions.Default;
        if (options.Allocation is not (DiskAllocation.Dynamic or DiskAllocation.Fixed))
            throw Refuse($"an allocation {(int)options.Allocation}; it is dynamic or fixed");
        if (options.BlockSize is not (512 * 1024 or 2 * 1024 * 1024))
            throw Refuse($"a block size of {options.BlockSize}; Windows makes and reads {512 * 1024} and {2 * 1024 * 1024}");
        long time = options.Time.Seconds - VhdLayout.Epoch;
        if (time is < 0 or > uint.MaxValue)
            throw Refuse($"a time of {options.Time.Seconds} seconds since 1970; the format counts 32 bits from {VhdLayout.Epoch} (2000-01-01)");
        long size = VirtualSize(disk.Length, options.SizeRule);
        bool isFixed = options.Allocation == DiskAllocation.Fixed;
        byte[] footer = VhdLayout.Write(new VhdLayout.Footer
        {
            Version = VhdLayout.Version,
            DataOffset = isFixed ? VhdLayout.NoOffset : VhdLayout.FooterBytes,
            Time = (uint)time,
            Application = Application,
            ApplicationVersion = ApplicationVersion,
            Host = Host,
            OriginalSize = (ulong)size,
            CurrentSize = (ulong)size,
            Geometry = VhdGeometry.Of(size / VhdLayout.SectorSize),
            Type = isFixed ? VhdLayout.Fixed : VhdLayout.Dynamic,
            UniqueId = options.UniqueId,
        });
        var file = new BlobBuilder();
        if (isFixed)
        {
            file.Add(0, disk);
            file.Add(size, footer);
            return file.ToBlob();
        }

        Lay(file, disk, size, options.BlockSize, footer);
        return file.ToBlob();
    }

    /// <summary>Opens a writer of the same bytes as <see cref="Encode"/>, for outputs that are written from one reading.</summary>
    /// <param name="disk">The disk whose pieces will come, for its length and map.</param>
    /// <param name="output">Where the file goes.</param>
    /// <param name="options">As for <see cref="Encode"/>.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is longer than 2040 GiB.</exception>
    public static DiskWriter OpenWriter(Blob disk, DiskOutput output, VhdOptions? options = null) =>
        new PlannedDiskWriter(disk, part => Encode(part, options), output);

    /// <summary>The virtual disk of a VHD: its block table is read as the disk is.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no VHD, is damaged, or needs a parent disk.</exception>
    public static Blob Read(Blob file) => VhdImage.Open(file).Disk;

    /// <summary>What footer and header say, checked as <see cref="Read"/> does.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no VHD, is damaged, or needs a parent disk.</exception>
    public static VhdInfo ReadInfo(Blob file) => VhdImage.Open(file).Info;

    /// <summary>The virtual size that a disk of a length gets.</summary>
    /// <exception cref="UnrepresentableException">It is beyond what the rule allows.</exception>
    internal static long VirtualSize(long length, VhdSizeRule rule)
    {
        if (length > VhdLayout.MaximumSize)
            throw Refuse($"a disk of {length} bytes; the format ends at {VhdLayout.MaximumSize} (2040 GiB)");
        switch (rule)
        {
            case VhdSizeRule.Mebibytes:
                return Units.RoundUp(length, Mebibyte);
            case VhdSizeRule.Exact:
                return Units.RoundUp(length, VhdLayout.SectorSize);
            case VhdSizeRule.Geometry:
                long sectors = Units.Divide(length, VhdLayout.SectorSize);
                return sectors <= VhdLayout.MaximumGeometrySectors
                    ? VhdGeometry.RoundUp(sectors) * VhdLayout.SectorSize
                    : throw Refuse($"a disk of {length} bytes; the largest geometry has {VhdLayout.MaximumGeometrySectors * VhdLayout.SectorSize}");
            default:
                throw Refuse($"a size rule {(int)rule}");
        }
    }

    private static void Lay(BlobBuilder file, Blob disk, long size, int block, byte[] footer)
    {
        long blocks = Units.Divide(size, block);
        const int Table = VhdLayout.FooterBytes + VhdLayout.DynamicHeaderBytes;
        long entries = Units.RoundUp(blocks * VhdLayout.EntryBytes, VhdLayout.SectorSize) / VhdLayout.EntryBytes;
        long first = VhdBlocks.First(Table + (entries * VhdLayout.EntryBytes), block);
        long stride = VhdBlocks.Stride(block);
        ClusterRuns used = ClusterRuns.Of(disk.DataRanges(), block);
        if (first + (used.Count * stride) > (long)VhdLayout.Unused * VhdLayout.SectorSize)
            throw Refuse($"{used.Count} blocks of {block} bytes with their bitmaps, which pass the 2 TiB that the table can point to; use larger blocks or a fixed disk");
        file.Add(0, footer);
        file.Add(VhdLayout.FooterBytes, VhdLayout.Write(new VhdLayout.DynamicHeader(Table, VhdLayout.Version, (uint)blocks, (uint)block)));
        file.Add(Table, NumberTable.UInt32BigEndian(entries, (index, values) =>
        {
            int run = used.IndexOf(index);
            for (int i = 0; i < values.Length; i++)
            {
                while (run < used.Runs.Count && used.Runs[run].End <= index + i)
                    run++;
                values[i] = run == used.Runs.Count || used.Runs[run].First > index + i
                    ? VhdLayout.Unused
                    : (uint)((first + ((used.Runs[run].Before + (index + i - used.Runs[run].First)) * stride)) / VhdLayout.SectorSize);
            }
        }));
        foreach (ClusterRuns.Run run in used.Runs)
        {
            long offset = run.First * block;
            Blob slice = disk.Slice(offset, Math.Min(run.End * block, disk.Length) - offset);
            file.Add(first + (run.Before * stride), new VhdBlocks(slice, run.End - run.First, block));
        }

        // The gap behind the last block stays: a reader that adds one puts it where the footer is.
        file.Add(first + (used.Count * stride), footer);
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));
}
