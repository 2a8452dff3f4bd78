using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>What unified kernel images are made of, taken from a system's tree before it is cut into partitions.</summary>
internal sealed record UnifiedBoot
{
    private const string Directory = "/usr/lib/systemd/boot/efi";
    private const string Package = "systemd-boot-efi";

    /// <summary>The kernels with their initial RAM disks, each for an image of its own, the default first.</summary>
    internal required IReadOnlyList<UnifiedEntry> Kernels { get; init; }

    /// <summary>Other ways to start each of them, whose command lines lack root hashes; the declared ones come behind them. Default: none.</summary>
    internal IReadOnlyList<UkiProfile> Variants { get; init; } = [];

    internal required Architecture Architecture { get; init; }

    /// <summary>The program that starts what is in the image.</summary>
    internal required Blob Stub { get; init; }

    /// <summary>The boot menu, or null where the image starts by itself.</summary>
    internal Blob? Menu { get; init; }

    internal string Release { get; init; } = "";

    internal IReadOnlyList<Blob> Microcode { get; init; } = [];

    internal IReadOnlyList<Blob> DeviceTrees { get; init; } = [];

    /// <summary>The addons by the names of their files.</summary>
    internal IReadOnlyList<(string Name, Blob Program)> Addons { get; init; } = [];

    internal BootloaderConfiguration Loader { get; init; } = new();

    /// <summary>The command line but for root hashes.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Gathers them.</summary>
    /// <param name="root">The system's tree with all that it mounts.</param>
    /// <param name="system">What it was declared as.</param>
    /// <param name="target">Where the root is.</param>
    /// <param name="files">Its kernels and their initial RAM disks.</param>
    /// <param name="imageName">Name and version of the image, or null.</param>
    /// <exception cref="BootException">The tree lacks the stub, the menu or what the definition names.</exception>
    internal static UnifiedBoot Gather(FileTree root, OperatingSystem system, BootTarget target, BootFiles files, string? imageName)
    {
        Architecture architecture = files.Kernels[0].Architecture;
        string name = architecture.EfiName() ?? throw new BootException($"UEFI does not start systems for {architecture}; take another boot loader");
        BootloaderConfiguration loader = system.Bootloader ?? new BootloaderConfiguration();
        UnifiedKernel settings = loader.Uki ?? new UnifiedKernel();
        string[] arguments = target.Arguments(system.Kernel?.Arguments ?? []);
        return new UnifiedBoot
        {
            // Versions of an image are told apart by its own version, and have one kernel each.
            Kernels = [.. files.Kernels.Take(imageName is null ? files.Kernels.Count : 1)
                .Select((kernel, i) => new UnifiedEntry(imageName ?? kernel.Version, kernel.Version, root.ResolveFile(kernel.Path)!.Content, files.Initrds[i]))],
            Architecture = architecture,
            Stub = Find(root, $"{Directory}/linux{name}.efi.stub"),
            Menu = loader.Kind == BootloaderKind.SystemdBoot ? Find(root, $"{Directory}/systemd-boot{name}.efi") : null,
            Release = root.ReadText("/etc/os-release") ?? root.ReadText("/usr/lib/os-release") ?? "",
            Microcode = [.. settings.Microcode.Select(path => Aligned(Declared(root, path)))],
            DeviceTrees = [.. settings.DeviceTrees.Select(path => Declared(root, path))],
            Addons = AddonsOf(root, settings, () => Find(root, $"{Directory}/addon{name}.efi.stub")),
            Loader = loader,
            Arguments =
            [
                .. target.Root.Length == 0 ? (ReadOnlySpan<string>)[] : ["root=" + target.Root],
                "rootfstype=" + target.RootFileSystem,
                .. target.UsrFileSystem is { } usr ? (ReadOnlySpan<string>)["mount.usrfstype=" + usr] : [],
                target.IsReadOnly ? "ro" : "rw",
                .. arguments,
            ],
        };
    }

    /// <summary>The declared addons.</summary>
    internal static IReadOnlyList<(string Name, Blob Program)> AddonsOf(FileTree root, UnifiedKernel settings, Func<Blob> stub) =>
    [
        .. settings.Addons.Select(addon => (addon.Name, UnifiedKernelImage.AssembleAddon(new UkiParts
        {
            Stub = stub(),
            CommandLine = addon.Arguments.Count == 0 ? null : string.Join(' ', addon.Arguments),
            DeviceTree = addon.DeviceTree is { } tree ? Declared(root, tree) : null,
        }))),
    ];

