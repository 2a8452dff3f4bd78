using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Writes and reads squashfs 4.0, the read-only file system of live systems and appliances.</summary>
public static class SquashfsFileSystem
{
    /// <summary>
    /// Compresses a tree. Its content is read here; the result's blob refers to the spool and, for what is stored as it is
    /// by option, to the tree's content.
    /// </summary>
    /// <param name="tree">The tree; it must not change while the result is in use.</param>
    /// <param name="options">What the tree does not say.</param>
    /// <param name="spool">Where the result goes, behind what is there; it must outlive the result.</param>
    /// <param name="run">Threads, progress and cancellation; null for the defaults.</param>
    /// <exception cref="UnrepresentableException">
    /// The tree or an option asks for what squashfs cannot hold; all that is wrong with the tree is told at once.
    /// </exception>
    /// <exception cref="MissingLibraryException">The compressor's library is not installed.</exception>
    /// <exception cref="IOException">Content cannot be read, or the spool cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the spool has something useless at its end.</exception>
    public static SquashfsPlan Pack(FileTree tree, SquashfsOptions options, ContentSpool spool, PackOptions? run = null)
    {
        options.Check();
        return SquashfsWriter.Write(tree, options, spool, run ?? new PackOptions());
    }

    /// <summary>Reads the tree of a squashfs 4.0 of any maker.</summary>
    /// <remarks>
    /// Only the superblock, the table of owners and the root's inode are read at once. A directory is read when something
    /// asks for its entries, content when something asks for that; damage that is found then is thrown then, as an
    /// <see cref="InvalidImageException"/>. Blocks of zeros are holes. Contents refer to the image, which must outlive
    /// the tree; up to 20 MiB of what has been decompressed are kept.
    /// </remarks>
    /// <param name="image">The file system, from its first byte on; what is behind its end is not looked at.</param>
    /// <returns>The tree, safe to read from several threads.</returns>
    /// <exception cref="InvalidImageException">It is no squashfs 4.0, which the message says by its version, or it is damaged.</exception>
    /// <exception cref="MissingLibraryException">The compressor's library is not installed.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static FileTree Read(Blob image) => SquashfsReader.Read(image);

    /// <summary>Reads what the superblock says, and nothing else.</summary>
    /// <param name="image">The file system, from its first byte on.</param>
    /// <exception cref="InvalidImageException">It is no squashfs 4.0, which the message says by its version.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static SquashfsInfo ReadInfo(Blob image) => SquashfsSuperblock.Read(image).Describe(image);
}
