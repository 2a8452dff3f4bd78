using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>
/// What the unified kernel image of a NixOS system is made of: all of it is the top level's own, as nixpkgs' <c>system.build.uki</c> has
/// it, with the specialisations as profiles of the one image.
/// </summary>
internal static class UnifiedGeneration
{
    /// <summary>systemd 257 is the first whose stub knows profiles; to others the last command line is the only one.</summary>
    private const int ProfileVersion = 257;

    /// <summary>What nixpkgs calls an image without <c>system.image.id</c> (nixos/modules/system/boot/uki.nix).</summary>
    private const string DefaultName = "nixos";

    /// <summary>Gathers it.</summary>
    /// <param name="root">The system's tree.</param>
    /// <param name="generation">The system.</param>
    /// <param name="loader">What is declared of the boot loader.</param>
    /// <param name="image">Name and version of the image, where it is declared to have a version.</param>
    /// <param name="isProtected">Whether root hashes are among the arguments.</param>
    /// <exception cref="BootException">The closure lacks the stub or the menu, or says something else than the definition.</exception>
    internal static UnifiedBoot Gather(
        FileTree root, SystemGeneration generation, BootloaderConfiguration loader, (string Name, string Version)? image, bool isProtected)
    {
        string name = generation.Architecture.EfiName()!;
        UnifiedKernel settings = loader.Uki ?? new UnifiedKernel();
        Blob stub = Find(root, generation, $"linux{name}.efi.stub");
        GenerationEntry main = generation.Default;
        if (isProtected)
            CheckArguments(generation);
        // Without a menu nothing could choose one of them.
        IReadOnlyList<GenerationEntry> variants = loader.Kind == BootloaderKind.Uki ? [] : generation.Specialisations;
        if (variants.Count > 0 || settings.Profiles.Count > 0)
            CheckStub(stub, variants);
        string release = root.ReadText(generation.Path + "/etc/os-release")
            ?? throw new BootException($"there is no {generation.Path}/etc/os-release, by which a boot menu knows a unified kernel image; build the system with it (environment.etc.os-release)");
        return new UnifiedBoot
        {
            Kernels = [new UnifiedEntry(FileName(release, image), null, Content(root, main.Kernel), main.Initrd is { } initrd ? Content(root, initrd) : null)],
            Variants = [.. variants.Select(variant => VariantOf(root, main, variant))],
            Architecture = generation.Architecture,
            Stub = stub,
            Menu = loader.Kind == BootloaderKind.Uki ? null : Find(root, generation, $"systemd-boot{name}.efi"),
            Release = image is var (id, version) ? WithVersion(release, id, version) : release,
            DeviceTrees = settings.DeviceTrees.Count > 0
                ? [.. settings.DeviceTrees.Select(path => UnifiedBoot.Declared(root, path))]
                : main.DeviceTree is { } tree ? [Content(root, tree)] : [],
            Addons = UnifiedBoot.AddonsOf(root, settings, () => Find(root, generation, $"addon{name}.efi.stub")),
            Loader = loader,
            Arguments = main.Arguments,
        };
    }

    /// <summary>What a specialisation has in common with the system is in the image once.</summary>
    private static UkiProfile VariantOf(FileTree root, GenerationEntry main, GenerationEntry variant) => new()
    {
        Profile = UnifiedBoot.ProfileText(variant.Name!, variant.Title),
        CommandLine = string.Join(' ', variant.Arguments),
        Kernel = variant.Kernel == main.Kernel ? null : Content(root, variant.Kernel),
        Initrds = variant.Initrd is not { } initrd || initrd == main.Initrd ? [] : [Content(root, initrd)],
        DeviceTree = variant.DeviceTree is not { } tree || tree == main.DeviceTree ? null : Content(root, tree),
    };

    private static Blob Content(FileTree root, string path) => root.ResolveFile(path)!.Content;

    private static Blob Find(FileTree root, SystemGeneration generation, string program) => LoaderEntries.Find(root, generation, program)
        ?? throw new BootException(
            $"there is no lib/systemd/boot/efi/{program} in the closure of {generation.Path}, which a unified kernel image is made with; "
            + "add pkgs.systemd, built withBootloader, to base.nix.paths, or to the system as system.extraDependencies");

    /// <summary>A hash that is there twice is one of another build.</summary>
    private static void CheckArguments(SystemGeneration generation)
    {
        foreach (GenerationEntry entry in generation.Entries)
        {
            if (entry.Arguments.FirstOrDefault(argument => argument.StartsWith("roothash=", StringComparison.Ordinal) || argument.StartsWith("usrhash=", StringComparison.Ordinal)) is { } given)
                throw new BootException($"{generation.Path} has {given} among its kernel arguments, and the hash is made with the image; remove it from boot.kernelParams");
        }
    }

    private static void CheckStub(Blob stub, IReadOnlyList<GenerationEntry> variants)
    {
        if (VersionOf(stub) is not { } version || version >= ProfileVersion)
            return;
        string what = variants.Count > 0 ? $"the specialisation {variants[0].Name}" : "a declared profile";
        throw new BootException(string.Create(
            CultureInfo.InvariantCulture,
            $"{what} is a profile of the unified kernel image, which systemd knows since {ProfileVersion}, and the closure's is of {version}; build the system with a newer nixpkgs, or without it"));
    }

    /// <summary>The version that a stub says of itself (systemd, src/boot/efi/stub.c: <c>#### LoaderInfo: systemd-stub 257 ####</c>), or null.</summary>
    private static int? VersionOf(Blob stub)
    {
        const string Section = ".sdmagic";
        const string Start = "systemd-stub ";
        if (PeFile.Read(stub).Find(Section) is not { } section)
            return null;
        string text = System.Text.Encoding.Latin1.GetString(section.Content.ToArray());
        int at = text.IndexOf(Start, StringComparison.Ordinal);
        if (at < 0)
            return null;
        string digits = new([.. text[(at + Start.Length)..].TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, CultureInfo.InvariantCulture, out int version) ? version : null;
    }

    /// <summary>As nixpkgs' <c>system.boot.loader.ukiFile</c>: the image's name with its version.</summary>
    private static string FileName(string release, (string Name, string Version)? image)
    {
        if (image is var (name, version))
            return $"{name}_{version}";
        string own = ValueOf(release, "IMAGE_ID") ?? DefaultName;
        return ValueOf(release, "IMAGE_VERSION") is { } ownVersion ? $"{own}_{ownVersion}" : own;
    }

    /// <summary>Versions of an image are sorted by what os-release says, in the menu and in the running system alike.</summary>
    private static string WithVersion(string release, string name, string version)
    {
        if (ValueOf(release, "IMAGE_VERSION") is { } own)
        {
            return own == version
                ? release
                : throw new BootException($"the system is of version {own} (system.image.version), and the image of version {version}; give image.version: {own}, or set the option to {version}");
        }

        string lines = release.EndsWith('\n') ? release : release + "\n";
        return $"{lines}{(ValueOf(release, "IMAGE_ID") is null ? $"IMAGE_ID=\"{name}\"\n" : "")}IMAGE_VERSION=\"{version}\"\n";
    }

    private static string? ValueOf(string release, string key)
    {
        string? line = release.Split('\n').LastOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal));
        return line?[(key.Length + 1)..].Trim().Trim('"', '\'') is { Length: > 0 } value ? value : null;
    }
}
