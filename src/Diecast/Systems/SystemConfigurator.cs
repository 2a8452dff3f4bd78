using Diecast.Formats.Trees;
using Diecast.Systems.Accounts;
using Diecast.Systems.Units;

namespace Diecast.Systems;

/// <summary>Sets a declared system in a root tree: host name, accounts, units, files and the rest.</summary>
/// <remarks>
/// Only the tree is edited: nothing runs, nothing is mounted and nothing of the build machine is read but the sources
/// of declared files. The same tree, declaration and context give the same tree.
/// </remarks>
internal static class SystemConfigurator
{
    private delegate void Step(TreeEditor edit, OperatingSystem system, SystemContext context);

    // Files come after the accounts, which own them, and after the cleaning, so that a declared file always stands;
    // services come after the files, which may be units.
    private static readonly Step[] Steps =
    [
        Cleanup.Apply,
        HostName.Apply,
        TimeZoneSettings.Apply,
        LocaleSettings.Apply,
        KeyboardSettings.Apply,
        SystemFiles.ApplySkeleton,
        AccountSettings.Apply,
        Fstab.Apply,
        Crypttab.Apply,
        FirstBoot.Apply,
        SystemFiles.Apply,
        PrivilegedPrograms.Apply,
        Services.Apply,
        Resolver.Apply,
        Containment.Apply,
    ];

    /// <summary>Edits a tree so that it is the declared system.</summary>
    /// <param name="tree">The base's tree. After an error it is half edited and of no use.</param>
    /// <param name="system">The declaration; its base, boot loader and initial RAM disk are not looked at here.</param>
    /// <param name="context">Name, epoch, mounts and the directory of sources.</param>
    /// <exception cref="SystemConfigurationException">The declaration does not fit the base; all errors are in it.</exception>
    public static void Apply(FileTree tree, OperatingSystem system, SystemContext context) => Apply(tree, system, context, Steps);

    /// <summary>Writes the declared files alone, into a system that configures itself.</summary>
    /// <param name="tree">The base's tree. After an error it is half edited and of no use.</param>
    /// <param name="system">The declaration.</param>
    /// <param name="context">Epoch and the directory of sources.</param>
    /// <exception cref="SystemConfigurationException">The declaration does not fit the base; all errors are in it.</exception>
    public static void ApplyFiles(FileTree tree, OperatingSystem system, SystemContext context) => Apply(tree, system, context, [SystemFiles.Apply]);

    private static void Apply(FileTree tree, OperatingSystem system, SystemContext context, Step[] steps)
    {
        var edit = new TreeEditor(tree, context.Epoch);
        foreach (Step step in steps)
        {
            try
            {
                step(edit, system, context);
            }
            catch (SystemConfigurationException exception)
            {
                foreach (SystemConfigurationError error in exception.Errors)
                    edit.Error(error.Message, error.Fix);
            }
        }

        edit.ThrowIfErrors();
        Timestamps.Clamp(tree, context.Epoch);
    }
}
