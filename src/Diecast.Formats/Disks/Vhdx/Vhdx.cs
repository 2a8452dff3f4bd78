using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Hyper-V's format, version 1.</summary>
/// <remarks>
/// The order is file identifier, two headers, two region tables, an empty log, metadata, block table, then the blocks
/// with data in the order of the disk. As the places follow from the disk's map of holes alone, the image is one more
/// blob, which can be written in a single pass.
/// </remarks>
public static class Vhdx
{
    internal const string Format = "vhdx";

    private const string Creator = "Diecast";
    private const long LogAt = VhdxLayout.RegionUnit;
    private const uint LogLength = (uint)VhdxLayout.RegionUnit;
    private const long MetadataAt = LogAt + LogLength;
    private const uint MetadataLength = (uint)VhdxLayout.RegionUnit;
    private const long TableAt = MetadataAt + MetadataLength;
    private const uint LeaveBlocksAllocated = 1;

    /// <summary>The disk as a VHDX. Its virtual size is the disk's length, up to the next logical sector.</summary>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">Allocation, block and sector sizes, ids; null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is longer than 64 TiB.</exception>
    public static Blob Encode(Blob disk, VhdxOptions? options = null)
    {
        options ??= VhdxOptions.Default;
        if (options.Allocation is not (DiskAllocation.Dynamic or DiskAllocation.Fixed))
            throw Refuse($"an allocation {(int)options.Allocation}; it is dynamic or fixed");
        if (options.LogicalSectorSize is not (512 or 4096) || options.PhysicalSectorSize is not (512 or 4096))
            throw Refuse($"sectors of {options.LogicalSectorSize} on {options.PhysicalSectorSize} bytes; each is 512 or 4096");
        if (disk.Length > VhdxLayout.MaximumSize)
            throw Refuse($"a disk of {disk.Length} bytes; the format ends at {VhdxLayout.MaximumSize} (64 TiB)");
        long size = Units.RoundUp(disk.Length, options.LogicalSectorSize);
        int block = options.BlockSize == 0 ? BlockSizeOf(size) : options.BlockSize;
        if (!BitOperations.IsPow2(block) || block < VhdxLayout.LeastBlockSize || block > VhdxLayout.LargestBlockSize)
            throw Refuse($"a block size of {block}; it must be a power of two from {VhdxLayout.LeastBlockSize} to {VhdxLayout.LargestBlockSize}");
        bool isFixed = options.Allocation == DiskAllocation.Fixed;
        long blocks = Units.Divide(size, block);
        long ratio = VhdxLayout.ChunkRatio(block, options.LogicalSectorSize);
        long entries = VhdxLayout.Entries(blocks, ratio);
        // QEMU counts the bitmaps of no blocks from 2^32 - 1, and asks for a region that holds them.
        long counted = blocks == 0 ? uint.MaxValue / ratio : entries;
        long tableLength = Units.RoundUp(counted * VhdxLayout.EntryBytes, VhdxLayout.RegionUnit);
        long first = TableAt + tableLength;
        ClusterRuns used = isFixed
            ? ClusterRuns.Of(blocks == 0 ? [] : [new BlobRange(0, blocks * block)], block)
            : ClusterRuns.Of(disk.DataRanges(), block);

        var file = new BlobBuilder();
        file.Add(0, VhdxLayout.WriteIdentifier(Creator));
        // Both headers are good; the one with the larger number counts.
        file.Add(VhdxLayout.FirstHeader, WriteHeader(options, 1));
        file.Add(VhdxLayout.SecondHeader, WriteHeader(options, 2));
        byte[] regions = VhdxLayout.WriteRegions(
        [
            new VhdxLayout.Region(VhdxLayout.BlockTableRegion, TableAt, (uint)tableLength, true),
            new VhdxLayout.Region(VhdxLayout.MetadataRegion, MetadataAt, MetadataLength, true),
        ]);
        file.Add(VhdxLayout.FirstRegionTable, regions);
        file.Add(VhdxLayout.SecondRegionTable, regions);
        file.Add(MetadataAt, VhdxLayout.WriteMetadata(
        [
            (VhdxLayout.FileParameters, [.. Number((uint)block), .. Number(isFixed ? LeaveBlocksAllocated : 0)]),
            (VhdxLayout.VirtualDiskSize, [.. Number((uint)(size & uint.MaxValue)), .. Number((uint)(size >> 32))]),
            (VhdxLayout.VirtualDiskId, options.DiskId.ToByteArray()),
            (VhdxLayout.LogicalSectorSize, Number((uint)options.LogicalSectorSize)),
            (VhdxLayout.PhysicalSectorSize, Number((uint)options.PhysicalSectorSize)),
        ]));
        AddTable(file, used, ratio, entries, index => first + (index * block));
        foreach (ClusterRuns.Run run in used.Runs)
        {
            long offset = run.First * block;
            long length = Math.Min(run.End * block, disk.Length) - offset;
            file.Add(first + (run.Before * block), disk.Slice(offset, length));
        }

        return file.ToBlob(first + (used.Count * block));
    }

