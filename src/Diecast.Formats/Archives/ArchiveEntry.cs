using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>A name of a tree as archives list them: the path relative to the root, in bytes.</summary>
internal readonly record struct ArchiveEntry(byte[] Path, Inode Inode)
{
    /// <summary>The path, for messages.</summary>
    internal string Display => Encoding.UTF8.GetString(Path);

    /// <summary>All entries below the root, depth first, each directory before its entries, names in byte order.</summary>
    internal static List<ArchiveEntry> List(FileTree tree)
    {
        var entries = new List<ArchiveEntry>();
        var pending = new Stack<ArchiveEntry>();
        Push(pending, [], tree.Root);
        while (pending.TryPop(out ArchiveEntry entry))
        {
            entries.Add(entry);
            if (entry.Inode is DirectoryInode directory)
                Push(pending, [.. entry.Path, (byte)'/'], directory);
        }

        return entries;
    }

    private static void Push(Stack<ArchiveEntry> pending, byte[] prefix, DirectoryInode directory)
    {
        ReadOnlySpan<DirectoryEntry> entries = directory.Entries;
        for (int i = entries.Length - 1; i >= 0; i--)
            pending.Push(new ArchiveEntry([.. prefix, .. entries[i].Name.Span], entries[i].Inode));
    }
}
