using Diecast.Formats.Archives;
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
}
