using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems;

/// <summary>
/// A file system that has been laid out and not yet written: every block's place is decided. No content was read, but
/// for a <see cref="PackedFileSystem"/>.
/// </summary>
public abstract class FileSystemPlan
{
    /// <summary>The size of the whole file system in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>The file system as a blob: small metadata pieces and references to the files' content.</summary>
    public abstract Blob ToBlob();

    /// <summary>Writes the whole plan as stable text, every directory and file too, for golden files and comparisons.</summary>
    public abstract void Print(TextWriter writer);

    /// <summary>Writes the plan's first lines, those of the file system as a whole: kind, sizes, ids.</summary>
    public abstract void PrintSummary(TextWriter writer);
}
