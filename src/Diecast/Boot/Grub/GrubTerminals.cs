using System.Collections.Immutable;
using System.Text;

namespace Diecast.Boot;

/// <summary>What GRUB's menu is typed on and shown on.</summary>
internal static class GrubTerminals
{
    /// <summary>The font of graphics, as GRUB's package has it and as GRUB looks for it.</summary>
    internal const string FontSource = "/usr/share/grub/unicode.pf2";

    /// <summary>Where the running system has the font.</summary>
    internal const string FontPath = "/boot/grub/fonts/unicode.pf2";

    /// <summary>The terminals that can be typed on.</summary>
    internal static ImmutableArray<MenuTerminal> Inputs { get; } =
        [MenuTerminal.Console, MenuTerminal.Serial, MenuTerminal.AtKeyboard, MenuTerminal.UsbKeyboard];

    /// <summary>The terminals that can be shown on.</summary>
    internal static ImmutableArray<MenuTerminal> Outputs { get; } =
        [MenuTerminal.Console, MenuTerminal.Serial, MenuTerminal.Gfxterm, MenuTerminal.VgaText, MenuTerminal.MdaText, MenuTerminal.Morse, MenuTerminal.Spkmodem];

    /// <summary>GRUB's name, which is that of the module too, but for the console.</summary>
    internal static string Name(MenuTerminal terminal) => terminal switch
    {
        MenuTerminal.AtKeyboard => "at_keyboard",
        MenuTerminal.UsbKeyboard => "usb_keyboard",
        MenuTerminal.VgaText => "vga_text",
        MenuTerminal.MdaText => "mda_text",
        _ => terminal.ToString().ToLowerInvariant(),
    };

    /// <summary>Modules that the core image needs for the terminals and entries, where the platform has them.</summary>
    internal static IReadOnlyList<string> Modules(BootloaderConfiguration loader)
    {
        var modules = new SortedSet<string>(StringComparer.Ordinal);
        foreach (MenuTerminal terminal in loader.TerminalInputs.Concat(loader.TerminalOutputs))
        {
            if (terminal is not (MenuTerminal.Console or MenuTerminal.Serial))
                modules.Add(Name(terminal));
            if (terminal == MenuTerminal.UsbKeyboard)
                modules.UnionWith(["ehci", "ohci", "uhci"]);
        }

        if (loader.MenuEntries.Any(entry => entry.Multiboot is not null))
            modules.UnionWith(["multiboot", "multiboot2"]);
        return [.. modules];
    }

    /// <summary>GRUB's commands that set the terminals up.</summary>
    internal static void Append(StringBuilder text, GrubMenu menu)
    {
        if (menu.Inputs.Count == 0 && menu.Outputs.Count == 0)
        {
            // UEFI firmware that has a serial line shows its own console there, and two would write over each other.
            if (menu.Serial is { } serial)
            {
                text.Append("if [ \"$grub_platform\" = pc ]; then\n    if ").Append(serial.Command).Append("; then\n");
                text.Append("        terminal_input console serial\n        terminal_output console serial\n    fi\nfi\n\n");
            }

            return;
        }

        if (menu.Serial is { } line && menu.Inputs.Concat(menu.Outputs).Contains(MenuTerminal.Serial))
            text.Append(line.Command).Append('\n');
        if (menu.Outputs.Contains(MenuTerminal.Gfxterm))
            text.Append("loadfont \"$prefix/fonts/unicode.pf2\"\nset gfxmode=auto\n");
        if (menu.Inputs.Count > 0)
            text.Append("terminal_input ").AppendJoin(' ', menu.Inputs.Select(Name)).Append('\n');
        if (menu.Outputs.Count > 0)
            text.Append("terminal_output ").AppendJoin(' ', menu.Outputs.Select(Name)).Append('\n');
        text.Append('\n');
    }
}
