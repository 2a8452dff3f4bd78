using Diecast.Formats;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.ForeignFileSystems;

/// <summary>A file system that its own mkfs is to make.</summary>
internal sealed record ForeignRequest
{
    /// <summary>What the definition says of it.</summary>
    internal required PartitionFileSystem Declared { get; init; }

    /// <summary>Its files.</summary>
    internal required FileTree Tree { get; init; }

    /// <summary>Its files with their numbers.</summary>
    internal StagedTree Staged => field ??= new StagedTree(Tree, Declared.HardLinks != HardLinkUse.Ignore);

    internal required Guid Uuid { get; init; }

    /// <summary>An id of some other role.</summary>
    internal required Func<string, Guid> Derive { get; init; }

    /// <summary>When it is said to have been made.</summary>
    internal required Timestamp Time { get; init; }

    /// <summary>Bytes, or null for as few as it takes.</summary>
    internal long? Size { get; init; }

    /// <summary>Bytes beside the content; only where there is no size.</summary>
    internal long FreeBytes { get; init; }

    /// <summary>The least that it may have, where there is no size.</summary>
    internal long MinimumSize { get; init; }

    internal string Label => Declared.Label ?? "";
}
