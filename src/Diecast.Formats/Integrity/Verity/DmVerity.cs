using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>
/// dm-verity: a tree of hashes beside a device, by which the kernel checks every block that it reads against one root hash
/// (Documentation/admin-guide/device-mapper/verity.rst). Superblock and tree are byte for byte those of veritysetup.
/// </summary>
public static class DmVerity
{
    /// <summary>Bytes of a tree that stay in memory where a spool is given: those of 8 GiB of data.</summary>
    internal const long MemoryBytes = 64 << 20;

    /// <summary>Bytes of the hash area, superblock and tree.</summary>
    /// <param name="dataLength">Bytes of data: a multiple of the data block, and not none.</param>
    /// <param name="options">The parameters.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the data are no whole blocks.</exception>
    public static long HashLength(long dataLength, DmVerityOptions options)
    {
        options.Check();
        return options.TreeOffset - options.HashOffset + options.ShapeOf(options.BlocksOf(dataLength)).Length;
    }

    /// <summary>Makes the hash area of a device, in memory: about a 128th of the data with the usual blocks.</summary>
    /// <remarks>The data is read once, on all cores. Its holes are not read, and what is zero is hashed once.</remarks>
    /// <param name="data">The device: a multiple of the data block, and not empty.</param>
    /// <param name="options">The parameters.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the data are no whole blocks.</exception>
    /// <exception cref="IOException">The data cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DmVerityTree Build(Blob data, DmVerityOptions options, CancellationToken cancellation = default) =>
        Build(data, options, null, cancellation);

