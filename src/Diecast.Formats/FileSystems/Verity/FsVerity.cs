using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems;

/// <summary>fs-verity, without a file system.</summary>
public static class FsVerity
{
    /// <summary>
    /// The digest of a content, as <c>fsverity digest</c> has it: what the kernel says of a file with that content once it
    /// is protected. The content is read once.
    /// </summary>
    /// <param name="content">The file's content.</param>
    /// <param name="options">The parameters; a block is 4096 bytes unless they say otherwise. Signatures do not matter.</param>
    /// <exception cref="ArgumentException">The kernel knows no such parameters, or the tree is too large.</exception>
    /// <exception cref="IOException">The content cannot be read.</exception>
    public static VerityDigest Digest(Blob content, VerityOptions options)
    {
        int blockSize = options.BlockSize ?? VerityOptions.UsualBlockSize;
        if (options.Fault(blockSize) is { } fault)
            throw new ArgumentException(fault, nameof(options));
        var shape = new VerityShape(content.Length, blockSize, VerityHash.SizeOf(options.Algorithm));
        if (shape.Fault is { } tooLarge)
            throw new ArgumentException(tooLarge, nameof(options));
        var tree = new VerityTree(content, shape, new VerityHash(options, blockSize));
        return VerityDescriptor.Digest(tree);
    }
}
