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
    /// <param name="menu">The menu, without its entries.</param>
    /// <exception cref="BootException">A kernel is out of reach, or of a form that U-Boot does not boot.</exception>
    internal static void Install(TreeEditor editor, IReadOnlyList<KernelImage> kernels, string mountPoint, ExtlinuxMenu menu)
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
                kernel.Version, location.PathOf(kernel.Path), location.PathOf(kernel.InitrdPath), trees is null ? null : location.PathOf(trees)));
        }

        menu = menu with { Entries = entries };
        editor.WriteText(ExtlinuxConfig.Path, ExtlinuxConfig.Create(menu));
        editor.WriteText(ExtlinuxConfig.DefaultsPath, ExtlinuxConfig.CreateDefaults(menu, copies));
    }
}
