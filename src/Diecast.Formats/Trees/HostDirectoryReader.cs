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
        var scan = new HostScan(options.HardLinks);
        DirectoryInode root = new HostScanner(options, scan, cancellation).ReadRoot(directory);
        scan.Add(root, directory);
        scan.Run(() => new HostScanner(options, scan, cancellation).ReadDirectory);
        return new FileTree(root);
    }
}
