using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Planning;

/// <summary>
/// Which files of a base come and go together: those of one source package of dpkg, else of one item of a Nix or Guix store,
/// else of one directory below a top directory.
/// </summary>
internal sealed class FileOwnership
{
    private const string Info = "/var/lib/dpkg/info";
    private const string Status = "/var/lib/dpkg/status";
    private const string ListEnd = ".list";
    private const int NamedDirectories = 2;

    private static readonly string[] Stores = ["/nix/store/", "/gnu/store/"];

    private readonly FileTree _tree;
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _parents = new(StringComparer.Ordinal);
    private readonly bool _hasPackages;

    internal FileOwnership(FileTree tree)
    {
        _tree = tree;
        if (tree.Resolve(Info) is not DirectoryInode directory)
            return;
        Dictionary<string, string> sources = ReadSources(tree.ReadText(Status) ?? "");
        // In the order of names, so that of two owners (a diversion) it is always the same.
        foreach (DirectoryEntry entry in directory.Entries.ToArray())
        {
            string name = entry.Name.ToString();
            if (!name.EndsWith(ListEnd, StringComparison.Ordinal) || entry.Inode is not FileInode list)
                continue;
            _hasPackages = true;
            string package = name[..^ListEnd.Length].Split(':')[0];
            Read(list, sources.GetValueOrDefault(package, package));
        }
    }

    /// <summary>The group of a file, or null where it belongs to none.</summary>
    /// <param name="path">Absolute path, none of its directories a link.</param>
    internal string? GroupOf(string path)
    {
        if (_owners.TryGetValue(path, out string? owner))
            return owner;
        foreach (string store in Stores)
        {
            if (path.StartsWith(store, StringComparison.Ordinal))
                return path[store.Length..].Split('/')[0];
        }

        if (_hasPackages)
            return null;
        string[] parts = path.Split('/');
        return parts.Length > NamedDirectories + 1 ? string.Join('/', parts.Take(NamedDirectories + 1)) : null;
    }

    private void Read(FileInode list, string owner)
    {
        foreach (string line in Encoding.UTF8.GetString(list.Content.ToArray()).Split('\n'))
        {
            int slash = line.LastIndexOf('/');
            if (slash <= 0)
                continue;
            // dpkg keeps the paths of packages, and /bin/sh may lie in /usr/bin.
            string parent = line[..slash];
            if (!_parents.TryGetValue(parent, out string? real))
                _parents.Add(parent, real = _tree.RealPath(parent));
            if (real is not null)
                _owners.TryAdd((real == "/" ? "" : real) + line[slash..], owner);
        }
    }

    /// <summary>The source of each package, by deb822's fields Package and Source (deb-src-control(5)).</summary>
    private static Dictionary<string, string> ReadSources(string status)
    {
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        string package = "";
        foreach (string line in status.Split('\n'))
        {
            if (line.StartsWith("Package: ", StringComparison.Ordinal))
                package = line["Package: ".Length..].Trim();
            else if (line.StartsWith("Source: ", StringComparison.Ordinal) && package.Length > 0)
                sources[package] = line["Source: ".Length..].Trim().Split(' ')[0];
        }

        return sources;
    }
}
