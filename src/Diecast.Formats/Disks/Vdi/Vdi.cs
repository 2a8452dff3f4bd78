using System.Numerics;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>VirtualBox's format, version 1.1.</summary>
/// <remarks>
/// The order is header, block map, then the blocks with data in the order of the disk. As the places follow from the
/// disk's map of holes alone, the image is one more blob, which can be written in a single pass.
/// </remarks>
public static class Vdi
{
    internal const string Format = "vdi";

    private const string Creator = "<<< Oracle VM VirtualBox Disk Image >>>\n";
    private const int LeastBlockSize = 4096;
    private const int LargestBlockSize = 256 * 1024 * 1024;

    /// <summary>VirtualBox lays the blocks on this; below it the block map would never share blocks with a host file.</summary>
    private const long DataAlignment = 1024 * 1024;

    /// <summary>The disk as a VDI. Its virtual size is the disk's length, up to the next multiple of 512.</summary>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">Allocation, block size, ids; null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk needs more blocks than the format counts.</exception>
    public static Blob Encode(Blob disk, VdiOptions? options = null)
    {
        options ??= VdiOptions.Default;
        int block = options.BlockSize;
        if (!BitOperations.IsPow2(block) || block < LeastBlockSize || block > LargestBlockSize)
            throw Refuse($"a block size of {block}; it must be a power of two from {LeastBlockSize} to {LargestBlockSize}");
        if (options.Allocation is not (DiskAllocation.Dynamic or DiskAllocation.Fixed))
            throw Refuse($"an allocation {(int)options.Allocation}; it is dynamic or fixed");
        if (options.Comment.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(options.Comment) >= VdiLayout.CommentBytes)
            throw Refuse($"a comment of {Encoding.UTF8.GetByteCount(options.Comment)} bytes; it may have {VdiLayout.CommentBytes - 1} and no NUL");
        long size = Units.RoundUp(disk.Length, VdiLayout.SectorSize);
        long blocks = Units.Divide(size, block);
        long data = Units.RoundUp(VdiLayout.SectorSize + (blocks * VdiLayout.EntryBytes), DataAlignment);
        if (data > uint.MaxValue)
            throw Refuse($"a disk of {size} bytes has {blocks} blocks of {block}, whose map passes 4 GiB; use larger blocks");
        ClusterRuns used = options.Allocation == DiskAllocation.Fixed
            ? ClusterRuns.Of(blocks == 0 ? [] : [new BlobRange(0, blocks * block)], block)
            : ClusterRuns.Of(disk.DataRanges(), block);

        var file = new BlobBuilder();
        file.Add(0, VdiLayout.Write(new VdiLayout.Header
        {
            Creator = Creator,
            Type = options.Allocation == DiskAllocation.Fixed ? VdiLayout.TypeFixed : VdiLayout.TypeDynamic,
            Comment = options.Comment,
            MapOffset = VdiLayout.SectorSize,
            DataOffset = (uint)data,
            LegacyGeometry = Physical(size),
            DiskSize = (ulong)size,
            BlockSize = (uint)block,
            Blocks = (uint)blocks,
            Allocated = (uint)used.Count,
            ImageId = options.ImageId,
            ModificationId = options.ModificationId,
            Geometry = Logical(size),
        }));
        file.Add(VdiLayout.SectorSize, NumberTable.UInt32LittleEndian(blocks, (first, values) => FillMap(used, first, values)));
        foreach (ClusterRuns.Run run in used.Runs)
        {
            long offset = run.First * block;
            long length = Math.Min(run.End * block, disk.Length) - offset;
            file.Add(data + (run.Before * block), disk.Slice(offset, length));
        }

        return file.ToBlob(data + (used.Count * block));
    }

    /// <summary>Opens a writer of the same bytes as <see cref="Encode"/>, for outputs that are written from one reading.</summary>
    /// <param name="disk">The disk whose pieces will come, for its length and map.</param>
    /// <param name="output">Where the file goes.</param>
    /// <param name="options">As for <see cref="Encode"/>.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk needs more blocks than the format counts.</exception>
    public static DiskWriter OpenWriter(Blob disk, DiskOutput output, VdiOptions? options = null) =>
        new PlannedDiskWriter(disk, part => Encode(part, options), output);

    /// <summary>The virtual disk of a VDI: its block map is read as the disk is.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no VDI 1.1, is damaged, or needs a parent image.</exception>
    public static Blob Read(Blob file) => VdiDisk.Open(file);

    /// <summary>What the header says, checked as <see cref="Read"/> does.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no VDI 1.1, is damaged, or needs a parent image.</exception>
    public static VdiInfo ReadInfo(Blob file) => VdiDisk.Open(file).Info;

    private static void FillMap(ClusterRuns used, long first, Span<uint> values)
    {
        int run = used.IndexOf(first);
        for (int i = 0; i < values.Length; i++)
        {
            long block = first + i;
            while (run < used.Runs.Count && used.Runs[run].End <= block)
                run++;
            values[i] = run == used.Runs.Count || used.Runs[run].First > block
                ? VdiLayout.Free
                : (uint)(used.Runs[run].Before + (block - used.Runs[run].First));
        }
    }

    /// <summary>What an ATA disk of the size tells of itself: 16 heads, 63 sectors, at most 16,383 cylinders.</summary>
    private static DiskGeometry Physical(long size) =>
        new((int)Math.Min(16383, Units.Divide(size / VdiLayout.SectorSize, 16 * 63)), 16, 63);

    /// <summary>What a BIOS makes of it: 63 sectors and the least doubling of heads that needs at most 1,024 cylinders.</summary>
    private static DiskGeometry Logical(long size)
    {
        long sectors = size / VdiLayout.SectorSize;
        int heads = 16;
        while (heads < 128 && sectors > 1024L * heads * 63)
            heads *= 2;
        if (sectors > 1024L * heads * 63)
            heads = 255;
        return new DiskGeometry((int)Math.Clamp(sectors / (heads * 63), 1, 1024), heads, 63);
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));
}
