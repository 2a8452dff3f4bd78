using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>What depmod(8) knows about the modules of one kernel, by normalized name (<c>-</c> is <c>_</c>).</summary>
internal sealed class ModuleIndex
{
    private readonly Dictionary<string, ModuleFile> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _builtin = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SoftDependencies> _soft = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _aliases = new(StringComparer.Ordinal);

    private ModuleIndex(string directory) => Directory = directory;

    /// <summary>The directory that paths of modules start from.</summary>
    internal string Directory { get; }

    /// <summary>Reads modules.dep, modules.builtin, modules.builtin.modinfo, modules.softdep and modules.alias of a directory.</summary>
    /// <exception cref="BootException">There is no modules.dep: depmod did not run.</exception>
    internal static ModuleIndex Read(FileTree root, string directory)
    {
        var index = new ModuleIndex(directory);
        string dependencies = root.ReadText(directory + "/modules.dep")
            ?? throw new BootException($"{directory}/modules.dep is not in the tree; run depmod in the base");
        foreach (string line in Lines(dependencies))
            index.AddFile(line);
        foreach (string line in Lines(root.ReadText(directory + "/modules.builtin")))
            index._builtin.Add(NameOf(line));
        foreach (string line in Lines(root.ReadText(directory + "/modules.softdep")))
            index.AddSoftDependency(Words(line));
        foreach (string line in Lines(root.ReadText(directory + "/modules.alias")))
            index.AddAlias(Words(line));
        // "module.key=value" of what is built in, each ended by a zero byte (kbuild's modules.builtin.modinfo, since Linux 5.2).
        foreach (string entry in (root.ReadText(directory + "/modules.builtin.modinfo") ?? "").Split('\0'))
        {
            if (entry.Split(".alias=", 2) is [var module, var alias])
                index.AddAlias(["alias", alias, module]);
        }

        return index;
    }

    /// <summary>A module's name as the kernel has it: the file's name without directory and suffix, <c>-</c> as <c>_</c>.</summary>
    internal static string NameOf(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        int suffix = name.LastIndexOf(".ko", StringComparison.Ordinal);
        return Normalize(suffix < 0 ? name : name[..suffix]);
    }

    /// <summary>The kernel takes <c>-</c> and <c>_</c> in names of modules for the same.</summary>
    internal static string Normalize(string name) => name.Replace('-', '_');

    /// <summary>The module's file and hard dependencies, or null when it is no loadable module of this kernel.</summary>
    internal ModuleFile? Find(string name) => _files.GetValueOrDefault(Normalize(name));

    /// <summary>Whether the module is part of the kernel image.</summary>
    internal bool IsBuiltin(string name) => _builtin.Contains(Normalize(name));

    /// <summary>Modules to load before and after a module, as modules.softdep has them.</summary>
    internal SoftDependencies SoftDependenciesOf(string name) => _soft.GetValueOrDefault(Normalize(name), SoftDependencies.None);

    /// <summary>Modules that an alias without wildcards stands for, in the order of modules.alias.</summary>
    internal IReadOnlyList<string> ModulesOf(string alias) => _aliases.TryGetValue(alias, out List<string>? modules) ? modules : [];

    private void AddFile(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && line[..colon].Contains(".ko", StringComparison.Ordinal))
            _files[NameOf(line[..colon])] = new ModuleFile(line[..colon], [.. Words(line[(colon + 1)..]).Select(NameOf)]);
    }

    private void AddSoftDependency(string[] words)
    {
        if (words is not ["softdep", var name, .. var rest])
            return;
        SoftDependencies known = SoftDependenciesOf(name);
        var before = new List<string>(known.Before);
        var after = new List<string>(known.After);
        List<string> current = before;
        foreach (string word in rest)
        {
            // Names without a heading come before, as modprobe.d(5) and old modules have them.
            if (word is "pre:" or "post:")
                current = word == "pre:" ? before : after;
            else
                current.Add(word);
        }

        _soft[Normalize(name)] = new SoftDependencies(before, after);
    }

    private void AddAlias(string[] words)
    {
        if (words is not ["alias", var alias, var module] || alias.AsSpan().IndexOfAny("*?[") >= 0)
            return;
        if (!_aliases.TryGetValue(alias, out List<string>? modules))
            _aliases.Add(alias, modules = []);
        if (!modules.Contains(module))
            modules.Add(module);
    }

    private static IEnumerable<string> Lines(string? text) =>
        (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('#'));

    private static string[] Words(string line) =>
        line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A loadable module.</summary>
/// <param name="Path">Path of the file from the directory of the modules, as in <c>kernel/fs/ext4/ext4.ko.xz</c>.</param>
/// <param name="Dependencies">Names of the modules that it needs, in the order of modules.dep: users before used.</param>
internal sealed record ModuleFile(string Path, IReadOnlyList<string> Dependencies)
{
    private const string Suffix = ".ko";

    /// <summary>The file's name without the suffix of its compression, as in <c>ext4.ko</c>.</summary>
    internal string FileName => Path[(Path.LastIndexOf('/') + 1)..(Path.LastIndexOf(Suffix, StringComparison.Ordinal) + Suffix.Length)];

    /// <summary>The suffix of its compression, as in <c>.xz</c>, or nothing.</summary>
    internal string Compression => Path[(Path.LastIndexOf(Suffix, StringComparison.Ordinal) + Suffix.Length)..];
}

/// <summary>Modules that go with a module without being needed for its symbols.</summary>
/// <param name="Before">To load before it; names or aliases.</param>
/// <param name="After">To load after it; names or aliases.</param>
internal sealed record SoftDependencies(IReadOnlyList<string> Before, IReadOnlyList<string> After)
{
    internal static SoftDependencies None { get; } = new([], []);
}
