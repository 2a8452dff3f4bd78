namespace Diecast.Formats.Disks;

/// <summary>The controller that a VMDK is made for; it sets the geometry too.</summary>
public enum VmdkAdapter
{
    /// <summary>LSI Logic; also what VMware writes for its paravirtual controller.</summary>
    LsiLogic,

    /// <summary>BusLogic.</summary>
    BusLogic,

    /// <summary>IDE.</summary>
    Ide,

    /// <summary>Either SCSI controller, for virtual machines of old ESX.</summary>
    LegacyEsx,
}

/// <summary>What the descriptor of a VMDK says.</summary>
public sealed record VmdkOptions
{
    /// <summary>The options of a plain image.</summary>
    public static VmdkOptions Default { get; } = new();

    /// <summary>The controller. Default: LSI Logic.</summary>
    public VmdkAdapter Adapter { get; init; } = VmdkAdapter.LsiLogic;

    /// <summary>VMware's virtual hardware version, 3 to 99. Default: 13, of ESXi 6.5 and Workstation 14.</summary>
    public int HardwareVersion { get; init; } = 13;

    /// <summary>The content id, a number that VMware changes with the content. Not all ones, which say "no parent". Default: 0xfffffffe.</summary>
    public uint ContentId { get; init; } = 0xfffffffe;

    /// <summary>The disk's UUID, or null for a descriptor without one. Default: null.</summary>
    /// <remarks>VirtualBox refuses a second disk of the same UUID; VMware takes the long content id from it.</remarks>
    public Guid? Id { get; init; }

    /// <summary>The version of the guest's tools. Default: 2147483647, which says "not managed by the host".</summary>
    public int ToolsVersion { get; init; } = int.MaxValue;

    /// <summary>How hard a streamOptimized image is compressed: 1, fast, to 12, small. Default: 5, whose images are smaller than qemu-img's.</summary>
    public int Level { get; init; } = 5;

    /// <summary>The file's name without its end, for the descriptor's line about it. Default: <c>disk</c>.</summary>
    public string Name { get; init; } = "disk";
}

/// <summary>How a VMDK is read.</summary>
public sealed record VmdkReadOptions
{
    /// <summary>
    /// Opens the file of an extent that lies beside the descriptor, or returns null when there is none. It is only asked
    /// for plain file names: never for a path, for <c>.</c> or for <c>..</c>. Default: null, which refuses images of several files.
    /// </summary>
    public Func<string, Blobs.Blob?>? OpenExtent { get; init; }
}
