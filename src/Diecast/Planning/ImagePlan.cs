using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>What an image is made of, all of it decided: a disk, or a tree in an archive.</summary>
internal abstract class ImagePlan
{
    /// <summary>Bytes of the disk, or of what is in the tree.</summary>
    internal abstract long Length { get; }

    /// <summary>The partitions in the order of the table; empty where there is no disk.</summary>
    internal virtual ValueList<PlannedPartition> Partitions => [];

    /// <summary>What stands in an output.</summary>
    /// <param name="format">The output's place in <see cref="Image.Format"/>, from 0.</param>
    internal abstract OutputContent Content(int format);

    /// <summary>Tells everything as stable text, a fact a line.</summary>
    /// <param name="line">Takes a line.</param>
    /// <param name="detail">Whether the place of every file is told.</param>
    internal abstract void Print(Action<FormattableString> line, PlanDetail detail);
}

/// <summary>What stands in one output: the bytes of a file, or files of a directory.</summary>
/// <param name="Bytes">The bytes; empty where it is a directory.</param>
/// <param name="Files">The directory's files; null where it is a file.</param>
internal sealed record OutputContent(Blob Bytes, FileTree? Files = null);

/// <summary>How much a plan's text tells.</summary>
internal enum PlanDetail
{
    /// <summary>No files.</summary>
    Summary,

    /// <summary>The place of every file.</summary>
    Files,
}
