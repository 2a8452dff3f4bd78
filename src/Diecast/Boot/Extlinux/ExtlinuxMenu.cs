namespace Diecast.Boot;

/// <summary>U-Boot's menu: what it boots and how.</summary>
internal sealed record ExtlinuxMenu
{
    /// <summary>The system's name, as in <c>Debian GNU/Linux 13 (trixie)</c>.</summary>
    internal required string Title { get; init; }

    /// <summary>The entries in order.</summary>
    internal required IReadOnlyList<ExtlinuxEntry> Entries { get; init; }

    /// <summary>Which entry boots unless another is chosen. Default: 0.</summary>
    internal int Default { get; init; }

    /// <summary>Seconds before the default entry boots; 0 asks nobody, -1 waits for a key. Default: 1.</summary>
    internal int Timeout { get; init; } = 1;
}

/// <summary>One entry of the menu, with paths as U-Boot sees them.</summary>
/// <param name="Label">What the menu says.</param>
/// <param name="Kernel">The image.</param>
/// <param name="Initrd">The initial RAM disk, or null for none.</param>
/// <param name="DeviceTrees">Directory of the device trees, or null where U-Boot's own is to do.</param>
/// <param name="Arguments">The kernel's.</param>
internal sealed record ExtlinuxEntry(string Label, string Kernel, string? Initrd, string? DeviceTrees, IReadOnlyList<string> Arguments);

/// <summary>What a boot loader is told of a system beside its kernels.</summary>
/// <param name="Title">The system's name.</param>
/// <param name="Root">The root as the kernel's root= has it.</param>
/// <param name="Arguments">Kernel arguments after root= and ro.</param>
/// <param name="Kept">Those with which a volatile root keeps changes, or null where it is not volatile.</param>
/// <param name="Configuration">The declared menu.</param>
internal sealed record BootMenuRequest(
    string Title, string Root, IReadOnlyList<string> Arguments, IReadOnlyList<string>? Kept, BootloaderConfiguration Configuration);
