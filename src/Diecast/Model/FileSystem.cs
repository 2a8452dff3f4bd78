namespace Diecast;

/// <summary>A file system that the running system mounts beside those of its image: in memory, of the network, or a disk's.</summary>
public sealed record FileSystem
{
    /// <summary>
    /// What is mounted: a device, <c>UUID=…</c>, <c>LABEL=…</c>, <c>PARTUUID=…</c>, <c>PARTLABEL=…</c>, a server's
    /// <c>host:/path</c>, a directory to bind, or the type's own name for one in memory.
    /// </summary>
    public required string Device { get; init; }

    /// <summary>Where, an absolute path.</summary>
    public required string MountPoint { get; init; }

    /// <summary>Type as mount(8) names it, as in <c>tmpfs</c>, <c>nfs4</c> or <c>ext4</c>. Default: auto.</summary>
    public string Type { get; init; } = "auto";

    /// <summary>What mounting asks of the kernel for every type. Default: none.</summary>
    public ValueList<MountFlag> Flags { get; init; } = [];

    /// <summary>Options of the type, parted by commas, as in <c>size=64M</c>. Default: none.</summary>
    public string Options { get; init; } = "";

    /// <summary>Whether it is mounted at boot. Default: yes.</summary>
    public bool Mount { get; init; } = true;

    /// <summary>Whether booting goes on when it cannot be mounted. Default: no.</summary>
    public bool MayFail { get; init; }

    /// <summary>Whether it is checked at boot; only one on a disk is, whose type has a checker. Default: yes.</summary>
    public bool Check { get; init; } = true;

    /// <summary>Whether the directory is made that it is mounted on. Default: yes.</summary>
    public bool CreateMountPoint { get; init; } = true;

    /// <summary>Units that have to be there before, as in <c>network-online.target</c>. Default: none.</summary>
    public ValueList<string> Requires { get; init; } = [];
}

/// <summary>What mounting asks of the kernel, whatever the type (mount(2)).</summary>
public enum MountFlag
{
    /// <summary>Nothing is written.</summary>
    ReadOnly,

    /// <summary>A directory that is there already appears in a second place.</summary>
    BindMount,

    /// <summary>Device nodes do nothing.</summary>
    NoDev,

    /// <summary>Set-user-id and set-group-id bits and capabilities do nothing.</summary>
    NoSuid,

    /// <summary>Programs cannot be run.</summary>
    NoExec,

    /// <summary>Reading changes no time.</summary>
    NoAtime,

    /// <summary>Reading changes no time of directories.</summary>
    NoDiratime,

    /// <summary>Every reading changes the time.</summary>
    StrictAtime,

    /// <summary>Times are written late.</summary>
    LazyTime,

    /// <summary>Mounts below it appear in its copies, too.</summary>
    Shared,
}

/// <summary>Swap space beside the image's swap partitions: a partition of another disk, or a file that is there.</summary>
public sealed record SwapSpace
{
    /// <summary>A device, <c>UUID=…</c>, <c>LABEL=…</c> or a file's absolute path.</summary>
    public required string Device { get; init; }

    /// <summary>Order of use, -1 to 32767, the highest first. Default: below all that have one.</summary>
    public int? Priority { get; init; }

    /// <summary>Whether freed space is told to the disk. Default: none.</summary>
    public SwapDiscard Discard { get; init; }

    /// <summary>Whether booting goes on without it. Default: no.</summary>
    public bool MayFail { get; init; }

    /// <summary>Units that have to be there before. Default: none.</summary>
    public ValueList<string> Requires { get; init; } = [];
}

/// <summary>When a disk is told of swap space that is free (swapon(8)).</summary>
public enum SwapDiscard
{
    /// <summary>Never.</summary>
    None,

    /// <summary>All of it once, when it is taken into use.</summary>
    Once,

    /// <summary>Pages as they are freed.</summary>
    Pages,

    /// <summary>Both.</summary>
    Both,
}
