using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Systems.Units;

/// <summary>A unit file as found in the tree.</summary>
/// <param name="Name">The unit's own name: aliases are followed, an instance stays one.</param>
/// <param name="Path">Where its file is, as links to it are to name it; empty when masked.</param>
/// <param name="File">The file, or null when the unit is masked.</param>
internal sealed record FoundUnit(string Name, string Path, FileInode? File)
{
    internal bool IsMasked => File is null;

    internal string Text => File is null ? "" : Encoding.UTF8.GetString(File.Content.ToArray());
}

/// <summary>Looks for unit files in a tree, along systemd's search path (systemd.unit(5)) as far as images have it.</summary>
internal sealed class UnitSearch(FileTree tree)
{
    internal const string ConfigurationDirectory = "/etc/systemd/system";

    private static readonly string[] SearchPath =
        [ConfigurationDirectory, "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"];

    // With a merged /usr the last directory is the one before it.
    private readonly string[] _directories =
        [.. SearchPath.Where(path => tree.Resolve(path) is DirectoryInode).DistinctBy(path => tree.RealPath(path), StringComparer.Ordinal)];

    internal FileTree Tree => tree;

    /// <summary>Whether the tree has units at all.</summary>
    internal bool HasUnits => _directories.Length > 0;

    /// <summary>Every unit name in the tree, in byte order.</summary>
    internal IReadOnlyList<string> Names()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string directory in _directories)
        {
            foreach (DirectoryEntry entry in ((DirectoryInode)tree.Resolve(directory)!).Entries)
            {
                if (entry.Inode is not DirectoryInode && new UnitName(entry.Name.ToString()).IsValid)
                    names.Add(entry.Name.ToString());
            }
        }

        return [.. names];
    }

    /// <summary>A unit by any of its names; an instance by its template when it has no file of its own.</summary>
    internal FoundUnit? Find(string name)
    {
        var unit = new UnitName(name);
        return FindFile(unit) ?? (unit.IsInstance ? FindFile(unit.Template, unit) : null);
    }

    /// <summary>Drop-ins of a unit in the order in which they are read: by file name, the first directory's winning.</summary>
    internal IReadOnlyList<string> DropIns(UnitName name)
    {
        var byName = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string dropInDirectory in DropInDirectories(name))
        {
            foreach (string directory in _directories)
            {
                string path = $"{directory}/{dropInDirectory}";
                if (tree.Resolve(path) is not DirectoryInode found)
                    continue;
                foreach (DirectoryEntry entry in found.Entries)
                {
                    string file = entry.Name.ToString();
                    if (file.EndsWith(".conf", StringComparison.Ordinal))
                        byName.TryAdd(file, $"{path}/{file}");
                }
            }
        }

        return [.. byName.Values.Select(tree.ReadText).OfType<string>()];
    }

    internal static bool IsNull(SymlinkInode link) => link.Target.Span.SequenceEqual("/dev/null"u8);

    // Those for a cut prefix or for a whole type do not count for installing.
    private static IEnumerable<string> DropInDirectories(UnitName name)
    {
        yield return name + ".d";
        if (name.IsInstance)
            yield return name.Template + ".d";
    }

    private FoundUnit? FindFile(UnitName file, UnitName? wanted = null)
    {
        foreach (string directory in _directories)
        {
            if (tree.Resolve(directory) is not DirectoryInode entries)
                continue;
            string path = $"{directory}/{file}";
            switch (entries.Find(file.Text))
            {
                // systemd.unit(5): an empty file masks as a link to /dev/null does.
                case FileInode { Content.Length: 0 }:
                    return new FoundUnit((wanted ?? file).Text, "", null);
                case FileInode unit:
                    return new FoundUnit((wanted ?? file).Text, path, unit);
                case SymlinkInode link when IsNull(link):
                    return new FoundUnit((wanted ?? file).Text, "", null);
                case SymlinkInode when tree.RealPath(path) is { } target && tree.Resolve(path) is FileInode unit:
                    return new FoundUnit(NameOf(target, wanted ?? file), Listed(target), unit);
                default:
                    continue;
            }
        }

        return null;
    }

    // A link to a template's file stands for the same instance of that template.
    private static string NameOf(string target, UnitName wanted)
    {
        var name = new UnitName(target[(target.LastIndexOf('/') + 1)..]);
        return name.IsTemplate && wanted.IsInstance ? name.WithInstance(wanted.Instance!).Text : name.Text;
    }

    // As the search path spells it, where the file is in one of its directories.
    private string Listed(string target)
    {
        int slash = target.LastIndexOf('/');
        string? directory = Array.Find(_directories, d => tree.RealPath(d) == target[..slash]);
        return directory is null ? target : directory + target[slash..];
    }
}
