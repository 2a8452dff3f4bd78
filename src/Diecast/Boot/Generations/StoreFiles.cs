using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>Finds files among the packages of a tree's stores, where no package has a path that is known beforehand.</summary>
internal static class StoreFiles
{
    private static readonly string[] Stores = ["/nix/store", "/gnu/store"];

    /// <summary>Directories of packages by a part of their names, those of the newest version first: <c>grub</c> finds <c>/nix/store/…-grub-2.12</c>.</summary>
    internal static IEnumerable<string> Packages(FileTree root, string name)
    {
        var found = new List<(string Name, string Path)>();
        foreach (string store in Stores)
        {
            if (root.Find(store) is not DirectoryInode directory)
                continue;
            foreach (DirectoryEntry entry in directory.Entries)
            {
                string package = entry.Name.ToString();
                int dash = package.IndexOf('-', StringComparison.Ordinal);
                if (dash > 0 && entry.Inode is DirectoryInode && package.AsSpan(dash + 1).StartsWith(name, StringComparison.Ordinal))
                    found.Add((package[(dash + 1)..], $"{store}/{package}"));
            }
        }

        return found.OrderByDescending(package => package.Name, KernelVersion.Order).ThenBy(package => package.Path, StringComparer.Ordinal).Select(package => package.Path);
    }
}