    /// <summary>Makes the hash area of a device; what exceeds 64 MiB of it goes to a spool.</summary>
    /// <param name="data">The device: a multiple of the data block, and not empty.</param>
    /// <param name="options">The parameters.</param>
    /// <param name="spool">Where the rest goes, behind what is there; it must outlive the result. Null for memory.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the data are no whole blocks.</exception>
    /// <exception cref="IOException">The data cannot be read, or the spool cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DmVerityTree Build(Blob data, DmVerityOptions options, ContentSpool? spool, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        options.Check();
        return new DmVerityBuilder(options, spool).Build(data, cancellation);
    }

    /// <summary>Writes a device into a file and makes its hash area of the blocks while they are in hand, on all cores.</summary>
    /// <remarks>
    /// Each byte is read once and written once; holes are neither. Where the file's file system shares blocks with those that
    /// the data is in, they are only read.
    /// </remarks>
    /// <param name="data">The device: a multiple of the data block, and not empty.</param>
    /// <param name="target">The file, open for reading and writing; it must have a hole there.</param>
    /// <param name="offset">Where in the file the device begins.</param>
    /// <param name="options">The parameters.</param>
    /// <param name="progress">Told the bytes done so far, holes included; may be null.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the data are no whole blocks.</exception>
    /// <exception cref="IOException">The data cannot be read, or the file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static WrittenDevice Write(
        Blob data, HostFile target, long offset, DmVerityOptions options, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        options.Check();
        return new DmVerityBuilder(options, null).Write(data, target, offset, progress, cancellation);
    }

    /// <summary>The device that holds both: the data, and from <see cref="DmVerityOptions.HashOffset"/> on the hash area.</summary>
    /// <param name="data">The data.</param>
    /// <param name="tree">What <see cref="Build(Blob, DmVerityOptions, CancellationToken)"/> made of it, with the same options.</param>
    /// <param name="options">The parameters; the hash area begins at or behind the data's end.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the hash area begins within the data.</exception>
    public static Blob Append(Blob data, DmVerityTree tree, DmVerityOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        options.Check();
        if (options.HashOffset < data.Length)
        {
            throw new UnrepresentableException(
                DmVerityOptions.Format, null, FormattableString.Invariant($"a hash area at {options.HashOffset}; the data ends at {data.Length}"));
        }

        var device = new BlobBuilder();
        device.Add(0, data);
        device.Add(options.HashOffset, tree.Hash);
        return device.ToBlob();
    }

    /// <summary>Reads the superblock of a hash device.</summary>
    /// <param name="hashDevice">The device.</param>
    /// <param name="offset">Where the superblock is.</param>
    /// <exception cref="InvalidImageException">There is none, or it is damaged or of a kind that is not known.</exception>
    /// <exception cref="IOException">The device cannot be read.</exception>
    public static DmVeritySuperblock ReadSuperblock(Blob hashDevice, long offset = 0)
    {
        ArgumentNullException.ThrowIfNull(hashDevice);
        return DmVeritySuperblockLayout.Read(hashDevice, offset);
    }

    /// <summary>Checks the tree against the root hash and all data against the tree, as <c>veritysetup verify</c> does.</summary>
    /// <param name="data">The data; what is behind the protected blocks is not looked at.</param>
    /// <param name="hashDevice">The hash device, from its first byte on; it may be the data's own.</param>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="options">
    /// Where the superblock is, and all parameters where there is none. Null for a superblock at the beginning.
    /// </param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The first block that is not as it was, the tree's from the top before those of data; null when all are.</returns>
    /// <exception cref="InvalidImageException">There is no superblock, it is damaged, or one of the devices is too short for it.</exception>
    /// <exception cref="IOException">A device cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DmVerityFault? Verify(
        Blob data, Blob hashDevice, ReadOnlyMemory<byte> rootHash, DmVerityOptions? options = null, CancellationToken cancellation = default) =>
        DmVerityReader.Open(data, hashDevice, rootHash, options).Verify(cancellation);

    /// <summary>Checks the tree and all data as <see cref="Verify"/> does, to the end.</summary>
    /// <remarks>
    /// On all cores; a few MiB a core are held at once. What is below a changed block of the tree is told as unvouched and, in the
    /// tree, not looked at further: the kernel hands none of it out.
    /// </remarks>
    /// <param name="data">The data; what is behind the protected blocks is not looked at.</param>
    /// <param name="hashDevice">The hash device, from its first byte on; it may be the data's own.</param>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="options">
    /// Where the superblock is, and all parameters where there is none. Null for a superblock at the beginning.
    /// </param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>All blocks that are not as they were.</returns>
    /// <exception cref="InvalidImageException">There is no superblock, it is damaged, or one of the devices is too short for it.</exception>
    /// <exception cref="IOException">A device cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DmVerityReport Check(
        Blob data, Blob hashDevice, ReadOnlyMemory<byte> rootHash, DmVerityOptions? options = null, CancellationToken cancellation = default) =>
        DmVerityReader.Open(data, hashDevice, rootHash, options).Check(cancellation);

    /// <summary>
    /// The root hash by the top of the tree as it is stored, or by the block of data where there is only one. It vouches for
    /// nothing: whoever changed the data could have changed the tree as well.
    /// </summary>
    /// <param name="data">The data.</param>
    /// <param name="hashDevice">The hash device, from its first byte on; it may be the data's own.</param>
    /// <param name="options">
    /// Where the superblock is, and all parameters where there is none. Null for a superblock at the beginning.
    /// </param>
    /// <exception cref="InvalidImageException">There is no superblock, it is damaged, or one of the devices is too short for it.</exception>
    /// <exception cref="IOException">A device cannot be read.</exception>
    public static ReadOnlyMemory<byte> ReadRootHash(Blob data, Blob hashDevice, DmVerityOptions? options = null) =>
        DmVerityReader.Open(data, hashDevice, null, options).RootHash.ToArray();

    /// <summary>The data as the kernel hands it out: each block is checked when it is read.</summary>
    /// <remarks>
    /// Up to 8 MiB of hash blocks and 1 MiB of data blocks that were found good are kept. Holes of the data stay holes where the
    /// tree says that they are zeros.
    /// </remarks>
    /// <param name="data">The data; what is behind the protected blocks is left out.</param>
    /// <param name="hashDevice">The hash device, from its first byte on; it may be the data's own.</param>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="options">
    /// Where the superblock is, and all parameters where there is none. Null for a superblock at the beginning.
    /// </param>
    /// <returns>
    /// A blob whose reading ends in an <see cref="InvalidImageException"/> that names the first block that is not as it was.
    /// </returns>
    /// <exception cref="InvalidImageException">There is no superblock, it is damaged, or one of the devices is too short for it.</exception>
    /// <exception cref="IOException">A device cannot be read.</exception>
    public static Blob Open(Blob data, Blob hashDevice, ReadOnlyMemory<byte> rootHash, DmVerityOptions? options = null) =>
        new VerifiedBlob(DmVerityReader.Open(data, hashDevice, rootHash, options));

    /// <summary>The data as the kernel hands it out: each block is checked when it is read.</summary>
    /// <remarks>As <see cref="Open(Blob, Blob, ReadOnlyMemory{byte}, DmVerityOptions?)"/>.</remarks>
    /// <param name="data">The data; what is behind the protected blocks is left out.</param>
    /// <param name="hashDevice">The hash device, from its first byte on; it may be the data's own.</param>
    /// <param name="rootHash">The root hash.</param>
    /// <param name="name">What the errors of a block that is not as it was call the device.</param>
    /// <param name="options">
    /// Where the superblock is, and all parameters where there is none. Null for a superblock at the beginning.
    /// </param>
    /// <exception cref="InvalidImageException">There is no superblock, it is damaged, or one of the devices is too short for it.</exception>
    /// <exception cref="IOException">A device cannot be read.</exception>
    public static Blob Open(Blob data, Blob hashDevice, ReadOnlyMemory<byte> rootHash, string name, DmVerityOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new VerifiedBlob(DmVerityReader.Open(data, hashDevice, rootHash, options), name);
    }
}
