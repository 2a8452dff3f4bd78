namespace Diecast;

/// <summary>What an appliance protects.</summary>
public enum ApplianceRoot
{
    /// <summary>The whole system but what changes: the root.</summary>
    Root,

    /// <summary>The system's programs: <c>/usr</c>. The root is a file system of its own, which is kept when they are replaced.</summary>
    Usr,
}

/// <summary>
/// An appliance: a read-only system under dm-verity that is replaced as a whole. The parts of a version lie in a slot; an update
/// goes into the other slot and boots next.
/// </summary>
public sealed record ApplianceSettings
{
    /// <summary>What is protected. Default: root; of a NixOS system the store, below <c>/usr</c>, and nothing else.</summary>
    public ApplianceRoot Protect { get; init; } = ApplianceRoot.Root;

    /// <summary>The protected file system: EROFS or squashfs with their options. Default: EROFS with lz4hc.</summary>
    public PartitionFileSystem? FileSystem { get; init; }

    /// <summary>Slots: 2, or 1 for a system that is never updated in place. Default: 2.</summary>
    public int Slots { get; init; } = 2;

    /// <summary>
    /// Bytes of the protected file system in each slot, which later versions must fit into. Default: half as much again as this
    /// version takes, rounded up to 16M.
    /// </summary>
    public ByteSize? SlotSize { get; init; }

    /// <summary>
    /// Least size of what keeps the state, <c>/var</c>, or with <c>protect: usr</c> the root; it grows to the end of the disk when
    /// it first boots. Default: 64M, or what the content needs.
    /// </summary>
    public ByteSize? StateSize { get; init; }

    /// <summary>Where updates come from. Default: nowhere, and nothing in the system looks for them.</summary>
    public UpdateSource? Updates { get; init; }
}

/// <summary>Where a system finds its updates, by systemd-sysupdate.</summary>
public sealed record UpdateSource
{
    /// <summary>URL of the directory that the split outputs and their SHA256SUMS are published in.</summary>
    public required string Location { get; init; }

    /// <summary>
    /// Whether SHA256SUMS must be signed by a key of <c>/usr/lib/systemd/import-pubring.gpg</c>, as SHA256SUMS.gpg beside it.
    /// Default: yes.
    /// </summary>
    public bool Verify { get; init; } = true;

    /// <summary>
    /// How often a new version may fail to come up before the one before it boots again, 1 to 99; it has come up when
    /// boot-complete.target is reached. Default: 3.
    /// </summary>
    public int Tries { get; init; } = 3;
}
