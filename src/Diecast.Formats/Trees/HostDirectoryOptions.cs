using Diecast.Formats.Blobs;

namespace Diecast.Formats.Trees;

/// <summary>What a tree takes over from a directory of the host.</summary>
public sealed record HostDirectoryOptions
{
    /// <summary>Who owns the files in the tree. Default: root.</summary>
    public HostOwner Owner { get; init; } = HostOwner.Root;

    /// <summary>Whether names that share an inode on the host share one in the tree. Default: yes.</summary>
    public HostHardLinks HardLinks { get; init; } = HostHardLinks.Keep;

    /// <summary>Which extended attributes come along. Default: those that mean the same on every machine.</summary>
    public HostXattrs Xattrs { get; init; } = HostXattrs.Portable;

    /// <summary>What is left out, whatever name leads to it. Default: nothing.</summary>
    internal IReadOnlyDictionary<HostInodeKey, HostOmission>? Omitted { get; init; }

    /// <summary>
    /// Called for every regular file, and with whether fs-verity protects it on the host; by several threads at a time. Default:
    /// null, nobody asks.
    /// </summary>
    internal Action<FileInode, HostFile, bool>? Seen { get; init; }
}

/// <summary>What tells an inode of the host from all others.</summary>
/// <param name="Major">The file system's device.</param>
/// <param name="Minor">The file system's device.</param>
/// <param name="Number">The inode in it.</param>
internal readonly record struct HostInodeKey(uint Major, uint Minor, ulong Number);

/// <summary>How much of an inode is left out.</summary>
internal enum HostOmission
{
    /// <summary>What is in the directory.</summary>
    Contents,

    /// <summary>All of it.</summary>
    All,
}

/// <summary>Who owns files that come from the host.</summary>
public enum HostOwner
{
    /// <summary>User 0 and group 0, whoever owns them on the host.</summary>
    Root,

    /// <summary>The same numbers as on the host.</summary>
    Keep,
}

/// <summary>What hard links on the host become.</summary>
public enum HostHardLinks
{
    /// <summary>Hard links in the tree.</summary>
    Keep,

    /// <summary>Files of their own: in a read-only store a link is an accident of the host.</summary>
    Ignore,
}

/// <summary>Which extended attributes come from the host.</summary>
public enum HostXattrs
{
    /// <summary>None; saves a system call for each inode.</summary>
    None,

    /// <summary>user.* and security.capability: no labels, ACLs or marks that belong to the host.</summary>
    Portable,

    /// <summary>All that can be read; what that is depends on who reads.</summary>
    All,
}
