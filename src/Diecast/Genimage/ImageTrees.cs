using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Genimage;

/// <summary>The trees that images are filled with. Files are read when they are written; nothing is copied.</summary>
internal sealed class ImageTrees(GenimageContext context, IReadOnlyList<GenimageImage> images, CancellationToken cancellation)
{
    /// <summary>Where trees are read: the root, or the copy that commands may change.</summary>
    internal string RootPath { get; set; } = context.RootPath;

    /// <summary>Where the content of an image is.</summary>
    internal string PathOf(GenimageImage image) => image.Section.Text("srcpath") is { } source
        ? Path.GetFullPath(source)
        : Path.Combine(RootPath, image.Mountpoint ?? "");

    /// <summary>What an image is filled with.</summary>
    /// <exception cref="BuildException">There is no such directory.</exception>
    internal FileTree Of(GenimageImage image, HostXattrs xattrs = HostXattrs.Portable)
    {
        if (image.Section.Flag("empty") == true)
            return new FileTree();
        string path = PathOf(image);
        if (!Directory.Exists(path))
        {
            string option = image.Section.Find("srcpath") is not null ? "srcpath" : image.Mountpoint is { Length: > 0 } ? "mountpoint" : "size";
            throw image.Section.Wrong(option, $"{image.File} is filled with {path}, which is no directory", "name the root with --rootpath=, or set empty = true");
        }

        FileTree tree = Read(path, xattrs);
        if (image.Section.Find("srcpath") is null)
            LeaveOut(tree, image.Mountpoint ?? "");
        return tree;
    }

    /// <summary>A directory of the host.</summary>
    internal FileTree Read(string path, HostXattrs xattrs)
    {
        FileTree tree = HostDirectoryReader.Read(path, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = xattrs }, cancellation);
        Clamp(tree);
        return tree;
    }

    internal void Clamp(FileTree tree)
    {
        if (context.Latest is not { } latest)
            return;
        tree.Root.ModifiedTime = tree.Root.ModifiedTime.ClampTo(latest);
        foreach (TreeEntry entry in tree.Walk())
            entry.Inode.ModifiedTime = entry.Inode.ModifiedTime.ClampTo(latest);
    }

    /// <summary>What another image has as its mount point is only a directory here.</summary>
    private void LeaveOut(FileTree tree, string mountpoint)
    {
        string prefix = mountpoint.Length == 0 ? "" : mountpoint + "/";
        foreach (string other in images.Select(image => image.Mountpoint ?? "").Where(other => other.Length > 0).Distinct(StringComparer.Ordinal))
        {
            if (other == mountpoint || !other.StartsWith(prefix, StringComparison.Ordinal) || tree.Find("/" + other[prefix.Length..]) is not DirectoryInode directory)
                continue;
            foreach (DirectoryEntry entry in directory.Entries.ToArray())
                directory.Remove(entry.Name);
        }
    }
}
