using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;
using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>Reads declared sources from the build machine: a file, or a directory with all below it.</summary>
internal static class HostFiles
{
    // Neither links among the sources nor attributes of the build machine's file system are part of a declaration.
    private static readonly HostDirectoryOptions Options =
        new() { Owner = HostOwner.Root, HardLinks = HostHardLinks.Ignore, Xattrs = HostXattrs.None };

    /// <summary>The source's inode: links to it are followed, links below it are not.</summary>
    /// <exception cref="SystemConfigurationException">It is not there, or is a device, a pipe or a socket, or cannot be read.</exception>
    internal static Inode Read(string source)
    {
        try
        {
            if (Directory.Exists(source))
                return HostDirectoryReader.Read(source, Options).Root;
            return File.Exists(source) ? ReadFile(source) : throw NotThere(source);
        }
        catch (IOException exception)
        {
            throw new SystemConfigurationException($"the source {source} cannot be read: {exception.Message}", "make it readable, or leave it out");
        }
    }

    /// <summary>A regular file's inode: links to it are followed.</summary>
    /// <exception cref="SystemConfigurationException">It is no regular file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static FileInode ReadFile(string source, HostXattrs xattrs = HostXattrs.None)
    {
        string path = Path.GetFullPath(source);
        path = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        var entry = new HostEntry(new HostTreeDirectory(null, Encoding.UTF8.GetBytes(path)), null);
        FileStatus status = HostInode.Stat(0, name, entry);
        if ((status.FullMode & 0xf000) != (int)InodeType.File)
            throw new SystemConfigurationException($"the source {source} is no regular file or directory", "leave it out");
        var file = new FileInode(Blob.FromFile(HostFile.FromPath(path), 0, status.Size), status.FullMode & 0xfff)
        {
            ModifiedTime = new Timestamp(status.ModifiedSeconds, status.ModifiedNanoseconds),
        };
        if (xattrs != HostXattrs.None && HostInode.ReadXattrs(name, xattrs == HostXattrs.All ? static _ => true : HostDirectoryReader.IsPortable, entry) is { Count: > 0 } found)
            file.Xattrs = Xattrs.Create(found);
        return file;
    }

    private static SystemConfigurationException NotThere(string source) =>
        new($"the source {source} is not there", "correct the path; it starts from the definition's directory");
}
