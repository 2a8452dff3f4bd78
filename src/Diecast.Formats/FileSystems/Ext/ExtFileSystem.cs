using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Writes and reads ext2, ext3 and ext4 file systems.</summary>
public static class ExtFileSystem
{
    /// <summary>Lays out a tree. No content is read, and the tree must not change while the plan is in use.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="options">What the tree does not say.</param>
    /// <exception cref="DoesNotFitException">The tree is larger than <see cref="ExtOptions.Size"/>.</exception>
    /// <exception cref="UnrepresentableException">
    /// The tree or an option asks for what ext2, ext3 or ext4 cannot hold: a name over 255 bytes, a time before 1901 or
    /// after 2446, attributes beyond one block, a directory with two names, a file of 16 TiB.
    /// </exception>
    public static ExtPlan Plan(FileTree tree, ExtOptions options)
    {
        options.Check();
        return new ExtPlan(tree, options);
    }

    /// <summary>Reads the tree of an ext2, ext3 or ext4 file system, with its journal replayed where that is due.</summary>
    /// <remarks>
    /// Only the superblock, the root's inode and a journal that is due are read at once. A directory is read when
    /// something asks for its entries and a file's map when something asks for its content; damage that is found then
    /// is thrown then, as an <see cref="InvalidImageException"/>. Contents refer to the image, which must outlive the
    /// tree. Checksums are not verified, but for those of the journal.
    /// </remarks>
    /// <param name="image">The file system, from its first byte on; what is behind its last block is not looked at.</param>
    /// <returns>The tree, safe to read from several threads; <c>lost+found</c> is in it as any directory.</returns>
    /// <exception cref="InvalidImageException">
    /// There is no such file system, it is damaged, it has a feature that cannot be read, which the message names, or
    /// its journal is due and on another device.
    /// </exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static FileTree Read(Blob image) => ExtReader.Read(image);

    /// <summary>Reads what the superblock says, and nothing else; features that cannot be read are no obstacle.</summary>
    /// <param name="image">The file system, from its first byte on.</param>
    /// <exception cref="InvalidImageException">There is no superblock, or one with blocks of no size or number that can be.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static ExtInfo ReadInfo(Blob image) => ExtInfoReader.Read(image);
}