    /// <summary>Puts the images, and what starts them, onto the EFI system partition.</summary>
    /// <param name="esp">Its tree.</param>
    /// <param name="rootHashes">The root hashes by the names of what they protect: root, usr.</param>
    /// <param name="splash">A picture, or null.</param>
    /// <param name="measure">Adds signatures of what a TPM will have measured, or null.</param>
    /// <param name="sign">Signs a program for Secure Boot, or null.</param>
    /// <param name="time">Time of what is written.</param>
    /// <returns>The image that boots unless another is chosen.</returns>
    internal Blob Install(
        FileTree esp, IReadOnlyDictionary<string, string> rootHashes, Blob? splash, Func<UkiParts, UkiParts>? measure, Func<Blob, Blob>? sign, Timestamp time)
    {
        var editor = new TreeEditor(esp, time);
        string name = Architecture.EfiName()!;
        Blob? first = null;
        foreach (UnifiedEntry entry in Kernels)
        {
            UkiParts parts = PartsOf(entry, rootHashes, splash);
            Blob image = Signed(UnifiedKernelImage.Assemble(measure is null ? parts : measure(parts)), sign);
            first ??= image;
            editor.Put(
                Menu is null && image == first ? $"/EFI/BOOT/BOOT{name.ToUpperInvariant()}.EFI" : $"/EFI/Linux/{FileName(entry.Name)}",
                new FileInode(image));
        }

        if (Menu is not null)
        {
            Blob menu = Signed(Menu, sign);
            editor.Put($"/EFI/BOOT/BOOT{name.ToUpperInvariant()}.EFI", new FileInode(menu));
            editor.Put($"/EFI/systemd/systemd-boot{name}.efi", new FileInode(menu));
            editor.WriteText("/loader/loader.conf", Settings());
            // bootctl(1) takes types of entries for missing where this file is not there.
            editor.WriteText("/loader/entries.srel", "type1\n");
        }

        foreach ((string addon, Blob program) in Addons)
            editor.Put($"/loader/addons/{addon}.addon.efi", new FileInode(Signed(program, sign)));
        return first!;
    }

    /// <summary>systemd-boot's counter of tries is a part of the name.</summary>
    private string FileName(string name) =>
        Loader.Uki?.Tries is { } tries ? FormattableString.Invariant($"{name}+{tries}.efi") : name + ".efi";

    private string Settings() => Loader.Timeout < 0 ? "timeout menu-force\n" : FormattableString.Invariant($"timeout {Loader.Timeout}\n");

    private UkiParts PartsOf(UnifiedEntry entry, IReadOnlyDictionary<string, string> rootHashes, Blob? splash)
    {
        string[] hashes =
        [
            .. rootHashes.TryGetValue("root", out string? root) ? (ReadOnlySpan<string>)["roothash=" + root] : [],
            .. rootHashes.TryGetValue("usr", out string? usr) ? (ReadOnlySpan<string>)["usrhash=" + usr] : [],
        ];
        string[] line = [.. hashes, .. Arguments];
        ValueList<KernelProfile> profiles = Loader.Uki?.Profiles ?? [];
        return new UkiParts
        {
            Stub = Stub,
            Kernel = entry.Kernel,
            Initrds = entry.Initrd is { } initrd ? [initrd] : [],
            Microcode = Microcode.Count == 0 ? null : Blob.Concat([.. Microcode]),
            CommandLine = string.Join(' ', line),
            OsRelease = Release,
            KernelRelease = entry.Release,
            Splash = splash,
            DeviceTree = DeviceTrees is [var only] ? only : null,
            DeviceTrees = DeviceTrees.Count > 1 ? DeviceTrees : [],
            Profile = profiles.Count + Variants.Count == 0 ? null : "ID=main\n",
            Profiles =
            [
                .. Variants.Select(variant => variant with { CommandLine = string.Join(' ', [.. hashes, variant.CommandLine!]) }),
                .. profiles.Select(profile => new UkiProfile
                {
                    Profile = ProfileText(profile.Id, profile.Title),
                    CommandLine = string.Join(' ', [.. line, .. profile.Arguments]),
                }),
            ],
        };
    }

    /// <summary>What a boot menu shows of a way to start an image.</summary>
    internal static string ProfileText(string id, string? title) => $"ID={id}\nTITLE={title ?? id}\n";

    private static Blob Signed(Blob program, Func<Blob, Blob>? sign) => sign is null ? program : sign(program);

    private static Blob Find(FileTree root, string path) => root.ResolveFile(path)?.Content
        ?? throw new BootException($"there is no {path} in the tree, which a unified kernel image is made with; add the package {Package} to the base");

    /// <summary>Archives that are joined begin at multiples of four bytes.</summary>
    private static Blob Aligned(Blob archive) => Blob.Concat(archive, Blob.Zeros(-archive.Length & 3));

    internal static Blob Declared(FileTree root, string path) => root.ResolveFile(path)?.Content
        ?? throw new BootException($"there is no {path} in the tree, which bootloader.uki names");
}

/// <summary>A kernel for a unified kernel image of its own.</summary>
/// <param name="Name">Name of the file, without its end.</param>
/// <param name="Release">The kernel's release, or null to look for it in the kernel.</param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Initrd">The initial RAM disk, or null.</param>
internal sealed record UnifiedEntry(string Name, string? Release, Blob Kernel, Blob? Initrd);
