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

    /// <summary>Path of the program by which update-grub gets the declared entries.</summary>
    internal const string EntriesPath = "/etc/grub.d/42_diecast";

    /// <summary>grub.cfg.</summary>
    /// <exception cref="BootException">There is no entry, or an argument cannot be passed by GRUB.</exception>
    internal static string Create(GrubMenu menu)
    {
        if (menu.Entries.Count + menu.Declared.Count == 0)
            throw new BootException("the boot menu has no kernel");
        var text = new StringBuilder();
        text.Append("# Made with the image by Diecast. update-grub replaces it; /etc/default/grub.d/diecast.cfg has the same settings.\n\n");
        GrubTerminals.Append(text, menu);
        text.Append(CultureInfo.InvariantCulture, $"set default={menu.Default}\nset timeout={menu.Timeout}\n");
        foreach (GrubMenuEntry entry in menu.Entries.Take(1))
            Append(text, menu, entry, menu.Title);
        foreach (MenuEntry entry in menu.Declared)
            Append(text, entry);
        foreach (GrubMenuEntry entry in menu.Entries.Skip(1))
            Append(text, menu, entry, entry.Note is null ? $"{menu.Title}, with Linux {entry.Version}" : $"{menu.Title} ({entry.Note})");
        return text.ToString();
    }

    /// <summary>Settings with which update-grub, in the running system, writes a menu with the same arguments.</summary>
    /// <exception cref="BootException">An argument cannot be passed by GRUB.</exception>
    internal static string CreateDefaults(GrubMenu menu)
    {
        var text = new StringBuilder();
        text.Append("# Made with the image by Diecast; read by update-grub after /etc/default/grub.\n");
        text.Append("GRUB_DISTRIBUTOR=$(. /etc/os-release && echo \"$NAME\")\n");
        if (menu.Default > 0)
            text.Append(CultureInfo.InvariantCulture, $"GRUB_DEFAULT={GrubText.ShellWord(menu.Declared[menu.Default - 1].Label)}\n");
        text.Append(CultureInfo.InvariantCulture, $"GRUB_TIMEOUT={menu.Timeout}\n");
        text.Append(CultureInfo.InvariantCulture, $"GRUB_CMDLINE_LINUX={GrubText.ShellWord(GrubText.Arguments(menu.Arguments))}\n");
        text.Append("GRUB_CMDLINE_LINUX_DEFAULT=''\n");
        if (menu.Inputs.Count == 0 && menu.Outputs.Count == 0)
        {
            text.Append(menu.Serial is null ? "GRUB_TERMINAL='console'\n" : "GRUB_TERMINAL='console serial'\n");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"GRUB_TERMINAL_INPUT='{Names(menu.Inputs)}'\n");
            text.Append(CultureInfo.InvariantCulture, $"GRUB_TERMINAL_OUTPUT='{Names(menu.Outputs)}'\n");
        }

        if (menu.Serial is { } serial)
            text.Append(CultureInfo.InvariantCulture, $"GRUB_SERIAL_COMMAND='{serial.Command}'\n");

        // Other disks of the machine that builds or rescues are no part of this system.
        text.Append("GRUB_DISABLE_OS_PROBER=true\n");
        return text.ToString();
    }

    /// <summary>A program for /etc/grub.d that prints the declared entries.</summary>
    /// <exception cref="BootException">An argument cannot be passed by GRUB.</exception>
    internal static string CreateEntries(GrubMenu menu)
    {
        return "#!/bin/sh\n# Made with the image by Diecast; run by update-grub: the entries of the definition's menu.\nexec tail -n +4 \"$0\"\n" + CreateDeclared(menu);
    }

    /// <summary>The declared entries.</summary>
    /// <exception cref="BootException">An argument cannot be passed by GRUB.</exception>
    internal static string CreateDeclared(GrubMenu menu)
    {
        var text = new StringBuilder();
        foreach (MenuEntry entry in menu.Declared)
            Append(text, entry);
        return text.ToString();
    }

    private static string Names(IReadOnlyList<MenuTerminal> terminals) =>
        terminals.Count == 0 ? GrubTerminals.Name(MenuTerminal.Console) : string.Join(' ', terminals.Select(GrubTerminals.Name));

    private static void Append(StringBuilder text, GrubMenu menu, GrubMenuEntry entry, string title)
    {
        string arguments = GrubText.Arguments(["root=" + menu.Root, "ro", .. entry.Arguments ?? menu.Arguments]);
        text.Append(CultureInfo.InvariantCulture, $"\nmenuentry {GrubText.ShellWord(title)} --class gnu-linux --class os {{\n");
        text.Append(CultureInfo.InvariantCulture, $"    linux {GrubText.Word(entry.Kernel)} {arguments}\n");
        if (menu.ExtraInitrd is { } extra)
        {
            string first = entry.Initrd is null ? "" : GrubText.Word(entry.Initrd) + " ";
            text.Append(CultureInfo.InvariantCulture, $"    if [ -f {GrubText.Word(extra)} ]; then\n        initrd {first}{GrubText.Word(extra)}\n");
            if (entry.Initrd is not null)
                text.Append(CultureInfo.InvariantCulture, $"    else\n        initrd {GrubText.Word(entry.Initrd)}\n");
            text.Append("    fi\n");
        }
        else if (entry.Initrd is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"    initrd {GrubText.Word(entry.Initrd)}\n");
        }

        text.Append("}\n");
    }

    private static void Append(StringBuilder text, MenuEntry entry)
    {
        text.Append(CultureInfo.InvariantCulture, $"\nmenuentry {GrubText.ShellWord(entry.Label)} {{\n");
        if (entry.Device is { } device)
        {
            (string option, string value) = device.StartsWith("LABEL=", StringComparison.Ordinal)
                ? ("--label", device["LABEL=".Length..]) : ("--fs-uuid", device["UUID=".Length..]);
            text.Append(CultureInfo.InvariantCulture, $"    search --no-floppy --set=root {option} {GrubText.Word(value)}\n");
        }

        if (entry.Linux is { } linux)
        {
            Line("linux", [linux, .. entry.Arguments]);
            if (entry.Initrd.Count > 0)
                Line("initrd", entry.Initrd);
        }
        else if (entry.Multiboot is { } multiboot)
        {
            Line("multiboot", [multiboot, .. entry.MultibootArguments]);
            foreach (MultibootModule module in entry.MultibootModules)
                Line("module", [module.Path, .. module.Arguments]);
        }
        else if (entry.ChainLoader is { } chained)
        {
            Line("chainloader", [chained]);
        }

        text.Append("}\n");

        void Line(string command, IEnumerable<string> words) =>
            text.Append(CultureInfo.InvariantCulture, $"    {command} {GrubText.Arguments(words)}\n");
    }
}
