using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;
using Diecast.Store;

namespace Diecast.Bases;

/// <summary>A container image on this machine: a directory or an archive, which may be compressed as a whole.</summary>
internal sealed class ContainerFile : IDisposable
{
    private const int MagicSize = 6;
    private const int TarBlock = 512;

    private readonly string? _cacheDirectory;
    private HostFile? _archive;
    private ContentSpool? _spool;

    private ContainerFile(FileTree layout, string? cacheDirectory)
    {
        Layout = layout;
        _cacheDirectory = cacheDirectory;
    }

    /// <summary>The files of the layout or the archive.</summary>
    internal FileTree Layout { get; private set; }

    /// <summary>Opens one.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidImageException">An archive is damaged.</exception>
    internal static ContainerFile Open(string path, string? cacheDirectory, CancellationToken cancellation)
    {
        if (Directory.Exists(path))
            return new ContainerFile(HostDirectoryReader.Read(path, cancellation: cancellation), cacheDirectory);
        var file = new ContainerFile(new FileTree(), cacheDirectory);
        try
        {
            file.ReadArchive(path, cancellation);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens one where a path is one; null where it is something else, such as a disk image.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidImageException">An archive is damaged.</exception>
    internal static ContainerFile? TryOpen(string path, CancellationToken cancellation)
    {
        if (!Directory.Exists(path) && !MayBeOne(path))
            return null;
        ContainerFile? file = Open(path, null, cancellation);
        if (ContainerImage.IsContainer(file.Layout))
            return file;
        file.Dispose();
        return null;
    }

    /// <summary>Unpacks the image that is meant.</summary>
    internal FileTree Flatten(ContainerImage image, CancellationToken cancellation)
    {
        ContentSpool spool = Spool();
        FileTree tree = image.Flatten(spool, cancellation);
        spool.Flush();
        return tree;
    }

    public void Dispose()
    {
        _archive?.Dispose();
        _spool?.Dispose();
    }

    private void ReadArchive(string path, CancellationToken cancellation)
    {
        _archive = HostFile.Open(path);
        Blob bytes = Blob.FromFile(_archive, 0, _archive.MeasureLength());
        byte[] start = bytes.Slice(0, Math.Min(bytes.Length, MagicSize)).ToArray();
        if (Decompression.Detect(start) == CompressionFormat.None)
        {
            Layout = TarReader.Read(bytes, cancellation);
            return;
        }

        using Stream decompressed = Decompression.Open(bytes.OpenRead());
        Layout = TarReader.Read(decompressed, Spool(), cancellation);
        Spool().Flush();
    }

    private ContentSpool Spool() => _spool ??= ContentSpool.CreateTemporary(CacheStore.Open(_cacheDirectory).Root);

    /// <summary>Whether a file begins as an archive of the kind, so that a large disk image is not unpacked to see that it is none.</summary>
    private static bool MayBeOne(string path)
    {
        byte[] block = new byte[TarBlock];
        try
        {
            using Stream file = Decompression.Open(File.OpenRead(path));
            if (file.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length)
                return false;
        }
        catch (Exception exception) when (exception is InvalidImageException or MissingLibraryException)
        {
            return false;
        }

        return ContainerImage.IsFirstBlock(block);
    }
}
