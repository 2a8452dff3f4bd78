using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>VMware's disk format.</summary>
public static class Vmdk
{
    private const int LongestStart = 4096;

    /// <summary>The disk as one growable file (<c>monolithicSparse</c>). Its virtual size is the disk's length, up to the next multiple of 512.</summary>
    /// <param name="disk">The disk; only its map is read now. Grains of 64 KiB that are all hole are not stored.</param>
    /// <param name="options">What the descriptor says, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, the disk is empty, or the file would pass 2 TiB.</exception>
    public static Blob Encode(Blob disk, VmdkOptions? options = null)
    {
        CheckDisk(disk);
        return new VmdkSparsePlan(disk, options ?? VmdkOptions.Default).ToBlob();
    }

    /// <summary>A writer of what <see cref="Encode"/> gives, for a disk that several outputs are written from.</summary>
    /// <param name="disk">The disk that will come; only its map is read now.</param>
    /// <param name="output">Where the image goes; it may be a pipe.</param>
    /// <param name="options">What the descriptor says, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, the disk is empty, or the file would pass 2 TiB.</exception>
    public static DiskWriter OpenWriter(Blob disk, DiskOutput output, VmdkOptions? options = null)
    {
        CheckDisk(disk);
        return new PlannedDiskWriter(disk, part => Encode(part, options), output);
    }

    /// <summary>The disk as a descriptor and a file of the disk's plain bytes (<c>monolithicFlat</c>).</summary>
    /// <param name="disk">The disk; nothing of it is read now.</param>
    /// <param name="options">
    /// What the descriptor says, or null for the default. <see cref="VmdkOptions.Name"/> must be the name that the files get, as the
    /// descriptor names the other file.
    /// </param>
    /// <returns>The descriptor, <c>NAME.vmdk</c>, then the content, <c>NAME-flat.vmdk</c>, which ends with a whole sector.</returns>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is empty.</exception>
    public static IReadOnlyList<DiskFile> EncodeFlat(Blob disk, VmdkOptions? options = null)
    {
        CheckDisk(disk);
        options ??= VmdkOptions.Default;
        long sectors = Sectors(disk);
        byte[] descriptor = VmdkDescriptor.Write(
            "monolithicFlat", string.Create(CultureInfo.InvariantCulture, $"RW {sectors} FLAT \"{options.Name}-flat.vmdk\" 0"), disk.Length, options);
        var flat = new BlobBuilder();
        flat.Add(0, disk);
        return [new(".vmdk", Blob.FromMemory(descriptor)), new("-flat.vmdk", flat.ToBlob(sectors * VmdkLayout.Sector))];
    }

    /// <summary>
    /// A writer of the disk as a compressed stream (<c>streamOptimized</c>), the kind that goes into an OVA and that clouds import.
    /// Grains of 64 KiB that are zero are not stored. The output may be a pipe.
    /// </summary>
    /// <param name="diskLength">Bytes of the disk that will come.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="options">What the descriptor says and the level, or null for the default.</param>
    /// <param name="writeOptions">Workers and cancellation, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is empty; while writing: the file would pass 2 TiB.</exception>
    public static DiskWriter OpenStreamWriter(
        long diskLength, DiskOutput output, VmdkOptions? options = null, DiskWriteOptions? writeOptions = null)
    {
        CheckLength(diskLength);
        return new VmdkStreamWriter(diskLength, output, options ?? VmdkOptions.Default, writeOptions);
    }

    /// <summary>Whether a file starts as a VMDK or its descriptor does.</summary>
    public static bool IsVmdk(Blob file)
    {
        byte[] start = file.Slice(0, Math.Min(file.Length, LongestStart)).ToArray();
        return VmdkLayout.HasMagic(start) || VmdkDescription.IsDescriptor(start);
    }

    /// <summary>The virtual disk of a VMDK: sparse, stream-optimized, flat, or in several such files.</summary>
    /// <param name="file">The image, or the descriptor of one in several files.</param>
    /// <param name="options">How the other files are opened, or null when there are none.</param>
    /// <remarks>Tables and grains are read on demand; what is wrong with them is an <see cref="InvalidImageException"/> then.</remarks>
    /// <exception cref="InvalidImageException">The file is no VMDK, is damaged, or is a snapshot or of a kind that is not read.</exception>
    public static Blob Read(Blob file, VmdkReadOptions? options = null) => VmdkReader.Read(file, options ?? new VmdkReadOptions());

    /// <summary>What an image tells of itself; other files that it names are not opened.</summary>
    /// <param name="file">The image, or the descriptor of one in several files.</param>
    /// <exception cref="InvalidImageException">The file is no VMDK, or its header is damaged.</exception>
    public static VmdkInfo ReadInfo(Blob file) => VmdkReader.ReadInfo(file);

    private static long Sectors(Blob disk) => (disk.Length + VmdkLayout.Sector - 1) / VmdkLayout.Sector;

    private static void CheckDisk(Blob disk) => CheckLength(disk.Length);

    internal static void CheckLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
            throw VmdkDescriptor.Refuse($"an empty disk; readers take a capacity of zero for a file without a disk");
    }
}
