using Diecast.Formats.Blobs;

namespace Diecast.Planning;

/// <summary>Bytes at a fixed place of the disk.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Source">Where they come from: a path in the tree, or a file's name on the host.</param>
/// <param name="Offset">First byte on the disk.</param>
/// <param name="Content">The bytes.</param>
internal sealed record PlannedBlob(string Name, string Source, long Offset, Blob Content)
{
    /// <summary>The first byte behind them.</summary>
    internal long End => Offset + Content.Length;
}
