using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Writes ext4 file systems.</summary>
public static class ExtFileSystem
{
    /// <summary>Lays out a tree. No content is read, and the tree must not change while the plan is in use.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="options">What the tree does not say.</param>
    /// <exception cref="DoesNotFitException">The tree is larger than <see cref="ExtOptions.Size"/>.</exception>
    /// <exception cref="UnrepresentableException">
    /// The tree or an option asks for what ext4 cannot hold: a name over 255 bytes, a time before 1901 or after 2446,
    /// attributes beyond one block, a directory with two names, a file of 16 TiB.
    /// </exception>
    public static ExtPlan Plan(FileTree tree, ExtOptions options)
    {
        options.Check();
        return new ExtPlan(tree, options);
    }
}
