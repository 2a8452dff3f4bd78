using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>Cuts a system's tree at its mount points, so that each file system gets what is below its own.</summary>
internal static class TreeSplitter
{
    /// <summary>
    /// Moves what is below each mount point into a tree of its own and leaves the empty directory to mount on.
    /// </summary>
    /// <param name="tree">The whole system; it keeps what is below no other mount point.</param>
    /// <param name="mountPoints">Absolute paths, each once.</param>
    /// <returns>The trees by mount point; the whole system's tree stands for <c>/</c>.</returns>
    internal static Dictionary<string, FileTree> Split(FileTree tree, IEnumerable<string> mountPoints)
    {
        var trees = new Dictionary<string, FileTree>(StringComparer.Ordinal);
        // The deepest first: /boot/efi leaves /boot before /boot leaves the root.
        foreach (string mountPoint in mountPoints.OrderByDescending(Depth).ThenBy(path => path, StringComparer.Ordinal))
        {
            if (mountPoint == "/")
            {
                trees.Add(mountPoint, tree);
                continue;
            }

            DirectoryInode whole = tree.MakeDirectory(mountPoint);
            var left = new DirectoryInode(whole.Mode);
            left.CopyMetadata(whole);
            tree.Set(mountPoint, left);
            trees.Add(mountPoint, new FileTree(whole));
        }

        return trees;
    }

    private static int Depth(string path) => path.Count(character => character == '/');
}
