using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>The keyboard: /etc/default/keyboard (Debian's console-setup and X) and /etc/vconsole.conf (systemd).</summary>
internal static class KeyboardSettings
{
    private const string DebianFile = "/etc/default/keyboard";
    private const string SystemdFile = "/etc/vconsole.conf";

    private static readonly string[] KeymapDirectories =
        ["/usr/share/keymaps", "/usr/share/kbd/keymaps", "/usr/lib/kbd/keymaps", "/lib/kbd/keymaps"];

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (system.Keyboard is not { } keyboard)
            return;
        if (!IsValid(keyboard))
            throw Error(keyboard);
        string xkb = $"XKBMODEL=\"{keyboard.Model}\"\nXKBLAYOUT=\"{keyboard.Layout}\"\nXKBVARIANT=\"{keyboard.Variant}\"\nXKBOPTIONS=\"{keyboard.Options}\"\n";
        if (edit.Exists("/etc/default"))
            edit.WriteText(DebianFile, xkb + "BACKSPACE=\"guess\"\n");
        // Debian 13's systemd has vconsole.conf as a link to the file above.
        if (edit.Find(SystemdFile) is not SymlinkInode || !edit.Exists(SystemdFile))
            edit.WriteText(SystemdFile, Keymap(edit.Tree, keyboard) + xkb);
    }

    internal static bool IsValid(Keyboard keyboard) =>
        keyboard.Layout.Length > 0 && keyboard.Model.Length > 0
        && new[] { keyboard.Layout, keyboard.Model, keyboard.Variant, keyboard.Options }.All(IsValue);

    internal static SystemConfigurationException Error(Keyboard keyboard) =>
        new(
            $"the keyboard '{keyboard.Layout}' with model '{keyboard.Model}', variant '{keyboard.Variant}' and options '{keyboard.Options}' is none of keyboard(5)",
            "write XKB names, as in layout: fr");

    private static string Keymap(FileTree tree, Keyboard keyboard)
    {
        if (keyboard.Layout.Contains(',', StringComparison.Ordinal))
            return "";
        // kbd's own maps have the layout's name, those converted from XKB the variant's behind a hyphen.
        string name = keyboard.Variant.Length == 0 ? keyboard.Layout : $"{keyboard.Layout}-{keyboard.Variant}";
        return KeymapDirectories.Any(directory => Has(tree, directory, name)) ? $"KEYMAP={name}\n" : "";
    }

    private static bool Has(FileTree tree, string directory, string name)
    {
        if (tree.Resolve(directory) is not DirectoryInode start)
            return false;
        FileName[] wanted = [name + ".map.gz", name + ".map"];
        return new FileTree(start).Walk().Any(entry => wanted.Contains(entry.Name));
    }

    private static bool IsValue(string value) =>
        value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ',' or ':' or '+' or '(' or ')' or '.');
}
