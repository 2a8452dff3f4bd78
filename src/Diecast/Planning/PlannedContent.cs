using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>A partition and what goes into it: a tree for a file system, or bytes as they are, or nothing.</summary>
/// <param name="Partition">The declared partition.</param>
/// <param name="Tree">Files for its file system, or null for none.</param>
/// <param name="Blob">Bytes for a partition without a file system of ours, or null for none.</param>
internal sealed record PlannedContent(Partition Partition, FileTree? Tree, Blob? Blob);
