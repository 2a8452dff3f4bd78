using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>
/// U-Boot's menu of a store's system, as the system itself writes it (nixpkgs, extlinux-conf-builder.sh; Guix, gnu/bootloader/extlinux.scm),
/// with NixOS's copies under its names: the system's first rebuild finds them, and removes them with their generation.
/// </summary>
internal static class GenerationExtlinux
{
    private const string ConfigurationFile = "/extlinux/extlinux.conf";
    private const string CopyDirectory = "/nixos";
    private const int TenthsInSecond = 10;

    /// <summary>Its first generation's number, and the time of all that belongs to a store.</summary>
    private const string Number = "1";
    private const string Date = "1970-01-01 00:00";

    /// <summary>Writes it, and copies what it names where U-Boot reads no store.</summary>
    /// <param name="editor">The system's tree.</param>
    /// <param name="generation">The system.</param>
    /// <param name="installation">What its configuration says of it.</param>
    /// <param name="loader">The declared part of the menu.</param>
    /// <exception cref="BootException">Something that it names is not there, or cannot stand in it.</exception>
    internal static void Install(TreeEditor editor, SystemGeneration generation, ExtlinuxInstallation installation, BootloaderConfiguration loader)
    {
        foreach (string directory in installation.Directories)
        {
            string text = generation.Kind == StoreSystemKind.Guix
                ? Guix(editor.Tree, generation, loader)
                : Nixos(editor, generation, installation, directory, loader);
            editor.WriteText(directory + ConfigurationFile, text);
        }
    }

    private static string Nixos(
        TreeEditor editor, SystemGeneration generation, ExtlinuxInstallation installation, string directory, BootloaderConfiguration loader)
    {
        var text = new StringBuilder();
        text.Append("# Generated file, all changes will be lost on nixos-rebuild!\n\n");
        text.Append("# Change this to e.g. nixos-42 to temporarily boot to an older configuration.\n");
        text.Append(CultureInfo.InvariantCulture, $"DEFAULT {(loader.DefaultEntry == 0 ? "nixos-default" : Label(loader.DefaultEntry))}\n\n");
        // To U-Boot 0 waits for ever, and without a title it has no menu to wait in.
        text.Append(CultureInfo.InvariantCulture, $"TIMEOUT {(loader.Timeout == 0 ? 1 : Tenths(loader))}\n");
        if (loader.Timeout != 0)
            text.Append("MENU TITLE ------------------------------------------------------------\n");
        Append(generation.Default, "nixos-default", "NixOS - Default");
        for (int i = 0; i < loader.MenuEntries.Count; i++)
            AppendDeclared(text, Label(i + 1), loader.MenuEntries[i]);
        AppendGeneration(generation.Default, "default");
        foreach (GenerationEntry entry in generation.Specialisations.OrderDescending(Order))
            AppendGeneration(entry, entry.Name!);
        return text.ToString();

        void AppendGeneration(GenerationEntry entry, string name)
        {
            string tag = $"{Number}-{name}";
            Append(entry, "nixos-" + tag, $"NixOS - Configuration {tag} ({Date} - {entry.Version})");
        }

        void Append(GenerationEntry entry, string label, string title)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nLABEL {label}\n  MENU LABEL {Line(title)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  LINUX {Copy(editor, entry.Kernel, directory)}\n");
            if (entry.Initrd is { } initrd)
                text.Append(CultureInfo.InvariantCulture, $"  INITRD {Copy(editor, initrd, directory)}\n");
            text.Append(CultureInfo.InvariantCulture, $"  APPEND {Line(string.Join(' ', entry.Arguments))}\n");
            // The script copies them even where it does not name them.
            string? trees = entry.DeviceTrees is { } found ? Copy(editor, found, directory) : null;
            if (installation.IsWithoutDeviceTrees)
                return;
            if (installation.DeviceTree is { } name)
                text.Append(CultureInfo.InvariantCulture, $"  FDT {trees}/{Existing(editor.Tree, entry, name)}\n");
            else if (trees is not null)
                text.Append(CultureInfo.InvariantCulture, $"  FDTDIR {trees}\n");
        }
    }

