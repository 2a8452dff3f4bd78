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
    private readonly List<ModuleFile> _ordered = [];

    private ModuleResolver(ModuleIndex index) => _index = index;

    /// <summary>Modules, each after those that it needs, in the order they are to be loaded.</summary>
    /// <param name="index">The kernel's modules.</param>
    /// <param name="required">Names or aliases that must be there, loadable or built in.</param>
    /// <param name="optional">Names or aliases that are left out where the kernel does not have them.</param>
    /// <param name="drivers">Names or aliases of the drivers without which the root is not mounted.</param>
    /// <exception cref="BootException">The kernel lacks required modules; all of them are named.</exception>
    internal static IReadOnlyList<ModuleFile> Resolve(
        ModuleIndex index, IEnumerable<string> required, IEnumerable<string> optional, IEnumerable<string>? drivers = null)
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

        if (missing.Count > 0)
        {
            throw new BootException(
                $"the kernel of {index.Directory} has no module {string.Join(", ", missing)}, neither loadable nor built in; "
                + "remove the name from initrd.modules or use another kernel package");
        }

        missing.AddRange((drivers ?? []).Where(driver => !resolver.Add(driver)));
        return missing.Count == 0
            ? resolver._ordered
            : throw new BootException(
                $"the kernel of {index.Directory} has no driver of {string.Join(", ", missing)}, neither loadable nor built in, and could not mount the root; "
                + "take another kernel package, as Debian's cloud kernels have few file systems, or another file system");
    }

    /// <summary>Adds a module or an alias with all that goes with it; false when the kernel has neither.</summary>
    private bool Add(string name)
    {
        bool found = false;
        foreach (string module in Meanings(name))
        {
            found = true;
            AddFile(module);
        }

        return found || _index.IsBuiltin(name) || _index.ModulesOf(name).Any(_index.IsBuiltin);
    }

    /// <summary>The loadable modules that a name or an alias stands for.</summary>
    private IEnumerable<string> Meanings(string name) =>
        _index.Find(name) is not null
            ? [ModuleIndex.Normalize(name)]
            : _index.ModulesOf(name).Where(module => _index.Find(module) is not null).Select(ModuleIndex.Normalize);

    /// <summary>Adds a loadable module. The stack is our own: chains in a tree may be of any length.</summary>
    private void AddFile(string module)
    {
        var stack = new Stack<IEnumerator<Step>>();
        stack.Push(Steps(module).GetEnumerator());
        while (stack.TryPeek(out IEnumerator<Step>? steps))
        {
            if (!steps.MoveNext())
                stack.Pop().Dispose();
            else if (steps.Current.Load is { } file)
                _ordered.Add(file);
            else if (!_visited.Contains(steps.Current.Module))
                stack.Push(Steps(steps.Current.Module).GetEnumerator());
        }
    }

    private IEnumerable<Step> Steps(string module)
    {
        if (!_visited.Add(module))
            yield break;
        ModuleFile file = _index.Find(module)!;
        SoftDependencies soft = _index.SoftDependenciesOf(module);
        IEnumerable<string> before = Implied.Where(i => i.Module == module).SelectMany(i => i.Before)
            .Concat(soft.Before).Concat(file.Dependencies.Reverse());
        foreach (string other in before.SelectMany(Meanings))
            yield return new Step(other, null);
        yield return new Step(module, file);
        foreach (string other in soft.After.SelectMany(Meanings))
            yield return new Step(other, null);
    }

    /// <summary>What is next for a module: another module, or its own file to load.</summary>
    private readonly record struct Step(string Module, ModuleFile? Load);
}
