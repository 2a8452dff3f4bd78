using Diecast.Repart.Sources;

namespace Diecast.Repart.Definitions;

/// <summary>A directory that definitions are looked for in.</summary>
/// <param name="Root">What it is in.</param>
/// <param name="Path">Its path there.</param>
/// <param name="Name">What it is called in messages and listings.</param>
internal sealed record DefinitionDirectory(FileRoot Root, string Path, string Name)
{
    /// <summary>A directory of the host.</summary>
    internal static DefinitionDirectory OfHost(string path) => new(new HostRoot(null), path, path);
}

/// <summary>A definition or a drop-in that was found.</summary>
/// <param name="Directory">Where it is.</param>
/// <param name="Name">Its name.</param>
internal sealed record DefinitionFile(DefinitionDirectory Directory, string Name)
{
    /// <summary>What it is called in messages and listings.</summary>
    internal string Path => System.IO.Path.Combine(Directory.Name, Name);

    /// <summary>Its bytes.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal byte[] Read() => Directory.Root.Find($"{Directory.Path}/{Name}") is { IsDirectory: false } file
        ? file.ReadBytes()
        : throw new FileNotFoundException("there is no such file", Path);
}

/// <summary>Finds definition files and drop-ins in several directories, as systemd does with every configuration.</summary>
internal static class DefinitionFiles
{
    private const string Suffix = ".conf";

    private static readonly string[] Standard = ["/etc/repart.d", "/run/repart.d", "/usr/local/lib/repart.d", "/usr/lib/repart.d"];

    /// <summary>The directories that are searched, the first one before the others.</summary>
    /// <param name="given">Those of <c>--definitions=</c>, on the host; none for the standard ones below the root.</param>
    /// <param name="root">The root of the standard ones.</param>
    internal static IReadOnlyList<DefinitionDirectory> Directories(IReadOnlyList<string> given, FileRoot root) => given.Count > 0
        ? [.. given.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Select(DefinitionDirectory.OfHost)]
        : [.. Standard.Where(path => root.Find(path) is { IsDirectory: true }).Select(path => root.Find(path) is HostFound host
            ? DefinitionDirectory.OfHost(host.Path)
            : new DefinitionDirectory(root, path, root.Path + path))];

    /// <summary>The definition files by name: of equal names that of the first directory counts, and an empty one hides the others.</summary>
    internal static IReadOnlyList<DefinitionFile> List(IReadOnlyList<DefinitionDirectory> directories, string suffix = Suffix)
    {
        var found = new SortedDictionary<string, DefinitionFile>(StringComparer.Ordinal);
        foreach (DefinitionDirectory directory in directories)
        {
            foreach (string name in directory.Root.Names(directory.Path))
            {
                if (name.EndsWith(suffix, StringComparison.Ordinal) && name[0] != '.' && name.Length > suffix.Length)
                    found.TryAdd(name, new DefinitionFile(directory, name));
            }
        }

        return [.. found.Values.Where(file => !file.Directory.Root.IsMask($"{file.Directory.Path}/{file.Name}"))];
    }

    /// <summary>The drop-ins of a definition by name, from <c>NAME.conf.d</c> in all directories.</summary>
    internal static IReadOnlyList<DefinitionFile> DropIns(DefinitionFile definition, IReadOnlyList<DefinitionDirectory> directories) =>
        List([.. directories.Select(directory => directory with
        {
            Path = $"{directory.Path}/{definition.Name}.d",
            Name = Path.Combine(directory.Name, definition.Name + ".d"),
        })]);
}
