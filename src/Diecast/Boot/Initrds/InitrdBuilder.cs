using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>Makes initial RAM disks: a cpio archive, compressed by Zstandard, which Linux unpacks since 5.9.</summary>
internal static class InitrdBuilder
{
    /// <summary>Makes the initial RAM disk of a kernel.</summary>
    /// <returns>The same bytes for the same files, options and version of the compressor.</returns>
    /// <exception cref="BootException">busybox or a declared module is missing from the tree, or not fit.</exception>
    /// <exception cref="MissingLibraryException">A library for the modules' compression, or libzstd, is not installed here.</exception>
    internal static InitrdImage Build(FileTree root, KernelImage kernel, InitrdOptions options)
    {
        ICompressor compressor = Compressors.Zstd(options.CompressionLevel);
        Blob archive = CpioWriter.Write(InitrdTree.Build(root, kernel, options));
        return new InitrdImage(Blob.FromMemory(compressor.Compress(archive)), compressor.Identity);
    }
}
