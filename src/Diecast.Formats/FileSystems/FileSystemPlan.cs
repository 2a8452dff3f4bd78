using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems;

/// <summary>
/// A file system that has been laid out and not yet written: every block's place is decided, no content was read.
/// </summary>
public abstract class FileSystemPlan
{
    /// <summary>The size of the whole file system in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>The file system as a blob: small metadata pieces and references to the files' content.</summary>
    public abstract Blob ToBlob();

    /// <summary>Writes the plan as stable text, for golden files and for people.</summary>
    public abstract void Print(TextWriter writer);
}
