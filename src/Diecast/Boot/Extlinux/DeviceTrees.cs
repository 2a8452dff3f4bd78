using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>The device trees that come with a kernel: what a board without ACPI tells it of its hardware.</summary>
internal static class DeviceTrees
{
    /// <summary>Where distributions keep them: Debian, Fedora and openSUSE, Arch.</summary>
    private static readonly string[] Directories = ["/usr/lib/linux-image-{0}", "/lib/linux-image-{0}", "/usr/lib/modules/{0}/dtb", "/boot/dtbs/{0}", "/boot/dtb-{0}"];

    /// <summary>The directory with a kernel's device trees, without links, or null when it has none.</summary>
    internal static string? Find(FileTree root, KernelImage kernel)
    {
        string? path = Directories.Select(form => form.Replace("{0}", kernel.Version, StringComparison.Ordinal))
            .FirstOrDefault(path => root.Resolve(path) is DirectoryInode);
        return path is null ? null : root.RealPath(path);
    }

    /// <summary>Copies a directory's files to another place, where a boot loader reaches them; their contents are shared.</summary>
    internal static void Copy(FileTree root, string source, string target, Timestamp time)
    {
        root.MakeDirectory(target).ModifiedTime = time;
        foreach (DirectoryEntry entry in ((DirectoryInode)root.Resolve(source)!).Entries.ToArray())
        {
            string name = entry.Name.ToString();
            if (entry.Inode is DirectoryInode)
                Copy(root, $"{source}/{name}", $"{target}/{name}", time);
            else if (root.ResolveFile($"{source}/{name}") is { } file)
                root.Set($"{target}/{name}", new FileInode(file.Content) { ModifiedTime = time });
        }
    }
}
