using System.Globalization;
using System.Text;

namespace Diecast.Boot;

/// <summary>
/// The menu that U-Boot reads from a board's disk (U-Boot, doc/README.pxe and doc/develop/distro.rst), and the settings by
/// which Debian's u-boot-update writes it anew when kernels come and go.
/// </summary>
internal static class ExtlinuxConfig
{
    /// <summary>Path of the menu in the running system. U-Boot looks for it below <c>/</c> and <c>/boot</c> of a partition.</summary>
    internal const string Path = "/boot/extlinux/extlinux.conf";

    /// <summary>Path of the settings for u-boot-update.</summary>
    internal const string DefaultsPath = "/etc/u-boot-menu/conf.d/diecast.conf";

    private const int TenthsInSecond = 10;

    /// <summary>extlinux.conf.</summary>
    /// <exception cref="BootException">There is no entry, or an argument cannot be passed by U-Boot.</exception>
    internal static string Create(ExtlinuxMenu menu)
    {
        if (menu.Entries.Count == 0)
            throw new BootException("the boot menu has no kernel");
        var text = new StringBuilder();
        text.Append("# Made with the image by Diecast. u-boot-update replaces it; /etc/u-boot-menu/conf.d/diecast.conf has the same settings.\n");
        text.Append(CultureInfo.InvariantCulture, $"default l0\nmenu title {menu.Title}\n");
        text.Append(CultureInfo.InvariantCulture, $"prompt {Prompt(menu)}\ntimeout {Tenths(menu)}\n");
        string arguments = Arguments(["root=" + menu.Root, "ro", .. menu.Arguments]);
        for (int i = 0; i < menu.Entries.Count; i++)
        {
            ExtlinuxEntry entry = menu.Entries[i];
            text.Append(CultureInfo.InvariantCulture, $"\nlabel l{i}\n    menu label {menu.Title}{(i == 0 ? "" : $", with Linux {entry.Version}")}\n");
            text.Append(CultureInfo.InvariantCulture, $"    linux {entry.Kernel}\n    initrd {entry.Initrd}\n");
            if (entry.DeviceTrees is { } directory)
                text.Append(CultureInfo.InvariantCulture, $"    fdtdir {directory}/\n");
            text.Append(CultureInfo.InvariantCulture, $"    append {arguments}\n");
        }

        return text.ToString();
    }

    /// <summary>Settings with which u-boot-update, in the running system, writes a menu with the same arguments.</summary>
    /// <param name="menu">The menu.</param>
    /// <param name="copies">Whether the device trees are copied to the file system of /boot.</param>
    internal static string CreateDefaults(ExtlinuxMenu menu, bool copies)
    {
        var text = new StringBuilder();
        text.Append("# Made with the image by Diecast; read by u-boot-update.\n");
        text.Append(CultureInfo.InvariantCulture, $"U_BOOT_ROOT={GrubText.ShellWord("root=" + menu.Root)}\n");
        text.Append(CultureInfo.InvariantCulture, $"U_BOOT_PARAMETERS={GrubText.ShellWord(Arguments(["ro", .. menu.Arguments]))}\n");
        text.Append(CultureInfo.InvariantCulture, $"U_BOOT_PROMPT={Prompt(menu)}\nU_BOOT_TIMEOUT={Tenths(menu)}\n");
        if (copies)
            text.Append("U_BOOT_SYNC_DTBS=true\n");
        return text.ToString();
    }

    /// <summary>To U-Boot a timeout of zero is none: it waits. Not to wait is not to ask.</summary>
    private static int Prompt(ExtlinuxMenu menu) => menu.Timeout == 0 ? 0 : 1;

    private static int Tenths(ExtlinuxMenu menu) => Math.Max(0, menu.Timeout) * TenthsInSecond;

    /// <summary>The rest of the line is the command line; U-Boot puts its variables in for what starts with <c>$</c>.</summary>
    private static string Arguments(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(argument =>
        argument.Length > 0 && !argument.Any(c => c == '$' || char.IsControl(c))
            ? argument
            : throw new BootException($"the kernel argument '{argument}' cannot be passed by U-Boot: it is empty, or holds a dollar sign or a control character")));
}
