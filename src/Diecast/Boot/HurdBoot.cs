using System.Globalization;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>
/// Boots GNU/Hurd: GRUB starts GNU Mach by multiboot and gives it the first servers as modules, which start the others
/// (boot(8) of the Hurd; grub.d/10_hurd).
/// </summary>
internal static class HurdBoot
{
    private const string KernelDirectory = "/boot";
    private const string KernelStem = "gnumach";
    private const string Disk = "/hurd/rumpdisk.static";
    private const string FileSystem = "/hurd/ext2fs.static";
    private const string Exec = "/hurd/exec.static";
    private const string ExecTask = "$(exec-task=task-create)";

    /// <summary>Kernels beside the one that boots a machine: for debugging and for Xen.</summary>
    private static readonly string[] Others = ["dbg", "xen"];

    /// <summary>Dynamic loaders, which run the exec server where it is not static.</summary>
    private static readonly string[] Loaders = ["/lib/ld-x86-64.so.1", "/lib/ld.so.1"];

    /// <summary>What the first servers look for by name.</summary>
    private static readonly string[] Servers =
        ["startup", "exec", "proc", "password", "default-pager", "crash-dump-core", "kill", "suspend"];

    /// <summary>The disk that holds the system, as the Hurd calls it: the kernel has its own driver, or a server has it.</summary>
    internal static string DiskOf(FileTree tree) => tree.ResolveFile(Disk) is null ? "hd0" : "wd0";

    /// <summary>Writes GRUB's menu, and makes the files that servers attach themselves to.</summary>
    /// <param name="tree">The root tree.</param>
    /// <param name="system">Its kernel's arguments and its boot loader's settings.</param>
    /// <param name="location">Where GRUB reads from.</param>
    /// <param name="partition">Number of the root's partition, from 1.</param>
    /// <param name="time">Time of what is made.</param>
    /// <returns>The kernel's path, and the settings with the Hurd's entry first.</returns>
    /// <exception cref="BootException">The tree lacks the kernel or a server.</exception>
    internal static (string Kernel, BootloaderConfiguration Loader) Install(FileTree tree, OperatingSystem system, GrubLocation location, int partition, Timestamp time)
    {
        string kernel = FindKernel(tree);
        var editor = new TreeEditor(tree, time);
        var entry = new MenuEntry
        {
            Label = BootFiles.TitleOf(tree, "GNU/Hurd"),
            Multiboot = location.PathOf(kernel),
            MultibootArguments = [.. RootArguments(tree, partition), .. system.Kernel?.Arguments ?? []],
            MultibootModules = [.. Modules(tree).Select(module => module with { Path = location.PathOf(module.Path) })],
        };
        BootloaderConfiguration loader = system.Bootloader ?? new BootloaderConfiguration();
        loader = loader with { MenuEntries = [entry, .. loader.MenuEntries] };
        editor.WriteText(GrubConfig.Path, GrubConfig.Create(new GrubMenu
        {
            Title = entry.Label,
            Entries = [],
            Root = "",
            Declared = loader.MenuEntries,
            Default = loader.DefaultEntry,
            Timeout = loader.Timeout,
            Serial = SerialLine.Of(loader.Serial, loader.SerialSpeed, system.Kernel?.Arguments ?? []),
            Inputs = loader.TerminalInputs,
            Outputs = loader.TerminalOutputs,
        }));
        foreach (string server in Servers.Where(server => tree.Find("/servers/" + server) is null))
            editor.Put("/servers/" + server, new FileInode(Blob.Empty));
        foreach (string directory in new[] { "/servers/socket", "/servers/bus/pci", "/dev", "/proc" })
            editor.MakeDirectory(directory);
        return (kernel, loader);
    }

    private static string FindKernel(FileTree tree)
    {
        if (tree.Resolve(KernelDirectory) is not DirectoryInode directory)
            throw NoKernel();
        return directory.Entries.ToArray().Select(entry => entry.Name.ToString())
            .Where(name => name.StartsWith(KernelStem, StringComparison.Ordinal)
                && !name.Split('-', '.').Any(Others.Contains) && tree.ResolveFile($"{KernelDirectory}/{name}") is not null)
            .OrderByDescending(name => name, KernelVersion.Order)
            .Select(name => $"{KernelDirectory}/{name}")
            .FirstOrDefault() ?? throw NoKernel();
    }

    private static BootException NoKernel() => new("there is no /boot/gnumach in the tree, which is GNU/Hurd's kernel; add the package gnumach-image to the root tree");

    /// <summary>A server sees whole disks and finds the partition itself; the kernel's own driver has to leave it the disk.</summary>
    private static IEnumerable<string> RootArguments(FileTree tree, int partition) => tree.ResolveFile(Disk) is null
        ? [string.Create(CultureInfo.InvariantCulture, $"root=device:{DiskOf(tree)}s{partition}")]
        : [string.Create(CultureInfo.InvariantCulture, $"root=part:{partition}:device:{DiskOf(tree)}"), "noide"];

    private static IEnumerable<MultibootModule> Modules(FileTree tree)
    {
        const string First = "$(task-resume)";
        string[] ports = ["--host-priv-port=${host-port}", "--device-master-port=${device-port}"];
        bool hasServer = tree.ResolveFile(Disk) is not null;
        if (hasServer)
        {
            yield return Module(tree, "/hurd/pci-arbiter.static", ["pci-arbiter", .. ports, "--next-task=${acpi-task}", "$(pci-task=task-create)", First]);
            yield return Module(tree, "/hurd/acpi.static", ["acpi", "--next-task=${disk-task}", "$(acpi-task=task-create)"]);
            yield return Module(tree, Disk, ["rumpdisk", "--next-task=${fs-task}", "$(disk-task=task-create)"]);
        }

        string[] own = hasServer ? [] : ports;
        string[] start = hasServer ? ["$(fs-task=task-create)"] : ["$(task-create)", First];
        yield return Module(tree, FileSystem,
            ["ext2fs", "--readonly", "--multiboot-command-line=${kernel-command-line}", .. own, "--exec-server-task=${exec-task}", "-T", "typed", "${root}", .. start]);
        if (tree.ResolveFile(Exec) is not null)
        {
            yield return Module(tree, Exec, ["exec", ExecTask]);
        }
        else
        {
            string loader = Loaders.FirstOrDefault(path => tree.ResolveFile(path) is not null)
                ?? throw new BootException($"there is neither {Exec} nor one of {string.Join(" and ", Loaders)} in the tree, which starts GNU/Hurd's exec server");
            yield return Module(tree, loader, ["exec", "/hurd/exec", ExecTask]);
        }
    }

    private static MultibootModule Module(FileTree tree, string path, ValueList<string> arguments) => tree.ResolveFile(path) is null
        ? throw new BootException($"there is no {path} in the tree, which GNU/Hurd starts with; add the package hurd to the root tree")
        : new MultibootModule { Path = path, Arguments = arguments };
}
