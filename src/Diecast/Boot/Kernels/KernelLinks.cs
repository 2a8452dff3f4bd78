using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>
/// The links /vmlinuz and /initrd.img, which Debian's kernel packages keep (linux-update-symlinks(1)). Without an
/// initrd at the time of installation they make none for it, or leave one that leads nowhere.
/// </summary>
internal static class KernelLinks
{
    private static readonly string[] Directories = ["", "/boot"];
    private static readonly string[] Suffixes = ["", ".old"];

    /// <summary>Lets each initrd link stand beside the kernel link of its kind, and removes those without one.</summary>
    internal static void Update(FileTree root)
    {
        foreach (string directory in Directories)
        {
            foreach (string suffix in Suffixes)
                Update(root, $"{directory}/vmlinuz{suffix}", $"{directory}/initrd.img{suffix}");
        }
    }

    private static void Update(FileTree root, string kernel, string initrd)
    {
        Inode? there = root.Find(initrd);
        if (there is not (null or SymlinkInode))
            return;
        if (root.Find(kernel) is SymlinkInode link && root.ResolveFile(kernel) is not null
            && Target(link.Target.ToString()) is { } target)
        {
            var made = new SymlinkInode(target) { Uid = link.Uid, Gid = link.Gid, ModifiedTime = link.ModifiedTime };
            root.Set(initrd, made);
            if (root.ResolveFile(initrd) is not null)
                return;
        }

        if (root.Find(initrd) is not null && root.ResolveFile(initrd) is null)
            root.Remove(initrd);
    }

    /// <summary>The initrd that goes with a kernel, by the kernel packages' names.</summary>
    private static string? Target(string kernel)
    {
        int name = kernel.LastIndexOf('/') + 1;
        const string Stem = "vmlinuz-";
        return kernel.AsSpan(name).StartsWith(Stem, StringComparison.Ordinal)
            ? string.Concat(kernel.AsSpan(0, name), "initrd.img-", kernel.AsSpan(name + Stem.Length))
            : null;
    }
}
