using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.Repart.Sources;

/// <summary>What a path of a root leads to.</summary>
internal abstract class FoundFile
{
    internal abstract bool IsDirectory { get; }

    /// <summary>What tells it from all others of its root, whatever name leads to it; null where nothing does.</summary>
    internal abstract object? Key { get; }

    /// <summary>The keys of the directories that it is in, up to the root.</summary>
    internal abstract IEnumerable<object> KeysAbove { get; }

    internal abstract byte[] ReadBytes();

    /// <summary>Its owner, permissions, time and attributes, without what is in it.</summary>
    internal abstract Inode Describe();

    /// <summary>The file, or the directory with all that is below it; inodes of their own, which may be changed.</summary>
    /// <param name="omitted">What is left out.</param>
    /// <param name="verity">Gathers the files that fs-verity protects; null for nobody to ask.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal abstract Inode Read(IReadOnlyDictionary<object, HostOmission> omitted, VerityFiles? verity, CancellationToken cancellation);
}
