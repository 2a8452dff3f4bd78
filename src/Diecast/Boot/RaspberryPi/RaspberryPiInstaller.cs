using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>
/// Fills the FAT partition that a Raspberry Pi's ROM and firmware start from: the firmware of Debian's raspi-firmware, kernel,
/// initial RAM disk, device trees, <c>config.txt</c> and <c>cmdline.txt</c>. That package's hooks write the same files when
/// kernels come and go; its settings are made to agree.
/// </summary>
internal static class RaspberryPiInstaller
{
    /// <summary>Where the running system has the partition.</summary>
    internal const string MountPoint = "/boot/firmware";

    /// <summary>Debian's package, and the component that has it.</summary>
    internal const string Package = "raspi-firmware";
    internal const string Component = "non-free-firmware";

    private const string Source = "/usr/lib/raspi-firmware";
    private const string Settings = "/etc/default/raspi-firmware";
    private const string MoreArguments = "/etc/default/raspi-extra-cmdline";
    private const string ConsoleArgument = "console=";

    /// <summary>The ROM of Pi 1 to 3 loads the first, the firmware the others; the Pi 5 has its own in flash memory.</summary>
    private static readonly string[] FirmwareSuffixes = [".bin", ".dat", ".elf"];

    /// <summary>Writes the files.</summary>
    /// <exception cref="BootException">The firmware or the device trees are not in the tree, or an argument does not fit one line.</exception>
    internal static void Install(TreeEditor editor, KernelImage kernel, string root, IReadOnlyList<string> arguments)
    {
        FileTree tree = editor.Tree;
        editor.MakeDirectory(MountPoint);
        CopyFirmware(editor);
        CopyDeviceTrees(editor, kernel);
        string kernelName = "vmlinuz-" + kernel.Version;
        string initrdName = "initrd.img-" + kernel.Version;
        editor.Put($"{MountPoint}/{kernelName}", new FileInode(tree.ResolveFile(kernel.Path)!.Content));
        editor.Put($"{MountPoint}/{initrdName}", new FileInode(tree.ResolveFile(kernel.InitrdPath)!.Content));
        editor.WriteText($"{MountPoint}/config.txt", Config(kernel.Architecture, kernelName, initrdName));
        editor.WriteText($"{MountPoint}/cmdline.txt", CommandLine(["root=" + root, "ro", .. arguments]) + "\n");
        WriteSettings(editor, root, arguments);
    }

    /// <summary>config.txt (www.raspberrypi.com/documentation/computers/config_txt.html), as Debian's hook writes it.</summary>
    internal static string Config(Architecture architecture, string kernel, string initrd)
    {
        var text = new StringBuilder("# Made with the image by Diecast; raspi-firmware's hook replaces it.\n");
        if (architecture == Architecture.Arm64)
            text.Append("arm_64bit=1\n");
        text.Append("enable_uart=1\nupstream_kernel=1\n");
        return text.Append(CultureInfo.InvariantCulture, $"kernel={kernel}\ninitramfs {initrd} followkernel\n").ToString();
    }

    private static string CommandLine(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(argument =>
        argument.Length > 0 && !argument.Any(char.IsControl)
            ? argument
            : throw new BootException($"the kernel argument '{argument}' cannot stand in cmdline.txt: it is empty, or holds a control character")));

    private static void CopyFirmware(TreeEditor editor)
    {
        if (editor.Tree.Resolve(Source) is not DirectoryInode firmware)
            throw new BootException($"there is no {Source} in the tree; add the package {Package} (component {Component}) to the base");
        foreach (DirectoryEntry entry in firmware.Entries.ToArray())
        {
            string name = entry.Name.ToString();
            if (entry.Inode is FileInode file && FirmwareSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
                editor.Put($"{MountPoint}/{name}", new FileInode(file.Content));
        }

        if (editor.Tree.Resolve(Source + "/overlays") is DirectoryInode)
            DeviceTrees.Copy(editor.Tree, Source + "/overlays", MountPoint + "/overlays", editor.Epoch);
    }

    /// <summary>The firmware picks the one of its model by name, without a directory.</summary>
    private static void CopyDeviceTrees(TreeEditor editor, KernelImage kernel)
    {
        string? all = DeviceTrees.Find(editor.Tree, kernel);
        string? directory = all is null ? null : editor.Tree.Resolve(all + "/broadcom") is DirectoryInode ? all + "/broadcom" : all;
        DirectoryEntry[] found = directory is null ? [] :
        [
            .. ((DirectoryInode)editor.Tree.Resolve(directory)!).Entries.ToArray()
                .Where(entry => entry.Name.Span.StartsWith("bcm"u8) && entry.Name.Span.EndsWith(".dtb"u8) && entry.Inode is FileInode),
        ];
        if (found.Length == 0)
            throw new BootException($"the kernel {kernel.Version} has no device trees of a Raspberry Pi in the tree; use Debian's kernel package of the architecture");
        foreach (DirectoryEntry entry in found)
            editor.Put($"{MountPoint}/{entry.Name}", new FileInode(((FileInode)entry.Inode).Content));
    }

    private static void WriteSettings(TreeEditor editor, string root, IReadOnlyList<string> arguments)
    {
        IEnumerable<string> consoles = arguments.Where(IsConsole).Select(argument => argument[ConsoleArgument.Length..]);
        string settings = editor.Tree.ReadText(Settings) ?? "";
        editor.Rewrite(Settings, Encoding.UTF8.GetBytes(
            settings + (settings.Length == 0 || settings.EndsWith('\n') ? "" : "\n")
            + $"\n# Made with the image by Diecast.\nROOTPART={GrubText.ShellWord(root)}\nCONSOLES={GrubText.ShellWord(string.Join(' ', consoles))}\n"));
        editor.WriteText(MoreArguments, CommandLine(arguments.Where(argument => !IsConsole(argument))) + "\n");
    }

    private static bool IsConsole(string argument) => argument.StartsWith(ConsoleArgument, StringComparison.Ordinal);
}
