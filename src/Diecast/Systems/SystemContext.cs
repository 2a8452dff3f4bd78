using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>What the configuration of a system needs beside the system's declaration.</summary>
internal sealed record SystemContext
{
    /// <summary>The definition's name: the host name when none is declared.</summary>
    public required string Name { get; init; }

    /// <summary>Source epoch: the time of every file that is made or changed; no time in the tree stays later.</summary>
    public Timestamp Epoch { get; init; }

    /// <summary>The lines of fstab, in order. Default: none, and the base's fstab stays.</summary>
    public ValueList<MountEntry> Mounts { get; init; } = [];

    /// <summary>What the system is run by. Default: a machine.</summary>
    public SystemPlace Place { get; init; }

    /// <summary>The lines of crypttab, in order. Default: none, and the base's stays.</summary>
    public ValueList<EncryptedDevice> EncryptedDevices { get; init; } = [];

    /// <summary>
    /// Whether changes are kept below /var alone, on a file system of its own: what a machine makes for itself goes there.
    /// Default: no.
    /// </summary>
    public bool KeepsOnlyVar { get; init; }

    /// <summary>Name and account of a WSL distribution. Default: each of its keys' own.</summary>
    public WslSettings? Wsl { get; init; }

    /// <summary>Directory that the sources of declared files start from. Default: the current directory.</summary>
    public string DefinitionDirectory { get; init; } = ".";
}

/// <summary>One line of fstab(5).</summary>
internal sealed record MountEntry
{
    /// <summary>The mount point of what is not mounted: swap areas.</summary>
    internal const string Nowhere = "none";

    /// <summary>What is mounted, as in <c>UUID=…</c> or <c>/dev/vda2</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Where, an absolute path; <c>none</c> for swap.</summary>
    public required string MountPoint { get; init; }

    /// <summary>File system type, as mount(8) names it.</summary>
    public required string Type { get; init; }

    /// <summary>Mount options. Default: <c>defaults</c>.</summary>
    public string Options { get; init; } = "defaults";

    /// <summary>Whether dump(8) saves it, 0 or 1. Default: 0.</summary>
    public int Dump { get; init; }

    /// <summary>Order of checking at boot: 1 for the root, 2 for others, 0 for never. Default: 0.</summary>
    public int Pass { get; init; }
}

/// <summary>One line of crypttab(5): a device that is opened by a passphrase as the system starts.</summary>
/// <param name="Name">The opened device's name below /dev/mapper.</param>
/// <param name="Uuid">The UUID of its header.</param>
/// <param name="Discard">Whether discards are passed on.</param>
/// <param name="IsRoot">Whether the root is on it, which is open already and stays so until the end.</param>
internal sealed record EncryptedDevice(string Name, Guid Uuid, bool Discard, bool IsRoot = false);
