using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>Finds the kernels of a tree.</summary>
internal static class KernelFinder
{
    private static readonly string[] ImageDirectories = ["/boot", "/"];
    private static readonly string[] ImageStems = ["vmlinuz-", "vmlinux-"];
    private static readonly string[] ModuleImages = ["vmlinuz", "vmlinux", "Image"];
    private static readonly string[] ModuleDirectories = ["/usr/lib/modules", "/lib/modules"];

    /// <summary>What package managers and administrators leave beside a file.</summary>
    private static readonly string[] Leftovers = [".old", ".bak", ".dpkg-new", ".dpkg-old", ".dpkg-tmp", "~", ".rpmsave", ".rpmnew"];

    /// <summary>The kernels of a tree, newest first.</summary>
    /// <remarks>
    /// An image is <c>/boot/vmlinuz-VERSION</c>, or <c>vmlinuz</c> in the directory of its modules where the
    /// distribution keeps it there. Of two images of one version the one in <c>/boot</c> counts.
    /// </remarks>
    internal static IReadOnlyList<KernelImage> FindAll(FileTree root)
    {
        var found = new SortedDictionary<string, KernelImage>(KernelVersion.Order);
        foreach (string directory in ImageDirectories)
        {
            foreach (string name in Names(root, directory))
            {
                string? stem = ImageStems.FirstOrDefault(s => name.StartsWith(s, StringComparison.Ordinal));
                if (stem is not null && !Leftovers.Any(end => name.EndsWith(end, StringComparison.Ordinal)))
                    Add(root, found, name[stem.Length..], directory.TrimEnd('/') + "/" + name);
            }
        }

        foreach (string modules in ModuleDirectories)
        {
            foreach (string version in Names(root, modules))
            {
                foreach (string image in ModuleImages)
                    Add(root, found, version, $"{modules}/{version}/{image}");
            }
        }

        return [.. found.Values.Reverse()];
    }

    /// <summary>The newest kernel of a tree.</summary>
    /// <exception cref="BootException">There is none.</exception>
    internal static KernelImage Find(FileTree root) =>
        FindAll(root) is [var newest, ..]
            ? newest
            : throw new BootException(
                "there is no kernel in the tree: neither /boot/vmlinuz-VERSION nor /usr/lib/modules/VERSION/vmlinuz; "
                + "name a kernel package (kernel.package, as in linux-image-amd64), or use a base that has one");

    private static void Add(FileTree root, SortedDictionary<string, KernelImage> found, string version, string path)
    {
        if (version.Length == 0 || found.ContainsKey(version) || root.ResolveFile(path) is not { } image)
            return;
        string? modules = ModuleDirectories.Select(d => $"{d}/{version}").FirstOrDefault(d => root.Resolve(d) is DirectoryInode);
        found.Add(version, new KernelImage
        {
            Version = version,
            Path = root.RealPath(path)!,
            ModulesPath = modules is null ? null : root.RealPath(modules),
            Architecture = KernelHeader.Read(image.Content),
        });
    }

    private static IEnumerable<string> Names(FileTree root, string directory) =>
        root.Resolve(directory) is DirectoryInode inode
            ? inode.Entries.ToArray().Select(entry => entry.Name.ToString())
            : [];
}
