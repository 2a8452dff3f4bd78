namespace Diecast.Repart.Definitions;

/// <summary>Finds definition files and drop-ins in several directories, as systemd does with every configuration.</summary>
internal static class DefinitionFiles
{
    private const string Suffix = ".conf";

    private static readonly string[] Standard = ["/etc/repart.d", "/run/repart.d", "/usr/local/lib/repart.d", "/usr/lib/repart.d"];

    /// <summary>The directories that are searched, the first one before the others.</summary>
    /// <param name="given">Those of <c>--definitions=</c>, on the host; none for the standard ones below the root.</param>
    /// <param name="root">The root of the standard ones, or null for the host's.</param>
    internal static IReadOnlyList<string> Directories(IReadOnlyList<string> given, string? root) =>
        given.Count > 0
            ? [.. given.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)]
            : [.. Standard.Select(path => RootedPath.Resolve(root, path)).OfType<string>()];

    /// <summary>The definition files by name: of equal names that of the first directory counts, and an empty one hides the others.</summary>
    internal static IReadOnlyList<string> List(IReadOnlyList<string> directories) => Merge(directories);

    /// <summary>The drop-ins of a definition by name, from <c>NAME.conf.d</c> in all directories.</summary>
    internal static IReadOnlyList<string> DropIns(string definition, IReadOnlyList<string> directories) =>
        Merge([.. directories.Select(directory => Path.Combine(directory, Path.GetFileName(definition) + ".d"))]);

    private static List<string> Merge(IReadOnlyList<string> directories)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string directory in directories.Where(Directory.Exists))
        {
            foreach (string path in Directory.EnumerateFiles(directory))
            {
                string name = Path.GetFileName(path);
                if (name.EndsWith(Suffix, StringComparison.Ordinal) && name[0] != '.' && name.Length > Suffix.Length)
                    found.TryAdd(name, path);
            }
        }

        return [.. found.Values.Where(path => !IsMask(path))];
    }

    /// <summary>An empty file, or a link to /dev/null, says that there is to be none of its name.</summary>
    private static bool IsMask(string path)
    {
        string? target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        return target == "/dev/null" || new FileInfo(target ?? path).Length == 0;
    }
}
