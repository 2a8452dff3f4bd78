using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    /// <summary>
    /// The digest of a file that fs-verity protects, as <c>fsverity measure</c> shows it; null where the path leads to no such
    /// file. The first call for a file reads its content, unless the file system has been written.
    /// </summary>
    /// <param name="path">The file, absolute; links are not followed.</param>
    /// <exception cref="IOException">The content cannot be read.</exception>
    public VerityDigest? VerityDigest(string path) =>
        _tree.VerityOf(_tree.Find(path)) is { } verity ? VerityDescriptor.Digest(verity.Tree) : null;

    /// <summary>
    /// Lays the extents of a protected file in the order of their places, which is that of numbers but for the upper
    /// levels of its tree.
    /// </summary>
    private void AddVerityContent(int place, ExtPieces pieces)
    {
        ExtNode node = _tree.Nodes[place];
        Blob content = ContentOf(place);
        ExtVerityFile verity = _tree.VerityOf(node.Source)!;
        Blob beyond = verity.ToBlob();
        ExtExtent[] extents = ExtentsOf(node)[..node.ExtentCount].ToArray();
        Array.Sort(extents, static (a, b) => a.Physical.CompareTo(b.Physical));
        foreach (ExtExtent extent in extents)
        {
            long offset = (long)extent.Logical * _blockSize;
            long length = (long)extent.Blocks * _blockSize;
            pieces.Add(extent.Physical, offset < node.Size
                ? content.Slice(offset, Math.Min(length, node.Size - offset))
                : beyond.Slice(offset - verity.Offset, length));
        }

        AddMap(place, node, pieces);
    }
}
