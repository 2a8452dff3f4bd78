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
        text.Append(CultureInfo.InvariantCulture, $"default l{menu.Default}\nmenu title {Line(menu.Title)}\n");
        text.Append(CultureInfo.InvariantCulture, $"prompt {Prompt(menu.Timeout)}\ntimeout {Tenths(menu.Timeout)}\n");
        for (int i = 0; i < menu.Entries.Count; i++)
        {
            ExtlinuxEntry entry = menu.Entries[i];
            text.Append(CultureInfo.InvariantCulture, $"\nlabel l{i}\n    menu label {Line(entry.Label)}\n    linux {Word(entry.Kernel)}\n");
            if (entry.Initrd is { } initrd)
                text.Append(CultureInfo.InvariantCulture, $"    initrd {Word(initrd)}\n");
            if (entry.DeviceTrees is { } directory)
                text.Append(CultureInfo.InvariantCulture, $"    fdtdir {Word(directory)}/\n");
            if (entry.Arguments.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"    append {Arguments(entry.Arguments)}\n");
        }

        return text.ToString();
    }

    /// <summary>Settings with which u-boot-update, in the running system, writes a menu with the same arguments.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="copies">Whether the device trees are copied to the file system of /boot.</param>
    internal static string CreateDefaults(BootMenuRequest request, bool copies)
    {
        var text = new StringBuilder();
        text.Append("# Made with the image by Diecast; read by u-boot-update.\n");
        text.Append(CultureInfo.InvariantCulture, $"U_BOOT_ROOT={GrubText.ShellWord("root=" + request.Root)}\n");
        text.Append(CultureInfo.InvariantCulture, $"U_BOOT_PARAMETERS={GrubText.ShellWord(Arguments(["ro", .. request.Arguments]))}\n");
        int timeout = request.Configuration.Timeout;
        text.Append(CultureInfo.InvariantCulture, $"U_BOOT_PROMPT={Prompt(timeout)}\nU_BOOT_TIMEOUT={Tenths(timeout)}\n");
        if (copies)
            text.Append("U_BOOT_SYNC_DTBS=true\n");
        return text.ToString();
    }

    /// <summary>To U-Boot a timeout of zero is none: it waits. Not to wait is not to ask.</summary>
    private static int Prompt(int timeout) => timeout == 0 ? 0 : 1;

    private static int Tenths(int timeout) => Math.Max(0, timeout) * TenthsInSecond;

    private static string Line(string text) => text.Any(char.IsControl) ? throw new BootException($"'{text}' cannot stand in U-Boot's menu: it holds a control character") : text;

    /// <summary>U-Boot takes the first word of the line for a path.</summary>
    private static string Word(string path) => path.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        ? throw new BootException($"the path '{path}' cannot stand in U-Boot's menu: it holds a blank or a control character")
        : path;

    /// <summary>The rest of the line is the command line; U-Boot puts its variables in for what starts with <c>$</c>.</summary>
    private static string Arguments(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(argument =>
        argument.Length > 0 && !argument.Any(c => c == '$' || char.IsControl(c))
            ? argument
            : throw new BootException($"the kernel argument '{argument}' cannot be passed by U-Boot: it is empty, or holds a dollar sign or a control character")));
}
