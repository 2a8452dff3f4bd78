using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Trees;

/// <summary>Reads a directory of the host into a tree. Files are not opened: contents refer to them.</summary>
/// <remarks>
/// Sizes are those at the time of reading; a file that shrinks later ends in an <see cref="IOException"/> when it is
/// written. Other file systems that are mounted below the directory are read too.
/// </remarks>
public static class HostDirectoryReader
{
    /// <summary>Reads a directory with all that is below it.</summary>
    /// <exception cref="IOException">Something cannot be read; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static FileTree Read(string path, HostDirectoryOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new HostDirectoryOptions();
        // The root may be reached through a link; what is below may not be followed.
        string real = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var directory = new HostTreeDirectory(null, Encoding.UTF8.GetBytes(real == "/" ? "/." : real + "/."));
        var scan = new HostScan();
        DirectoryInode root = new HostScanner(options, scan, cancellation).ReadRoot(directory);
        scan.Run(() => new HostScanner(options, scan, cancellation).ReadDirectory);
        return new FileTree(root);
    }

    /// <summary>Reads what a path names, and nothing below it; a last link is not followed.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static Inode ReadEntry(string path, HostDirectoryOptions options)
    {
        path = Path.GetFullPath(path);
        var directory = new HostTreeDirectory(null, Encoding.UTF8.GetBytes(Path.GetDirectoryName(path)!));
        return new HostScanner(options, new HostScan(), CancellationToken.None).ReadEntry(directory, Encoding.UTF8.GetBytes(Path.GetFileName(path)))
            ?? throw new IOException($"{path} is left out");
    }

    /// <summary>What tells the inode of a path from others, links followed; null where there is none.</summary>
    internal static HostInodeKey? Identify(string path) => FileDescriptor.TryStat(path) is { } status ? HostScanner.KeyOf(status) : null;

    /// <summary>Whether an attribute means the same on every machine.</summary>
    internal static bool IsPortable(FileName name) =>
        name.Span.StartsWith("user."u8) || name.Span.SequenceEqual("security.capability"u8);
}
