namespace Diecast.Boot;

/// <summary>Chooses the modules of an initial RAM disk and the order to load them in.</summary>
internal sealed class ModuleResolver
{
    /// <summary>
    /// What modules ask the kernel for by name when they are used, and no index tells: before Linux 6.14 ext4 and its
    /// journal take their checksum from the crypto layer by the name crc32c.
    /// </summary>
    private static readonly (string Module, string[] Before)[] Implied =
    [
        ("ext4", ["crc32c"]),
        ("jbd2", ["crc32c"]),
        ("f2fs", ["crc32"]),
        ("vfat", ["nls_cp437", "nls_iso8859_1", "nls_ascii"]),
    ];

    private readonly ModuleIndex _index;
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);
    private readonly List<string> _ordered = [];

    private ModuleResolver(ModuleIndex index) => _index = index;

    /// <summary>Paths of modules, each after those that it needs, in the order they are to be loaded.</summary>
    /// <param name="index">The kernel's modules.</param>
    /// <param name="required">Names or aliases that must be there, loadable or built in.</param>
    /// <param name="optional">Names or aliases that are left out where the kernel does not have them.</param>
    /// <exception cref="BootException">The kernel lacks required modules; all of them are named.</exception>
    internal static IReadOnlyList<string> Resolve(ModuleIndex index, IEnumerable<string> required, IEnumerable<string> optional)
    {
        var resolver = new ModuleResolver(index);
        foreach (string name in optional)
            resolver.Add(name);
        var missing = new List<string>();
        foreach (string name in required)
        {
            if (!resolver.Add(name))
                missing.Add(name);
        }

        return missing.Count == 0
            ? resolver._ordered
            : throw new BootException(
                $"the kernel of {index.Directory} has no module {string.Join(", ", missing)}, neither loadable nor built in; "
                + "remove the name from initrd.modules or use another kernel package");
    }

    /// <summary>Adds a module or an alias; false when the kernel has neither.</summary>
    private bool Add(string name)
    {
        if (_index.Find(name) is { } file)
        {
            AddFile(ModuleIndex.Normalize(name), file);
            return true;
        }

        bool found = _index.IsBuiltin(name);
        foreach (string module in _index.ModulesOf(name))
            found |= (_index.Find(module) is not null && Add(module)) || _index.IsBuiltin(module);
        return found;
    }

    private void AddFile(string name, ModuleFile file)
    {
        if (!_visited.Add(name))
            return;
        foreach (string before in Implied.Where(i => i.Module == name).SelectMany(i => i.Before))
            Add(before);
        SoftDependencies soft = _index.SoftDependenciesOf(name);
        foreach (string before in soft.Before)
            Add(before);
        for (int i = file.Dependencies.Count - 1; i >= 0; i--)
            Add(file.Dependencies[i]);
        _ordered.Add(file.Path);
        foreach (string after in soft.After)
            Add(after);
    }
}
