using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Testing;

/// <summary>Makes a tree of some paths of a directory of the host, its links kept as links.</summary>
public static class HostTree
{
    /// <summary>The paths, with all that is below them, of the directory <paramref name="root"/>. Missing ones are left out.</summary>
    public static FileTree Of(string root, params string[] paths)
    {
        var tree = new FileTree();
        foreach (string path in paths)
            Add(tree, root.TrimEnd('/'), path);
        return tree;
    }

    private static void Add(FileTree tree, string root, string path)
    {
        var file = new FileInfo(root + path);
        if (file.LinkTarget is { } target)
            tree.Set(path, new SymlinkInode(target));
        else if (file.Exists)
            tree.Set(path, new FileInode(Blob.FromFile(HostFile.FromPath(file.FullName), 0, file.Length)));
        if (file.LinkTarget is not null || !Directory.Exists(file.FullName))
            return;
        tree.MakeDirectory(path);
        foreach (string entry in Directory.EnumerateFileSystemEntries(file.FullName).Order(StringComparer.Ordinal))
            Add(tree, root, path.TrimEnd('/') + "/" + Path.GetFileName(entry));
    }
}
