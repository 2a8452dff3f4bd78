using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Boot;

/// <summary>Puts U-Boot's menu into a system's tree.</summary>
internal static class ExtlinuxInstaller
{
    private const string CopiedTrees = "/boot/dtbs";

    /// <summary>Writes the menu and its settings; device trees that U-Boot could not reach are copied to where it can.</summary>
    /// <param name="editor">The tree.</param>
    /// <param name="kernels">The kernels, the default first.</param>
    /// <param name="mountPoint">Where the running system has the file system that U-Boot reads: <c>/</c> or <c>/boot</c>.</param>
    /// <param name="request">What the menu says and how the system is booted.</param>
    /// <exception cref="BootException">A kernel is out of reach, or an argument is none that U-Boot passes on.</exception>
    internal static void Install(TreeEditor editor, IReadOnlyList<KernelImage> kernels, string mountPoint, BootMenuRequest request)
    {
        var location = new GrubLocation { FileSystemUuid = "", MountPoint = mountPoint };
        bool copies = false;
        var entries = new List<ExtlinuxEntry>();
        foreach (KernelImage kernel in kernels)
        {
            string? trees = DeviceTrees.Find(editor.Tree, kernel);
            if (trees is not null && mountPoint != "/" && !trees.StartsWith(mountPoint + "/", StringComparison.Ordinal))
            {
                string copy = $"{CopiedTrees}/{kernel.Version}";
                DeviceTrees.Copy(editor.Tree, trees, copy, editor.Epoch);
                trees = copy;
                copies = true;
            }

            entries.Add(new ExtlinuxEntry(
                entries.Count == 0 ? request.Title : $"{request.Title}, with Linux {kernel.Version}",
                location.PathOf(kernel.Path),
                location.PathOf(kernel.InitrdPath),
                trees is null ? null : location.PathOf(trees),
                ["root=" + request.Root, "ro", .. request.Arguments]));
        }

        var menu = new ExtlinuxMenu
        {
            Title = request.Title,
            Entries = [entries[0], .. request.Configuration.MenuEntries.Select(Declared), .. Kept(entries[0], request), .. entries.Skip(1)],
            Default = request.Configuration.DefaultEntry,
            Timeout = request.Configuration.Timeout,
        };
        editor.WriteText(ExtlinuxConfig.Path, ExtlinuxConfig.Create(menu));
        editor.WriteText(ExtlinuxConfig.DefaultsPath, ExtlinuxConfig.CreateDefaults(request, copies));
    }

    private static ExtlinuxEntry Declared(MenuEntry entry) => entry is { Linux: { } kernel, Device: null, Initrd.Count: <= 1 }
        ? new ExtlinuxEntry(entry.Label, kernel, entry.Initrd.Count > 0 ? entry.Initrd[0] : null, null, entry.Arguments)
        : throw new BootException($"U-Boot's menu cannot have the entry '{entry.Label}': its entries boot Linux from the menu's own file system, with one initial RAM disk at most");

    /// <summary>The first entry, for a volatile root, with what keeps changes.</summary>
    private static IEnumerable<ExtlinuxEntry> Kept(ExtlinuxEntry first, BootMenuRequest request) => request.Kept is { } kept
        ? [first with { Label = $"{request.Title} (changes are kept)", Arguments = ["root=" + request.Root, "ro", .. kept] }]
        : [];
}
