using Diecast.Formats.Blobs;
namespace Diecast.Formats.FileSystems;

/// <summary>
/// A file system that had to be compressed to be laid out: where things are follows from how small they became. Its
/// content was read once, and what became of it is in a <see cref="Blobs.ContentSpool"/>, to which its blob refers.
/// </summary>
/// <remarks>
/// The blob is good until the spool is disposed. What is stored as it is may refer to the tree's content instead, so that
/// the tree must not change meanwhile either.
/// </remarks>
public abstract class PackedFileSystem : FileSystemPlan
{
    /// <summary>
    /// Name, version and level of the codec that the bytes depend on, as in <c>zstd 1.5.4 level 15</c>; null where nothing
    /// is compressed.
    /// </summary>
    public abstract string? Codec { get; }
}
