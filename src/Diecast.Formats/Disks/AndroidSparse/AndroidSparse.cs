using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Android's sparse images, which fastboot sends and simg2img reads.</summary>
public static class AndroidSparse
{
    internal const string Format = "android-sparse";

    /// <summary>The disk as one sparse image, however large. Its length is the disk's, up to the next multiple of the block size.</summary>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">Block size and what becomes of holes, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk has more blocks than 32 bits count.</exception>
    public static Blob Encode(Blob disk, AndroidSparseOptions? options = null) =>
        AndroidSparsePlan.Make(disk, options ?? AndroidSparseOptions.Default, long.MaxValue)[0];

    /// <summary>
    /// The disk as one sparse image or, where that would be larger than <see cref="AndroidSparseOptions.LargestPart"/>, as several
    /// that are flashed one after the other, each of which leaves to the others what is theirs.
    /// </summary>
    /// <param name="disk">The disk; only its map is read now.</param>
    /// <param name="options">Block size, what becomes of holes and the largest part, or null for the default.</param>
    /// <returns>The files in order: <c>NAME.simg</c> or <c>NAME.simg.0</c>, <c>NAME.simg.1</c> and so on, as simg2simg calls them.</returns>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk has more blocks than 32 bits count.</exception>
    public static IReadOnlyList<DiskFile> EncodeParts(Blob disk, AndroidSparseOptions? options = null)
    {
        options ??= AndroidSparseOptions.Default;
        IReadOnlyList<Blob> parts = AndroidSparsePlan.Make(disk, options, options.LargestPart);
        return parts.Count == 1
            ? [new DiskFile(".simg", parts[0])]
            : [.. parts.Select((part, i) => new DiskFile(FormattableString.Invariant($".simg.{i}"), part))];
    }

    /// <summary>
    /// A writer of the disk as one sparse image that looks at the content: blocks that repeat a 32-bit value, zeros among them, are
    /// stored as that value. The output must be a file.
    /// </summary>
    /// <param name="disk">The disk that will come; only its length is used now.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="options">Block size and what becomes of holes, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk has more blocks than 32 bits count.</exception>
    /// <exception cref="NotSupportedException">The output is a stream.</exception>
    public static DiskWriter OpenWriter(Blob disk, DiskOutput output, AndroidSparseOptions? options = null) =>
        new AndroidSparseWriter(disk, output, options ?? AndroidSparseOptions.Default);

    /// <summary>
    /// As <see cref="OpenWriter(Blob, DiskOutput, AndroidSparseOptions?)"/>, in parts of <see cref="AndroidSparseOptions.LargestPart"/>
    /// bytes at most.
    /// </summary>
    /// <param name="disk">The disk that will come; only its length is used now.</param>
    /// <param name="openPart">Opens the file of a part when it is begun; the first is 0, and opened now.</param>
    /// <param name="options">Block size, what becomes of holes and the largest part, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk has more blocks than 32 bits count.</exception>
    /// <exception cref="NotSupportedException">The output is a stream.</exception>
    public static DiskWriter OpenWriter(Blob disk, Func<int, DiskOutput> openPart, AndroidSparseOptions? options = null) =>
        new AndroidSparseWriter(disk, openPart, options ?? AndroidSparseOptions.Default);

    /// <summary>
    /// Whether <see cref="AndroidSparseOptions.LargestPart"/> has room for all of a disk, whatever its content.
    /// </summary>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk has more blocks than 32 bits count.</exception>
    internal static bool FitsOnePart(Blob disk, AndroidSparseOptions options)
    {
        _ = AndroidSparsePlan.CountBlocks(disk, options);
        long bytes = AndroidSparseLayout.HeaderBytes + (2 * AndroidSparseLayout.ChunkHeaderBytes) + AndroidSparseLayout.ChecksumBytes;
        foreach (ClusterRuns.Run run in ClusterRuns.Of(disk.DataRanges(), options.BlockSize).Runs)
        {
            // Each block may be a chunk, and a hole is before it.
            bytes += (run.End - run.First) * (AndroidSparseLayout.ChunkHeaderBytes + options.BlockSize);
            bytes += AndroidSparseLayout.ChunkHeaderBytes;
        }

        if (options.Holes == AndroidSparseHoles.Fill)
            bytes += (disk.Length / AndroidSparsePlan.LargestFill * (AndroidSparseLayout.ChunkHeaderBytes + AndroidSparseLayout.FillBytes)) + (bytes / options.BlockSize * AndroidSparseLayout.FillBytes);
        return bytes <= options.LargestPart;
    }

    /// <summary>Whether a file starts as a sparse image does.</summary>
    public static bool IsAndroidSparse(Blob file) =>
        file.Length >= AndroidSparseLayout.HeaderBytes
        && AndroidSparseLayout.ReadHeader(file.Slice(0, AndroidSparseLayout.HeaderBytes).ToArray()).Magic == AndroidSparseLayout.Magic;

    /// <summary>The disk of a sparse image.</summary>
    /// <inheritdoc cref="Read(IReadOnlyList{Blob})"/>
    public static Blob Read(Blob file) => Read([file]);

    /// <summary>The disk of a sparse image in one or several parts, in any order.</summary>
    /// <remarks>What no part has, and what is filled with zeros, is a hole. Checksums within the image are passed over.</remarks>
    /// <exception cref="InvalidImageException">A part is damaged, or they do not belong together.</exception>
    public static Blob Read(IReadOnlyList<Blob> parts) => AndroidSparseReader.Read(parts);

    internal static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));
}
