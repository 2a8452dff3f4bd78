using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>Whose systems a store's system is one of.</summary>
internal enum StoreSystemKind
{
    /// <summary>NixOS.</summary>
    Nixos,

    /// <summary>Guix System.</summary>
    Guix,
}

/// <summary>
/// The first generation of a system that lies in a store, as the system's profile leads to it: it brings its own kernel, initial RAM
/// disk and kernel arguments, and says how they go together.
/// </summary>
internal sealed record SystemGeneration
{
    /// <summary>Whose it is.</summary>
    internal required StoreSystemKind Kind { get; init; }

    /// <summary>The system's path in the store.</summary>
    internal required string Path { get; init; }

    /// <summary>What its menu calls it: the distribution's name, as in <c>NixOS</c>.</summary>
    internal required string Name { get; init; }

    /// <summary>What boots unless another entry is chosen.</summary>
    internal required GenerationEntry Default { get; init; }

    /// <summary>The variants that the system was built with, in byte order of their names; NixOS calls them specialisations.</summary>
    internal IReadOnlyList<GenerationEntry> Specialisations { get; init; } = [];

    /// <summary>What the system mounts when it starts, as far as it says so.</summary>
    internal IReadOnlyList<GenerationMount> Mounts { get; init; } = [];

    /// <summary>What the kernel runs on.</summary>
    internal required Architecture Architecture { get; init; }

    /// <summary>All that can be booted, the default first.</summary>
    internal IEnumerable<GenerationEntry> Entries => [Default, .. Specialisations];

    /// <summary>Whose it is, as a reader knows it.</summary>
    internal string Owner => Kind == StoreSystemKind.Nixos ? "NixOS" : "Guix System";

    /// <summary>The system of a tree, or null where its store holds none that a machine boots.</summary>
    /// <exception cref="BootException">Something of it is not in the tree, or cannot be read.</exception>
    internal static SystemGeneration? Find(FileTree root)
    {
        if (root.RealPath("/nix/var/nix/profiles/system") is { } nixos && root.Find(nixos) is DirectoryInode)
        {
            // One for containers has no kernel.
            return root.Resolve(nixos + "/boot.json") is null && root.Resolve(nixos + "/kernel") is null ? null : NixosSystem.Read(root, nixos);
        }

        return root.RealPath("/var/guix/profiles/system") is { } guix && root.Find(guix) is DirectoryInode ? GuixSystem.Read(root, guix) : null;
    }

    /// <summary>The real path of a file that a system names, or an error.</summary>
    internal static string FileOf(FileTree root, string path, string what, string system)
    {
        // Followed to the file itself, because boot loaders and FAT know other links or none.
        if (path.StartsWith('/') && root.ResolveFile(path) is not null)
            return root.RealPath(path)!;
        throw new BootException($"{system} names {path} as its {what}, which is not in the image; take the system with its closure");
    }

    /// <summary>The real path of the device trees that a top level of NixOS names, or null where it has none.</summary>
    internal static string? DeviceTreesOf(FileTree root, string top) => root.Resolve(top + "/dtbs") is DirectoryInode ? root.RealPath(top + "/dtbs") : null;

    /// <summary>What a kernel runs on.</summary>
    internal static Architecture ArchitectureOf(FileTree root, string kernel) => KernelHeader.Read(root.ResolveFile(kernel)!.Content);
}

/// <summary>One way to boot a generation.</summary>
internal sealed record GenerationEntry
{
    /// <summary>The specialisation's name, or null for the system itself.</summary>
    internal string? Name { get; init; }

    /// <summary>What the system's own configuration calls it in the menu, or null.</summary>
    internal string? Title { get; init; }

    /// <summary>What describes it, as in <c>NixOS 24.05 (Linux 6.6.30)</c>.</summary>
    internal required string Label { get; init; }

    /// <summary>The system's version, as in <c>24.05.20240501.abcdef</c>.</summary>
    internal string Version { get; init; } = "";

    /// <summary>Path of the kernel.</summary>
    internal required string Kernel { get; init; }

    /// <summary>Path of the initial RAM disk, or null where the kernel needs none.</summary>
    internal string? Initrd { get; init; }

    /// <summary>Path of the device tree, or null.</summary>
    internal string? DeviceTree { get; init; }

    /// <summary>Directory of the kernel's device trees, or null.</summary>
    internal string? DeviceTrees { get; init; }

    /// <summary>By what systemd-boot sorts it. Default: nixos.</summary>
    internal string SortKey { get; init; } = "nixos";

    /// <summary>The kernel's arguments, all of them.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }
}

/// <summary>A file system that a generation mounts by itself.</summary>
/// <param name="Source">As in fstab: <c>/dev/disk/by-label/nixos</c>, <c>UUID=…</c>.</param>
/// <param name="MountPoint">Where.</param>
internal sealed record GenerationMount(string Source, string MountPoint)
{
    /// <summary>Type of the file system as fstab has it; empty where the system looks what it finds.</summary>
    internal string Type { get; init; } = "";

    /// <summary>Whether a directory that is mounted already is mounted a second time here.</summary>
    internal bool IsBind { get; init; }

    /// <summary>Whether it is a file system in memory, empty at each start.</summary>
    internal bool IsInMemory => Type is "tmpfs" or "ramfs";

    /// <summary>Whether the system starts without it.</summary>
    internal bool MayBeMissing { get; init; }
}
