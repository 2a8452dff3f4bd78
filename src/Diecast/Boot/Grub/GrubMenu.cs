namespace Diecast.Boot;

/// <summary>GRUB's menu: what it boots and how.</summary>
internal sealed record GrubMenu
{
    /// <summary>The system's name, as in <c>Debian GNU/Linux 13 (trixie)</c>.</summary>
    internal required string Title { get; init; }

    /// <summary>The kernels, the default first.</summary>
    internal required IReadOnlyList<GrubMenuEntry> Entries { get; init; }

    /// <summary>The root as the kernel's root= has it, as in <c>UUID=…</c>.</summary>
    internal required string Root { get; init; }

    /// <summary>Kernel arguments after root= and ro.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Seconds before the default entry boots; -1 waits for a key. Default: 1.</summary>
    internal int Timeout { get; init; } = 1;

    /// <summary>Line to show the menu on beside the screen, or null.</summary>
    internal SerialLine? Serial { get; init; }
}

/// <summary>One kernel of the menu.</summary>
/// <param name="Version">Version, for the title.</param>
/// <param name="Kernel">Path of the image as GRUB sees it.</param>
/// <param name="Initrd">Path of the initial RAM disk as GRUB sees it, or null for none.</param>
internal sealed record GrubMenuEntry(string Version, string Kernel, string? Initrd);
