using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>Reads declared sources from the build machine: a file, or a directory with all below it.</summary>
internal static class HostFiles
{
    /// <summary>One entry: its path below the source, empty for the source itself, and its inode.</summary>
    internal readonly record struct Entry(string RelativePath, Inode Inode);

    /// <summary>The source and what is below it, each directory before its entries, in byte order of names.</summary>
    /// <exception cref="SystemConfigurationException">The source is not there, or a device, pipe or socket is in it.</exception>
    internal static IEnumerable<Entry> Read(string source)
    {
        // The source itself may be a link to what is meant; links below it are copied as links.
        if (Directory.Exists(source))
            return ReadDirectory(new DirectoryInfo(source), "");
        return File.Exists(source)
            ? [new Entry("", ReadFile(new FileInfo(Path.GetFullPath(source))))]
            : throw new SystemConfigurationException($"the source {source} is not there", "correct the path; it starts from the definition's directory");
    }

    private static IEnumerable<Entry> ReadDirectory(DirectoryInfo directory, string path)
    {
        yield return new Entry(path, new DirectoryInode());
        FileSystemInfo[] children = directory.GetFileSystemInfos();
        Array.Sort(children, static (a, b) => new FileName(a.Name).CompareTo(new FileName(b.Name)));
        foreach (FileSystemInfo child in children)
        {
            string below = path.Length == 0 ? child.Name : $"{path}/{child.Name}";
            if (child.LinkTarget is { } target)
            {
                yield return new Entry(below, new SymlinkInode(target));
            }
            else if (child is DirectoryInfo subdirectory)
            {
                foreach (Entry entry in ReadDirectory(subdirectory, below))
                    yield return entry;
            }
            else
            {
                yield return new Entry(below, ReadFile((FileInfo)child));
            }
        }
    }

    private static FileInode ReadFile(FileInfo file)
    {
        // .NET gives a device, a pipe or a socket the attribute Device or no other sign than a type it cannot open.
        if (file.Attributes.HasFlag(FileAttributes.Device) || file is { Exists: true, UnixFileMode: UnixFileMode.None, Length: 0 })
            throw new SystemConfigurationException($"the source {file.FullName} is no regular file that can be read", "leave it out, or make it readable");
        var host = HostFile.FromPath(file.FullName);
        return new FileInode(Blob.FromFile(host, 0, file.Length), (int)file.UnixFileMode & 0xfff);
    }
}
