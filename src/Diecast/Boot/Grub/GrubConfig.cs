using System.Globalization;
using System.Text;

namespace Diecast.Boot;

/// <summary>The texts that GRUB and update-grub read.</summary>
internal static class GrubConfig
{
    /// <summary>Path of grub.cfg in the running system.</summary>
    internal const string Path = "/boot/grub/grub.cfg";

    /// <summary>Path of the settings for update-grub, read after /etc/default/grub.</summary>
    internal const string DefaultsPath = "/etc/default/grub.d/diecast.cfg";

    /// <summary>grub.cfg.</summary>
    /// <remarks>
    /// The serial line is set up for BIOS only: UEFI firmware that has one shows its own console there, and two would
    /// write over each other.
    /// </remarks>
    /// <exception cref="BootException">There is no entry, or an argument cannot be passed by GRUB.</exception>
    internal static string Create(GrubMenu menu)
    {
        if (menu.Entries.Count == 0)
            throw new BootException("the boot menu has no kernel");
        var text = new StringBuilder();
        text.Append("# Made with the image by Diecast. update-grub replaces it; /etc/default/grub.d/diecast.cfg has the same settings.\n\n");
        if (menu.Serial is { } serial)
        {
            text.Append("if [ \"$grub_platform\" = pc ]; then\n");
            text.Append(CultureInfo.InvariantCulture, $"    if {serial.Command}; then\n");
            text.Append("        terminal_input console serial\n        terminal_output console serial\n    fi\nfi\n\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"set default=0\nset timeout={menu.Timeout}\n");
        for (int i = 0; i < menu.Entries.Count; i++)
            Append(text, menu, menu.Entries[i], i == 0 ? menu.Title : $"{menu.Title}, with Linux {menu.Entries[i].Version}");
        return text.ToString();
    }

    /// <summary>Settings with which update-grub, in the running system, writes a menu with the same arguments.</summary>
    /// <exception cref="BootException">An argument cannot be passed by GRUB.</exception>
    internal static string CreateDefaults(GrubMenu menu)
    {
        var text = new StringBuilder();
        text.Append("# Made with the image by Diecast; read by update-grub after /etc/default/grub.\n");
        text.Append("GRUB_DISTRIBUTOR=$(. /etc/os-release && echo \"$NAME\")\n");
        text.Append(CultureInfo.InvariantCulture, $"GRUB_TIMEOUT={menu.Timeout}\n");
        text.Append(CultureInfo.InvariantCulture, $"GRUB_CMDLINE_LINUX={GrubText.ShellWord(GrubText.Arguments(menu.Arguments))}\n");
        text.Append("GRUB_CMDLINE_LINUX_DEFAULT=''\n");
        text.Append(menu.Serial is null ? "GRUB_TERMINAL='console'\n" : "GRUB_TERMINAL='console serial'\n");
        if (menu.Serial is { } serial)
            text.Append(CultureInfo.InvariantCulture, $"GRUB_SERIAL_COMMAND='{serial.Command}'\n");

        // Other disks of the machine that builds or rescues are no part of this system.
        text.Append("GRUB_DISABLE_OS_PROBER=true\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, GrubMenu menu, GrubMenuEntry entry, string title)
    {
        string arguments = GrubText.Arguments(["root=" + menu.Root, "ro", .. menu.Arguments]);
        text.Append(CultureInfo.InvariantCulture, $"\nmenuentry {GrubText.ShellWord(title)} --class gnu-linux --class os {{\n");
        text.Append(CultureInfo.InvariantCulture, $"    linux {GrubText.Word(entry.Kernel)} {arguments}\n");
        if (entry.Initrd is not null)
            text.Append(CultureInfo.InvariantCulture, $"    initrd {GrubText.Word(entry.Initrd)}\n");
        text.Append("}\n");
    }
}
