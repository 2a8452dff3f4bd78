using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>Writes and reads EROFS, the read-only file system of appliances and containers.</summary>
public static class ErofsFileSystem
{
    /// <summary>Lays out a tree without compression. No content is read, and the tree must not change while the plan is in use.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="options">What the tree does not say, without <see cref="ErofsOptions.Compression"/>.</param>
    /// <exception cref="UnrepresentableException">
    /// The tree or an option asks for what EROFS cannot hold: a name over 255 bytes, an attribute of a namespace that it does
    /// not have, a directory with two names; all that is wrong with the tree is told. Or it asks for compression.
    /// </exception>
    public static ErofsPlan Plan(FileTree tree, ErofsOptions options)
    {
        options.Check();
        if (options.Compression is not null)
            throw ErofsOptions.Refused("what is compressed is packed and not planned");
        return new ErofsPlan(new ErofsTree(tree, options), options, null);
    }

    /// <summary>Compresses a tree into a spool, which is what its layout follows from.</summary>
    /// <param name="tree">The tree; it must not change while the result is in use.</param>
    /// <param name="options">What the tree does not say; without compression the result is that of <see cref="Plan"/>.</param>
    /// <param name="spool">Takes what is compressed, and must outlive the result.</param>
    /// <param name="packing">Threads, progress, cancellation. Default: null, all cores.</param>
    /// <exception cref="UnrepresentableException">As <see cref="Plan"/>.</exception>
    /// <exception cref="Compression.MissingLibraryException">The algorithm's library is not installed.</exception>
    /// <exception cref="IOException">Content cannot be read, or the spool cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static ErofsPlan Pack(FileTree tree, ErofsOptions options, ContentSpool spool, PackOptions? packing = null)
    {
        options.Check();
        var laid = new ErofsTree(tree, options);
        return new ErofsPlan(laid, options, options.Compression is null ? null : new ErofsPack(laid, options, spool, packing ?? new PackOptions()));
    }

    /// <summary>Reads the tree of an EROFS.</summary>
    /// <remarks>
    /// Only the superblock and the root's inode are read at once. A directory is read when something asks for its entries,
    /// and a file's map and content when something asks for bytes; damage that is found then is thrown then, as an
    /// <see cref="InvalidImageException"/>. Contents refer to the image, which must outlive the tree.
    /// </remarks>
    /// <param name="image">The file system, from its first byte on; what is behind its last block is not looked at.</param>
    /// <returns>The tree, safe to read from several threads.</returns>
    /// <exception cref="InvalidImageException">
    /// There is no such file system, it is damaged, or it has a feature that cannot be read, which the message names.
    /// </exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static FileTree Read(Blob image) => ErofsReader.Read(image);

    /// <summary>Reads what the superblock says, and nothing else; features that cannot be read are no obstacle.</summary>
    /// <param name="image">The file system, from its first byte on.</param>
    /// <exception cref="InvalidImageException">There is no superblock, or one with blocks of no size that can be.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static ErofsInfo ReadInfo(Blob image) => ErofsSuperblock.ReadAny(image).ToInfo();
}