    /// <summary>Guix's menu names kernel and initial RAM disk in the store, and the device trees beside the kernel.</summary>
    private static string Guix(FileTree root, SystemGeneration generation, BootloaderConfiguration loader)
    {
        var text = new StringBuilder();
        text.Append("# This file was generated from your Guix configuration.  Any changes\n# will be lost upon reconfiguration.\n");
        text.Append("UI menu.c32\nMENU TITLE GNU Guix Boot Options\n");
        text.Append(CultureInfo.InvariantCulture, $"PROMPT {(loader.Timeout > 0 ? 1 : 0)}\nTIMEOUT {loader.Timeout * TenthsInSecond}\n");
        if (loader.DefaultEntry > 0)
            text.Append(CultureInfo.InvariantCulture, $"DEFAULT {Label(loader.DefaultEntry)}\n");
        GenerationEntry entry = generation.Default;
        string label = Line(entry.Label);
        text.Append(CultureInfo.InvariantCulture, $"LABEL {label}\n  MENU LABEL {label}\n  KERNEL {entry.Kernel}\n");
        string trees = entry.Kernel[..entry.Kernel.LastIndexOf('/')] + "/lib/dtbs";
        if (root.Resolve(trees) is DirectoryInode)
            text.Append(CultureInfo.InvariantCulture, $"  FDTDIR {trees}\n");
        if (entry.Initrd is { } initrd)
            text.Append(CultureInfo.InvariantCulture, $"  INITRD {initrd}\n");
        text.Append(CultureInfo.InvariantCulture, $"  APPEND {Line(string.Join(' ', entry.Arguments))}\n\n");
        for (int i = 0; i < loader.MenuEntries.Count; i++)
            AppendDeclared(text, Label(i + 1), loader.MenuEntries[i]);
        return text.ToString();
    }

    private static void AppendDeclared(StringBuilder text, string label, MenuEntry entry)
    {
        if (entry is not { Linux: { } kernel, Device: null, Initrd.Count: <= 1 })
            throw new BootException($"U-Boot's menu cannot have the entry '{entry.Label}': its entries boot Linux from the menu's own file system, with one initial RAM disk at most");
        text.Append(CultureInfo.InvariantCulture, $"\nLABEL {label}\n  MENU LABEL {Line(entry.Label)}\n  LINUX {Line(kernel)}\n");
        if (entry.Initrd is [var initrd])
            text.Append(CultureInfo.InvariantCulture, $"  INITRD {Line(initrd)}\n");
        if (entry.Arguments.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"  APPEND {Line(string.Join(' ', entry.Arguments))}\n");
    }

    /// <summary>The label of a declared entry, from 1.</summary>
    private static string Label(int number) => string.Create(CultureInfo.InvariantCulture, $"entry-{number}");

    private static int Tenths(BootloaderConfiguration loader) => Math.Max(0, loader.Timeout) * TenthsInSecond;

    private static string Existing(FileTree root, GenerationEntry entry, string name) =>
        entry.DeviceTrees is { } trees && root.ResolveFile($"{trees}/{name}") is not null
            ? name
            : throw new BootException(
                $"hardware.deviceTree.name of the system is {name}, which is not among the device trees of {entry.DeviceTrees ?? "its kernel: it has none"}");

    /// <summary>Copies a file or directory of the store and gives its path from the menu's.</summary>
    private static string Copy(TreeEditor editor, string path, string directory)
    {
        string target = $"{CopyDirectory}/{string.Join('-', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2))}";
        if (!editor.Exists(directory + target))
        {
            if (editor.Tree.ResolveFile(path) is { } file)
                editor.Put(directory + target, new FileInode(file.Content));
            else
                DeviceTrees.Copy(editor.Tree, path, directory + target, editor.Epoch);
        }

        return ".." + target;
    }

    private static string Line(string text) => text.Any(char.IsControl) ? throw new BootException($"'{text}' cannot stand in U-Boot's menu: it holds a control character") : text;

    /// <summary>As <c>sort -n</c> has them, of which the script takes the reverse: by the number that a name begins with, then by bytes.</summary>
    private static readonly Comparer<GenerationEntry> Order = Comparer<GenerationEntry>.Create((left, right) =>
    {
        string first = NumberOf(left.Name!), second = NumberOf(right.Name!);
        int order = first.Length.CompareTo(second.Length);
        if (order == 0)
            order = string.CompareOrdinal(first, second);
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    });

    private static string NumberOf(string name) => string.Concat(name.TakeWhile(char.IsAsciiDigit)).TrimStart('0');
}
