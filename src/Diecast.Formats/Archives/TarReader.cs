using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>Reads tar archives: v7, ustar, pax and GNU, with sparse files, attributes and ACLs.</summary>
/// <remarks>
/// Names are cut inside the tree: a leading slash is dropped, <c>..</c> is refused, and an entry below a symbolic link
/// goes where the link leads inside the tree. Owners are the numbers in the archive, never its names.
/// See docs/formats/tar.md for what is refused.
/// </remarks>
public static class TarReader
{
    /// <summary>Reads an uncompressed archive in place; file contents refer to it.</summary>
    /// <exception cref="InvalidImageException">The archive is damaged, cut short or hostile.</exception>
    /// <exception cref="IOException">The archive cannot be read.</exception>
    public static FileTree Read(Blob archive, CancellationToken cancellation = default) =>
        new TarParser(new BlobTarSource(archive), cancellation).Run();

    /// <summary>Reads an uncompressed archive in place; file contents refer to the file, which must stay open.</summary>
    /// <exception cref="InvalidImageException">The archive is damaged, cut short or hostile.</exception>
    /// <exception cref="IOException">The archive cannot be read.</exception>
    public static FileTree ReadFile(HostFile archive, CancellationToken cancellation = default) =>
        Read(Blob.FromFile(archive, 0, archive.MeasureLength()), cancellation);

    /// <summary>Reads an archive from a pipe or a decompressor, to the end; file contents are appended to a spool.</summary>
    /// <exception cref="InvalidImageException">The archive is damaged, cut short or hostile.</exception>
    /// <exception cref="IOException">The archive cannot be read or the spool cannot be written.</exception>
    public static FileTree Read(Stream archive, ContentSpool spool, CancellationToken cancellation = default) =>
        new TarParser(new StreamTarSource(archive, spool, copy: false, cancellation), cancellation).Run();

    /// <summary>
    /// Reads an archive from a pipe to the end and keeps a copy of it, byte for byte, which file contents refer to.
    /// </summary>
    /// <exception cref="InvalidImageException">The archive is damaged, cut short or hostile.</exception>
    /// <exception cref="IOException">The archive cannot be read or the copy cannot be written.</exception>
    public static FileTree ReadAndCopy(Stream archive, ContentSpool copy, CancellationToken cancellation = default) =>
        new TarParser(new StreamTarSource(archive, copy, copy: true, cancellation), cancellation).Run();

    internal static InvalidImageException Empty() => new("tar", "the archive is empty");
}
