using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>The times of a tree.</summary>
internal static class Timestamps
{
    /// <summary>Sets every time that is later than the epoch to the epoch; earlier ones stay.</summary>
    public static void Clamp(FileTree tree, Timestamp epoch)
    {
        tree.Root.ModifiedTime = tree.Root.ModifiedTime.ClampTo(epoch);
        foreach (TreeEntry entry in tree.Walk())
            entry.Inode.ModifiedTime = entry.Inode.ModifiedTime.ClampTo(epoch);
    }
}