    /// <summary>Opens a writer of the same bytes as <see cref="Encode"/>, for outputs that are written from one reading.</summary>
    /// <param name="disk">The disk whose pieces will come, for its length and map.</param>
    /// <param name="output">Where the file goes.</param>
    /// <param name="options">As for <see cref="Encode"/>.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is longer than 64 TiB.</exception>
    public static DiskWriter OpenWriter(Blob disk, DiskOutput output, VhdxOptions? options = null) =>
        new PlannedDiskWriter(disk, part => Encode(part, options), output);

    /// <summary>The virtual disk of a VHDX: its block table is read as the disk is, its log replayed in memory.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no VHDX, is damaged, needs a parent, or has a part that must be known and is not.</exception>
    public static Blob Read(Blob file) => VhdxImage.Open(file).Disk;

    /// <summary>What headers and metadata say, checked as <see cref="Read"/> does.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidImageException">The file is no VHDX, is damaged, needs a parent, or has a part that must be known and is not.</exception>
    public static VhdxInfo ReadInfo(Blob file) => VhdxImage.Open(file).Info;

    /// <summary>
    /// Adds the entries that are not zero, in whole chunks: the table of a large disk with small blocks is far larger
    /// than what it says.
    /// </summary>
    private static void AddTable(BlobBuilder file, ClusterRuns used, long ratio, long entries, Func<long, long> place)
    {
        foreach (ClusterRuns.Run chunks in used.Groups(ratio).Runs)
        {
            long start = chunks.First * (ratio + 1);
            long count = Math.Min(chunks.End * (ratio + 1), entries) - start;
            file.Add(TableAt + (start * VhdxLayout.EntryBytes), NumberTable.UInt64LittleEndian(count, (index, values) =>
            {
                int run = 0;
                for (int i = 0; i < values.Length; i++)
                {
                    long entry = start + index + i;
                    long block = (entry / (ratio + 1) * ratio) + (entry % (ratio + 1));
                    bool isBitmap = entry % (ratio + 1) == ratio;
                    if (i == 0)
                        run = used.IndexOf(block);
                    while (run < used.Runs.Count && used.Runs[run].End <= block)
                        run++;
                    values[i] = isBitmap || run == used.Runs.Count || used.Runs[run].First > block
                        ? 0
                        : VhdxLayout.Entry(VhdxLayout.BlockState.FullyPresent, place(used.Runs[run].Before + (block - used.Runs[run].First)));
                }
            }));
        }
    }

    private static byte[] WriteHeader(VhdxOptions options, ulong sequence) => VhdxLayout.Write(new VhdxLayout.Header
    {
        Sequence = sequence,
        FileWriteId = options.FileWriteId,
        DataWriteId = options.DataWriteId,
        LogLength = LogLength,
        LogOffset = (ulong)LogAt,
    });

    /// <summary>QEMU's choice (block/vhdx.c, vhdx_co_create).</summary>
    private static int BlockSizeOf(long size) =>
        (int)VhdxLayout.Mebibyte * (size > 32L << 40 ? 64 : size > 100L << 30 ? 32 : size > 1L << 30 ? 16 : 8);

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));
}
