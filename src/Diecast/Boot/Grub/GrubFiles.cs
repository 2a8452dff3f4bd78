using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>GRUB's files for one platform in a tree.</summary>
internal sealed partial class GrubFiles
{
    private static readonly string[] Directories = ["/usr/lib/grub", "/usr/share/grub2", "/usr/lib64/grub"];
    private static readonly string[] Programs = ["/usr/bin/grub-mkimage", "/usr/bin/grub2-mkimage"];

    private readonly FileTree _root;
    private readonly string _directory;
    private readonly string? _package;

    private GrubFiles(FileTree root, string directory, string? package, string version)
    {
        _root = root;
        _directory = directory;
        _package = package;
        Version = version;
    }

    /// <summary>GRUB's version with that of the package, as in <c>2.12-9+deb13u2</c>.</summary>
    internal string Version { get; }

    /// <summary>Path of grub-mkimage in the tree, or null.</summary>
    internal string? Program => (_package is null ? Programs : [_package + "/bin/grub-mkimage"]).FirstOrDefault(p => _root.ResolveFile(p) is not null);

    /// <summary>Whether the platform's files are in the tree.</summary>
    internal static bool Has(FileTree root, GrubPlatform platform) => Locate(root, platform) is not null;

    /// <summary>Finds the platform's files.</summary>
    /// <exception cref="BootException">They are not in the tree.</exception>
    internal static GrubFiles Find(FileTree root, GrubPlatform platform)
    {
        (string directory, string? package) = Locate(root, platform)
            ?? throw new BootException($"GRUB's modules for {platform} are not in the tree; add the package {platform.DebianPackage} to the base");
        Match version = VersionLine().Match(root.ReadText(directory + "/modinfo.sh") ?? "");
        return version.Success
            ? new GrubFiles(root, directory, package, version.Groups[1].Value)
            : throw new BootException($"{directory}/modinfo.sh is not in the tree, or does not say GRUB's version");
    }

    /// <summary>The content of a file of the platform.</summary>
    /// <exception cref="BootException">It is not there.</exception>
    internal Blob Read(string name) =>
        _root.ResolveFile($"{_directory}/{name}")?.Content
        ?? throw new BootException($"{_directory}/{name} is not in the tree; its package is damaged or cut down");

    /// <summary>Whether this version has a module.</summary>
    internal bool HasModule(string name) => _root.ResolveFile($"{_directory}/{name}.mod") is not null;

    /// <summary>The modules and all that they need, sorted by name.</summary>
    internal IReadOnlyList<string> Closure(IEnumerable<string> modules)
    {
        Dictionary<string, string[]> dependencies = ReadDependencies();
        var closure = new SortedSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>(modules);
        while (pending.TryPop(out string? module))
        {
            if (!closure.Add(module))
                continue;
            foreach (string dependency in dependencies.GetValueOrDefault(module, []))
                pending.Push(dependency);
        }

        return [.. closure];
    }

    /// <summary>The directory of a platform, and the package of a store that it is in, or null where it is where distributions have it.</summary>
    private static (string Directory, string? Package)? Locate(FileTree root, GrubPlatform platform)
    {
        IEnumerable<(string, string?)> places = Directories.Select(directory => ($"{directory}/{platform}", (string?)null))
            .Concat(StoreFiles.Packages(root, "grub").Select(package => ($"{package}/lib/grub/{platform}", (string?)package)));
        foreach ((string directory, string? package) in places)
        {
            if (root.ResolveFile(directory + "/moddep.lst") is not null)
                return (directory, package);
        }

        return null;
    }

    private Dictionary<string, string[]> ReadDependencies()
    {
        var dependencies = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (string line in _root.ReadText(_directory + "/moddep.lst")!.Split('\n'))
        {
            if (line.Split(':', 2) is [var name, var needs])
                dependencies[name.Trim()] = needs.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        return dependencies;
    }

    [GeneratedRegex("^grub_package_version=\"?([^\"\n]+)\"?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex VersionLine();
}
