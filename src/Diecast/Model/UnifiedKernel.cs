namespace Diecast;

/// <summary>
/// A unified kernel image: one program for UEFI that holds the kernel, the initial RAM disk and the command line, so that one
/// signature is for all of them.
/// </summary>
public sealed record UnifiedKernel
{
    /// <summary>A picture to show while it starts: a BMP file, relative to the definition. Default: none.</summary>
    public string? Splash { get; init; }

    /// <summary>Updates of the processor's microcode by their absolute paths in the system, as cpio archives. Default: none.</summary>
    public ValueList<string> Microcode { get; init; } = [];

    /// <summary>Device trees by their absolute paths in the system; of several the one that the firmware's names. Default: none.</summary>
    public ValueList<string> DeviceTrees { get; init; } = [];

    /// <summary>Other ways to start it, which the boot menu has an entry for each of. Default: none.</summary>
    public ValueList<KernelProfile> Profiles { get; init; } = [];

    /// <summary>
    /// Addons, for every unified kernel image on the EFI system partition: signed on their own, they stay when an update brings
    /// another image. Default: none.
    /// </summary>
    public ValueList<KernelAddon> Addons { get; init; } = [];

    /// <summary>
    /// A private key, a PEM file relative to the definition, that the expected values of PCR 11 are signed with, so that a TPM gives a
    /// secret to every version of the image that is signed by it (systemd-measure). Default: none, they are not.
    /// </summary>
    public string? PcrKey { get; init; }

    /// <summary>
    /// How often it may fail to come up before an older one boots, 1 to 99; written into its file's name. Default: not counted.
    /// </summary>
    public int? Tries { get; init; }
}

/// <summary>A way to start a unified kernel image.</summary>
public sealed record KernelProfile
{
    /// <summary>A short name: letters, digits, . _ and -.</summary>
    public required string Id { get; init; }

    /// <summary>The title in the boot menu. Default: the name.</summary>
    public string? Title { get; init; }

    /// <summary>Kernel arguments beside those of the first way. Default: none.</summary>
    public ValueList<string> Arguments { get; init; } = [];
}

/// <summary>What is added to unified kernel images without making them anew.</summary>
public sealed record KernelAddon
{
    /// <summary>Name of its file, <c>/loader/addons/NAME.addon.efi</c>: letters, digits, . _ and -.</summary>
    public required string Name { get; init; }

    /// <summary>Kernel arguments that are added. Default: none.</summary>
    public ValueList<string> Arguments { get; init; } = [];

    /// <summary>A device tree that takes the place of the image's, by its absolute path in the system. Default: none.</summary>
    public string? DeviceTree { get; init; }
}
