using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Writes and reads ISO 9660 images: Rock Ridge, Joliet, El Torito, zisofs, and images that are disks too.</summary>
public static class IsoFileSystem
{
    /// <summary>
    /// Lays out a tree. No content is read, but that of files of equal length where <see cref="IsoOptions.ShareEqualContent"/>
    /// asks for it; boot images are read when they are written.
    /// </summary>
    /// <param name="tree">The tree; it must not change while the plan is in use.</param>
    /// <param name="options">What the tree does not say.</param>
    /// <exception cref="UnrepresentableException">
    /// The tree or an option asks for what ISO 9660 cannot hold; all that is wrong with the tree is told at once.
    /// </exception>
    public static IsoPlan Plan(FileTree tree, IsoOptions options)
    {
        options.Check();
        if (options.Zisofs is not null)
            throw new UnrepresentableException(IsoFormat.Name, null, "files can be compressed by packing alone");
        return new IsoPlan(tree, options, new Dictionary<Inode, IsoContent>());
    }

    /// <summary>
    /// Lays out a tree whose files are compressed, as <see cref="IsoOptions.Zisofs"/> says. They are read here.
    /// </summary>
    /// <param name="tree">The tree; it must not change while the result is in use.</param>
    /// <param name="options">What the tree does not say.</param>
    /// <param name="spool">Where compressed files go, behind what is there; it must outlive the result.</param>
    /// <param name="run">Threads, progress and cancellation; null for the defaults.</param>
    /// <exception cref="UnrepresentableException">
    /// The tree or an option asks for what ISO 9660 cannot hold; all that is wrong with the tree is told at once.
    /// </exception>
    /// <exception cref="MissingLibraryException">zlib is not installed.</exception>
    /// <exception cref="IOException">Content cannot be read, or the spool cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the spool has something useless at its end.</exception>
    public static IsoPackedPlan Pack(FileTree tree, IsoOptions options, ContentSpool spool, PackOptions? run = null)
    {
        options.Check();
        var packer = new IsoPacker(options, spool, run ?? new PackOptions());
        return new IsoPackedPlan(new IsoPlan(tree, options, packer.Pack(tree)), packer.Codec);
    }

    /// <summary>Reads a tree: by Rock Ridge where it is, else by Joliet, else by the plain names.</summary>
    /// <remarks>
    /// All directories are read at once; contents refer to the image, which must outlive the tree, and are read, and
    /// compressed ones decompressed, when they are asked for. Directories that were moved for being deep are where they
    /// belong. Without Rock Ridge everything belongs to root, directories have mode 0755 and files 0644.
    /// </remarks>
    /// <param name="image">The image, from its first sector on.</param>
    /// <param name="cancellation">Ends the reading between two directories.</param>
    /// <exception cref="InvalidImageException">There is no such file system, it is damaged, or has what cannot be read.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static FileTree Read(Blob image, CancellationToken cancellation = default) => new IsoReader(image, cancellation).Read();

    /// <summary>Reads the volume descriptors and the boot catalogue.</summary>
    /// <param name="image">The image, from its first sector on.</param>
    /// <exception cref="InvalidImageException">There is no such file system, or a damaged descriptor.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public static IsoInfo ReadInfo(Blob image) => IsoInfoReader.Read(image);
}
