using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Sources;

/// <summary>A directory of the host.</summary>
/// <param name="root">The directory, or null for the host's own root.</param>
internal sealed class HostRoot(string? root) : FileRoot
{
    internal override string Path => root ?? "/";

    internal override FoundFile? Find(string path) => RootedPath.Resolve(root, path) is { } host ? new HostFound(host, Path) : null;

    internal override IReadOnlyList<string> Names(string directory) => RootedPath.Resolve(root, directory) is { } host && Directory.Exists(host)
        ? [.. Directory.EnumerateFiles(host).Select(path => System.IO.Path.GetFileName(path))]
        : [];

    internal override bool IsMask(string path)
    {
        var file = new FileInfo(System.IO.Path.Join(Path, path));
        string? target = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        return target == "/dev/null" || new FileInfo(target ?? file.FullName) is { Exists: true, Length: 0 };
    }
}

/// <summary>A file of the host.</summary>
/// <param name="path">Its path, without links.</param>
/// <param name="root">The root that it was found below.</param>
internal sealed class HostFound(string path, string root) : FoundFile
{
    private static readonly HostDirectoryOptions Everything = new() { Owner = HostOwner.Keep, Xattrs = HostXattrs.All };

    internal string Path => path;

    internal override bool IsDirectory => Directory.Exists(path);

    internal override object? Key => HostDirectoryReader.Identify(path);

    internal override IEnumerable<object> KeysAbove
    {
        get
        {
            string top = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(root));
            for (string? at = System.IO.Path.GetDirectoryName(path); at is not null; at = System.IO.Path.GetDirectoryName(at))
            {
                if (HostDirectoryReader.Identify(at) is { } key)
                    yield return key;
                if (at == top)
                    break;
            }
        }
    }

    internal override byte[] ReadBytes() => File.ReadAllBytes(path);

    internal override Inode Describe() => HostDirectoryReader.ReadEntry(path == "/" ? "/." : path, Everything);

    internal override Inode Read(IReadOnlyDictionary<object, HostOmission> omitted, VerityFiles? verity, CancellationToken cancellation)
    {
        HostDirectoryOptions options = Everything with
        {
            Omitted = omitted.ToDictionary(pair => (HostInodeKey)pair.Key, pair => pair.Value),
            Seen = verity is null ? null : verity.Take,
        };
        return IsDirectory ? HostDirectoryReader.Read(path, options, cancellation).Root : HostDirectoryReader.ReadEntry(path, options with { Omitted = null });
    }
}
