using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>
/// Entries for systemd-boot of a store's system, under the names that NixOS gives them (nixpkgs, systemd-boot-builder.py): it takes
/// them over when it is rebuilt, and removes them with the generation.
/// </summary>
internal static class LoaderEntries
{
    private const string Directory = "/EFI/nixos";
    private const int MachineIdLength = 32;
    private const string Programs = "/lib/systemd/boot/efi/";

    /// <summary>The program of systemd-boot in the system's own systemd, or in another of the store; null where there is none.</summary>
    internal static Blob? FindProgram(FileTree root, SystemGeneration generation) =>
        generation.Architecture.EfiName() is { } name ? Find(root, generation, $"systemd-boot{name}.efi") : null;

    /// <summary>A program of systemd for UEFI, from the same places.</summary>
    internal static Blob? Find(FileTree root, SystemGeneration generation, string program)
    {
        foreach (string package in StoreFiles.Packages(root, "systemd").Prepend(generation.Path + "/systemd"))
        {
            if (root.ResolveFile(package + Programs + program) is { } found)
                return found.Content;
        }

        return null;
    }

    /// <summary>Puts the menu, its entries, kernels and initial RAM disks into the tree.</summary>
    /// <param name="editor">The system's tree.</param>
    /// <param name="generation">The system.</param>
    /// <param name="program">systemd-boot.</param>
    /// <param name="esp">Where the EFI system partition is mounted.</param>
    /// <param name="boot">Where the extended boot partition is, or the same.</param>
    /// <param name="timeout">Seconds before the first entry boots; -1 waits for a key.</param>
    internal static void Install(TreeEditor editor, SystemGeneration generation, Blob program, string esp, string boot, int timeout)
    {
        string name = generation.Architecture.EfiName()!;
        editor.Put($"{esp}/EFI/BOOT/BOOT{name.ToUpperInvariant()}.EFI", new FileInode(program));
        editor.Put($"{esp}/EFI/systemd/systemd-boot{name}.efi", new FileInode(program));
        editor.WriteText($"{esp}/loader/loader.conf", $"timeout {(timeout < 0 ? "menu-force" : FormattableString.Invariant($"{timeout}"))}\ndefault {FileName(generation.Default)}\nconsole-mode keep\n");
        // bootctl(1) takes types of entries for missing where this file is not there.
        editor.WriteText($"{esp}/loader/entries.srel", "type1\n");
        string? machine = editor.Tree.ReadText("/etc/machine-id")?.Trim() is { Length: MachineIdLength } id && id.All(char.IsAsciiHexDigitLower) ? id : null;
        foreach (GenerationEntry entry in generation.Entries)
        {
            var text = new StringBuilder();
            text.Append("title ").Append(generation.Name).Append(entry.Name is { } variant ? $" ({variant})" : "").Append('\n');
            text.Append("sort-key ").Append(entry.SortKey).Append('\n');
            text.Append("version Generation 1 ").Append(entry.Label).Append(", built on 1970-01-01\n");
            text.Append("linux ").Append(Copy(editor, entry.Kernel, boot)).Append('\n');
            if (entry.Initrd is { } initrd)
                text.Append("initrd ").Append(Copy(editor, initrd, boot)).Append('\n');
            text.Append("options ").AppendJoin(' ', entry.Arguments).Append('\n');
            if (machine is not null)
                text.Append("machine-id ").Append(machine).Append('\n');
            if (entry.DeviceTree is { } tree)
                text.Append("devicetree ").Append(Copy(editor, tree, boot)).Append('\n');
            editor.WriteText($"{boot}/loader/entries/{FileName(entry)}", text.ToString());
        }
    }

    private static string FileName(GenerationEntry entry) => entry.Name is null ? "nixos-generation-1.conf" : $"nixos-generation-1-specialisation-{entry.Name}.conf";

    /// <summary>Copies a file of the store beside the entries and returns its path there.</summary>
    private static string Copy(TreeEditor editor, string path, string boot)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        // The path in the store, then the file's own name; what stands between is left out there too.
        string item = parts.Length > 2 ? parts[2] : parts[^1];
        string target = $"{Directory}/{(item == parts[^1] ? item : $"{item}-{parts[^1]}")}.efi";
        if (!editor.Exists(boot + target))
            editor.Put(boot + target, new FileInode(editor.Tree.ResolveFile(path)!.Content));
        return target;
    }
}
