using System.Globalization;
using System.Text;

namespace Diecast.Boot;

/// <summary>
/// grub.cfg of a store's system, with the titles that the system's own installer gives (nixpkgs, install-grub.pl; Guix,
/// gnu/bootloader/grub.scm), so that its first rebuild changes nothing that anyone has grown used to.
/// </summary>
internal static class GenerationMenu
{
    /// <summary>The time of the profile's link, as of everything that belongs to a store.</summary>
    private const string Date = "1970-01-01";
    private const string Indent = "    ";

    /// <summary>grub.cfg.</summary>
    /// <param name="generation">The system.</param>
    /// <param name="menu">The declared part of the menu: terminals, time, entries.</param>
    /// <param name="search">GRUB's command that finds the file system of kernels.</param>
    /// <param name="pathOf">The path by which GRUB knows a file of the system.</param>
    /// <exception cref="BootException">An argument cannot be passed by GRUB.</exception>
    internal static string Create(SystemGeneration generation, GrubMenu menu, string search, Func<string, string> pathOf)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Made with the image by Diecast; {generation.Owner} replaces it when it is changed.\n\n");
        GrubTerminals.Append(text, menu);
        text.Append(search).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"set default={menu.Default}\nset timeout={menu.Timeout}\n");
        if (generation.Kind == StoreSystemKind.Guix)
        {
            Append(text, generation.Default.Label, generation.Default, search, pathOf, "");
            text.Append(GrubConfig.CreateDeclared(menu));
            return text.ToString();
        }

        AppendGeneration(text, generation.Name, "", generation, search, pathOf, "", () => text.Append(GrubConfig.CreateDeclared(menu)));
        text.Append(CultureInfo.InvariantCulture, $"\nsubmenu {GrubText.ShellWord(generation.Name + " - All configurations")} --class submenu {{\n");
        string name = generation.Name + " - Configuration 1";
        string suffix = $" ({Date} - {generation.Default.Version})";
        if (generation.Specialisations.Count == 0)
        {
            AppendGeneration(text, name, suffix, generation, search, pathOf, Indent, null);
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"{Indent}submenu {GrubText.ShellWord($"> {name}{suffix}")} --class submenu {{\n");
            AppendGeneration(text, name, suffix, generation, search, pathOf, Indent + Indent, null);
            text.Append(Indent).Append("}\n");
        }

        text.Append("}\n");
        return text.ToString();
    }

    private static void AppendGeneration(
        StringBuilder text, string name, string suffix, SystemGeneration generation, string search, Func<string, string> pathOf, string indent, Action? afterFirst)
    {
        Append(text, name + (generation.Specialisations.Count == 0 ? "" : " - Default") + suffix, generation.Default, search, pathOf, indent);
        afterFirst?.Invoke();
        foreach (GenerationEntry entry in generation.Specialisations)
            Append(text, $"{name} - {entry.Title ?? $"({entry.Name} - {Date} - {entry.Version})"}", entry, search, pathOf, indent);
    }

    private static void Append(StringBuilder text, string title, GenerationEntry entry, string search, Func<string, string> pathOf, string indent)
    {
        string options = entry.Arguments.Any(argument => argument.StartsWith("init=", StringComparison.Ordinal)) ? " --class nixos --unrestricted" : "";
        text.Append('\n').Append(indent).Append(CultureInfo.InvariantCulture, $"menuentry {GrubText.ShellWord(title)}{options} {{\n");
        text.Append(indent).Append(Indent).Append(search).Append('\n');
        text.Append(indent).Append(CultureInfo.InvariantCulture, $"{Indent}linux {GrubText.Word(pathOf(entry.Kernel))} {GrubText.Arguments(entry.Arguments)}\n");
        if (entry.Initrd is { } initrd)
            text.Append(indent).Append(CultureInfo.InvariantCulture, $"{Indent}initrd {GrubText.Word(pathOf(initrd))}\n");
        text.Append(indent).Append("}\n");
    }
}
