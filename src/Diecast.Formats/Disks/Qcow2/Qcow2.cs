using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>QEMU's copy-on-write format, versions 2 and 3.</summary>
public static class Qcow2
{
    /// <summary>The disk as an uncompressed qcow2 image. Its virtual size is the disk's length, up to the next multiple of 512.</summary>
    /// <remarks>
    /// As the places follow from the disk's map alone, the image is one more blob, which can be written in a single pass.
    /// Only an overlay (<see cref="Qcow2Options.Backing"/>) has its content compared with the backing disk's now.
    /// </remarks>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">How to write it, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk needs larger tables than QEMU reads.</exception>
    public static Blob Encode(Blob disk, Qcow2Options? options = null)
    {
        options ??= Qcow2Options.Default;
        Qcow2OptionRules.Check(options);
        if (options.Compression != Qcow2Compression.None)
            throw Qcow2Faults.Refuse($"an encoded image with compression, which is written from the disk's bytes in their order (OpenWriter)");
        return new Qcow2Plan(disk, options).ToBlob();
    }

    /// <summary>Opens a writer of an image, compressed or not, that takes the disk's bytes in their order.</summary>
    /// <remarks>
    /// Clusters are compressed on all cores; the bytes do not depend on how many there are, only on the compressor, which
    /// the writer's <see cref="DiskWriter.Codec"/> names. Deflate is libdeflate's where it is installed, with windows of
    /// up to 32 KiB: QEMU inflates a cluster in one call, where the whole output is the window.
    /// </remarks>
    /// <param name="disk">The disk whose pieces will come, for its length and map.</param>
    /// <param name="output">Where the file goes. Compression needs one that allows going back: the header is written last.</param>
    /// <param name="options">How to write it, or null for the default.</param>
    /// <param name="writeOptions">Workers and cancellation, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk needs larger tables than QEMU reads.</exception>
    /// <exception cref="NotSupportedException">The output is a stream and the image compressed.</exception>
    public static DiskWriter OpenWriter(
        Blob disk, DiskOutput output, Qcow2Options? options = null, DiskWriteOptions? writeOptions = null)
    {
        options ??= Qcow2Options.Default;
        Qcow2OptionRules.Check(options);
        if (options.Compression == Qcow2Compression.None)
            return new PlannedDiskWriter(disk, part => new Qcow2Plan(part, options).ToBlob(), output);
        if (!output.CanSeek)
            throw new NotSupportedException($"{output.DisplayPath} takes bytes one after the other, and a compressed qcow2 has its header written last");
        return new Qcow2Writer(disk.Length, options, output, writeOptions);
    }

    /// <summary>The virtual disk of an image, as its active layer and the files below have it.</summary>
    /// <remarks>
    /// Tables are read when they are asked for and 1 MiB of them kept at most. What is not allocated is a hole; plain
    /// clusters stay ranges of the image, which need not be copied; compressed ones are decompressed as they are read. Refcounts
    /// are not looked at, so that a dirty image reads as well as a clean one; one marked as corrupt is read, as QEMU does.
    /// </remarks>
    /// <param name="image">The image; it must outlive the result.</param>
    /// <param name="options">Where backing and data files are, or null for none.</param>
    /// <exception cref="InvalidImageException">
    /// The image is damaged, encrypted, needs a feature that is not known, or another file that cannot be had. Damage in the
    /// tables is found when they are read, by whoever reads the disk.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read, or another file that the image needs cannot be opened.</exception>
    public static Blob Read(Blob image, Qcow2ReadOptions? options = null) => Qcow2Chain.Open(image, options ?? Qcow2ReadOptions.Default);

    /// <summary>What an image tells of itself; neither its disk nor the files it names are read.</summary>
    /// <exception cref="InvalidImageException">The image is damaged, or needs a feature that is not known.</exception>
    public static Qcow2Info ReadInfo(Blob image) => Qcow2InfoReader.Read(image);

    /// <summary>Whether a file starts as qcow2 files do.</summary>
    internal static bool IsQcow2(Blob file)
    {
        Span<byte> magic = stackalloc byte[4];
        if (file.Length < magic.Length)
            return false;
        file.Read(0, magic);
        return BinaryPrimitives.ReadUInt32BigEndian(magic) == Qcow2Layout.Magic;
    }
}
