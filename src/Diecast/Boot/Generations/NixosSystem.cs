using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>Reads how a NixOS system boots: from <c>boot.json</c>, or where that is missing from the files beside it.</summary>
internal static class NixosSystem
{
    private const string SpecialisationDirectory = "specialisation";

    /// <summary>Reads a top level.</summary>
    /// <exception cref="BootException">Something of it is not in the tree, or cannot be read.</exception>
    internal static SystemGeneration Read(FileTree root, string top)
    {
        string spec = top + "/boot.json";
        IReadOnlyList<GenerationEntry> entries = root.ReadText(spec) is { } text && BootSpec.Parse(root, text, spec) is { } parsed ? parsed : Synthesize(root, top);
        return new SystemGeneration
        {
            Kind = StoreSystemKind.Nixos,
            Path = top,
            Name = NameOf(root, top),
            Default = entries[0],
            Specialisations = [.. entries.Skip(1)],
            Mounts = GenerationMounts.Parse(root.ReadText(top + "/etc/fstab") ?? ""),
            Architecture = SystemGeneration.ArchitectureOf(root, entries[0].Kernel),
        };
    }

    /// <summary>NAME of os-release(5), which is <c>system.nixos.distroName</c>.</summary>
    private static string NameOf(FileTree root, string top)
    {
        const string Key = "NAME=";
        string? line = (root.ReadText(top + "/etc/os-release") ?? "").Split('\n').LastOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line?[Key.Length..].Trim().Trim('"', '\'') is { Length: > 0 } name ? name : "NixOS";
    }

    /// <summary>The version of a system, which its file says.</summary>
    internal static string Version(FileTree root, string top) => root.ReadText(top + "/nixos-version")?.Trim() ?? "";

    /// <summary>What <c>system.nixos.tags</c> or <c>boot.loader.grub.configurationName</c> calls a system, or null.</summary>
    internal static string? ConfigurationName(FileTree root, string top) =>
        root.ReadText(top + "/configuration-name")?.Trim() is { Length: > 0 } name ? name : null;

    /// <summary>
    /// Refuses secrets of an initial RAM disk: the program that adds them reads them where it runs, on the machine itself. Where there
    /// are none it is there too, and adds nothing.
    /// </summary>
    internal static void CheckSecrets(FileTree root, string program)
    {
        const string Place = ".initrd-secrets/";
        if (root.ReadText(program) is { } script && script.Split('\n').Any(line => line.Contains("cp -a", StringComparison.Ordinal) && line.Contains(Place, StringComparison.Ordinal)))
        {
            throw new BootException(
                $"{program} puts secrets into the initial RAM disk when the boot loader is installed, which is on the machine that has them; "
                + "remove boot.initrd.secrets, and add them when the machine runs");
        }
    }

    /// <summary>What nixpkgs' <c>synthesize</c> makes of systems that were built before there was a bootspec.</summary>
    private static List<GenerationEntry> Synthesize(FileTree root, string top)
    {
        var entries = new List<GenerationEntry> { Entry(root, top, null) };
        if (root.Resolve($"{top}/{SpecialisationDirectory}") is not DirectoryInode directory)
            return entries;
        foreach (string name in directory.Entries.ToArray().Select(entry => entry.Name.ToString()).Order(StringComparer.Ordinal))
        {
            string path = $"{top}/{SpecialisationDirectory}/{name}";
            entries.Add(Entry(root, root.RealPath(path) ?? path, name));
        }

        return entries;
    }

    private static GenerationEntry Entry(FileTree root, string top, string? name)
    {
        if (root.Resolve(top + "/xen.gz") is not null)
            throw new BootException($"{top} is a system that Xen starts, which is not supported; build it without virtualisation.xen");
        if (root.Resolve(top + "/append-initrd-secrets") is not null)
            CheckSecrets(root, top + "/append-initrd-secrets");
        string version = Version(root, top);
        return new GenerationEntry
        {
            Name = name,
            Title = ConfigurationName(root, top),
            Label = version.Length > 0 ? "NixOS " + version : "NixOS",
            Version = version,
            Kernel = SystemGeneration.FileOf(root, top + "/kernel", "kernel", top),
            Initrd = root.Resolve(top + "/initrd") is null ? null : SystemGeneration.FileOf(root, top + "/initrd", "initial RAM disk", top),
            DeviceTrees = SystemGeneration.DeviceTreesOf(root, top),
            Arguments = [$"init={top}/init", .. Words(root.ReadText(top + "/kernel-params") ?? "")],
        };
    }

    /// <summary>Arguments as the kernel cuts them: at blanks, unless these are within double quotes (lib/cmdline.c, next_arg).</summary>
    internal static IEnumerable<string> Words(string line)
    {
        var word = new StringBuilder();
        bool isQuoted = false;
        foreach (char c in line)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            if (!isQuoted && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                    yield return word.ToString();
                word.Clear();
            }
            else
            {
                word.Append(c);
            }
        }

        if (word.Length > 0)
            yield return word.ToString();
    }
}
