namespace Diecast.Boot;

/// <summary>U-Boot's menu: what it boots and how.</summary>
internal sealed record ExtlinuxMenu
{
    /// <summary>The system's name, as in <c>Debian GNU/Linux 13 (trixie)</c>.</summary>
    internal required string Title { get; init; }

    /// <summary>The kernels, the default first.</summary>
    internal required IReadOnlyList<ExtlinuxEntry> Entries { get; init; }

    /// <summary>The root as the kernel's root= has it, as in <c>UUID=…</c>.</summary>
    internal required string Root { get; init; }

    /// <summary>Kernel arguments after root= and ro.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Seconds before the default entry boots; 0 asks nobody, -1 waits for a key. Default: 1.</summary>
    internal int Timeout { get; init; } = 1;
}

/// <summary>One kernel of the menu, with paths as U-Boot sees them.</summary>
/// <param name="Version">Version, for the title.</param>
/// <param name="Kernel">The image.</param>
/// <param name="Initrd">The initial RAM disk.</param>
/// <param name="DeviceTrees">Directory of the device trees, or null where U-Boot's own is to do.</param>
internal sealed record ExtlinuxEntry(string Version, string Kernel, string Initrd, string? DeviceTrees);
