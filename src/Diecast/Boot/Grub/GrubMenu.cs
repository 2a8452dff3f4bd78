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

    /// <summary>Entries of the definition's own, which come after the first kernel.</summary>
    internal IReadOnlyList<MenuEntry> Declared { get; init; } = [];

    /// <summary>The entry that boots unless another is chosen: 0 for the first kernel, then those of <see cref="Declared"/>.</summary>
    internal int Default { get; init; }

    /// <summary>Seconds before the default entry boots; -1 waits for a key. Default: 1.</summary>
    internal int Timeout { get; init; } = 1;

    /// <summary>Line to show the menu on beside the screen, or null.</summary>
    internal SerialLine? Serial { get; init; }

    /// <summary>What the menu is typed on, or nothing for the console, and with BIOS the serial line.</summary>
    internal IReadOnlyList<MenuTerminal> Inputs { get; init; } = [];

    /// <summary>What the menu is shown on, or nothing for the console, and with BIOS the serial line.</summary>
    internal IReadOnlyList<MenuTerminal> Outputs { get; init; } = [];

    /// <summary>A second initial RAM disk for every kernel, as GRUB sees it, which need not be there; or null.</summary>
    internal string? ExtraInitrd { get; init; }
}

/// <summary>One kernel of the menu.</summary>
/// <param name="Version">Version, for the title.</param>
/// <param name="Kernel">Path of the image as GRUB sees it.</param>
/// <param name="Initrd">Path of the initial RAM disk as GRUB sees it, or null for none.</param>
internal sealed record GrubMenuEntry(string Version, string Kernel, string? Initrd)
{
    /// <summary>What tells a second entry of the same kernel from the first, or null.</summary>
    internal string? Note { get; init; }

    /// <summary>Arguments in place of the menu's, or null.</summary>
    internal IReadOnlyList<string>? Arguments { get; init; }
}
