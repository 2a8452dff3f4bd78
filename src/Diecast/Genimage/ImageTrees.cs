using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Processes;

namespace Diecast.Genimage;

/// <summary>The trees that images are filled with. Files are read when they are written; nothing is copied.</summary>
internal sealed class ImageTrees(GenimageContext context, IReadOnlyList<GenimageImage> images, CancellationToken cancellation)
{
    private readonly Dictionary<string, string> _split = new(StringComparer.Ordinal);

    /// <summary>Where the content of an image is.</summary>
    /// <exception cref="ConfigException">There is no such directory.</exception>
    internal string PathOf(GenimageImage image)
    {
        string path = PlaceOf(image);
        if (Directory.Exists(path))
            return path;
        string option = image.Section.Find("srcpath") is not null ? "srcpath" : "mountpoint";
        throw image.Section.Wrong(option, $"{image.File} is filled with {path}, which is no directory", "name the root with --rootpath=, or set empty = true");
    }

    /// <summary>Where the content of an image would be.</summary>
    internal string PlaceOf(GenimageImage image) => image.Section.Text("srcpath") is { } source
        ? Path.GetFullPath(source)
        : _split.TryGetValue(image.Mountpoint ?? "", out string? path) ? path : Path.Combine(context.RootPath, image.Mountpoint ?? "");

    /// <summary>Takes trees from a copy of the root, which commands may change, in which every mount point is a directory of its own.</summary>
    /// <param name="copy">The copy.</param>
    /// <param name="beside">Where the directories go.</param>
    internal void Split(string copy, string beside)
    {
        _split[""] = copy;
        // What lies within another mount point leaves it first.
        foreach (string mountpoint in Mountpoints().OrderByDescending(path => path.Length).ThenBy(path => path, StringComparer.Ordinal))
        {
            string from = Path.Combine(copy, mountpoint);
            if (!Directory.Exists(from))
                continue;
            string to = Path.Combine(beside, "mp-" + mountpoint.Replace('/', '-'));
            DateTime time = Directory.GetLastWriteTimeUtc(Path.GetDirectoryName(from)!);
            Directory.Move(from, to);
            Directory.CreateDirectory(from);
            foreach (string program in (ReadOnlySpan<string>)["chmod", "chown", "touch"])
                ChildProcess.RunForText(new ChildProcessStart { Program = program, Arguments = ["--reference", to, from] }, cancellation);
            Directory.SetLastWriteTimeUtc(Path.GetDirectoryName(from)!, time);
            _split[mountpoint] = to;
        }
    }

    /// <summary>What an image is filled with.</summary>
    /// <exception cref="ConfigException">There is no such directory.</exception>
    internal FileTree Of(GenimageImage image, HostXattrs xattrs = HostXattrs.Portable)
    {
        if (image.IsEmpty)
            return new FileTree();
        FileTree tree = Read(PathOf(image), xattrs);
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

    private IEnumerable<string> Mountpoints() =>
        images.Where(image => image.NeedsTree).Select(image => image.Mountpoint ?? "").Where(path => path.Length > 0).Distinct(StringComparer.Ordinal);

    /// <summary>What another image has as its mount point is only a directory here.</summary>
    private void LeaveOut(FileTree tree, string mountpoint)
    {
        string prefix = mountpoint.Length == 0 ? "" : mountpoint + "/";
        foreach (string other in Mountpoints())
        {
            if (other == mountpoint || !other.StartsWith(prefix, StringComparison.Ordinal) || tree.Find("/" + other[prefix.Length..]) is not DirectoryInode directory)
                continue;
            foreach (DirectoryEntry entry in directory.Entries.ToArray())
                directory.Remove(entry.Name);
        }
    }
}
