namespace Diecast.Formats.Disks;

/// <summary>The controller that the disk of an OVA is attached to.</summary>
public enum OvaController
{
    /// <summary>VMware's paravirtual SCSI.</summary>
    Paravirtual,

    /// <summary>LSI Logic, parallel SCSI.</summary>
    LsiLogic,

    /// <summary>LSI Logic, SAS.</summary>
    LsiLogicSas,

    /// <summary>SATA (AHCI).</summary>
    Sata,

    /// <summary>IDE (PIIX4).</summary>
    Ide,
}

/// <summary>The network card of an OVA.</summary>
public enum OvaNetworkCard
{
    /// <summary>VMware's paravirtual card.</summary>
    VmxNet3,

    /// <summary>Intel's 82545EM.</summary>
    E1000,

    /// <summary>Intel's 82574L.</summary>
    E1000e,

    /// <summary>No card.</summary>
    None,
}

/// <summary>What starts the virtual machine of an OVA.</summary>
public enum OvaFirmware
{
    /// <summary>A BIOS.</summary>
    Bios,

    /// <summary>UEFI.</summary>
    Efi,
}

/// <summary>The version of the OVF envelope.</summary>
public enum OvfVersion
{
    /// <summary>1.0 (DSP0243 1.x), which everything imports.</summary>
    V1,

    /// <summary>2.0 (DSP0243 2.x).</summary>
    V2,
}

/// <summary>The sums in an OVA's manifest.</summary>
public enum OvaDigest
{
    /// <summary>SHA-256.</summary>
    Sha256,

    /// <summary>SHA-1, for vSphere before 6.5; not for version 2, which forbids it.</summary>
    Sha1,
}

/// <summary>The virtual machine that an OVA describes.</summary>
public sealed record OvaOptions
{
    /// <summary>The options of a plain machine.</summary>
    public static OvaOptions Default { get; } = new();

    /// <summary>
    /// The machine's name, from which the files have theirs: up to 80 letters, digits, dots, hyphens and underscores, the first a
    /// letter or digit. Default: <c>disk</c>.
    /// </summary>
    public string Name { get; init; } = "disk";

    /// <summary>Processors, 1 to 768. Default: 2.</summary>
    public int Processors { get; init; } = 2;

    /// <summary>Memory in MiB, 4 to 25165824, a multiple of 4. Default: 2048.</summary>
    public int MemoryMebibytes { get; init; } = 2048;

    /// <summary>The disk's controller. Default: paravirtual SCSI.</summary>
    public OvaController Controller { get; init; } = OvaController.Paravirtual;

    /// <summary>The network card. Default: VMXNET3.</summary>
    public OvaNetworkCard NetworkCard { get; init; } = OvaNetworkCard.VmxNet3;

    /// <summary>The network's name, which the importer maps to one of its own. Default: <c>VM Network</c>.</summary>
    public string Network { get; init; } = "VM Network";

    /// <summary>Firmware. Default: BIOS.</summary>
    public OvaFirmware Firmware { get; init; } = OvaFirmware.Bios;

    /// <summary>VMware's virtual hardware version, 7 to 99. Default: 13, of ESXi 6.5 and Workstation 14.</summary>
    public int HardwareVersion { get; init; } = 13;

    /// <summary>The operating system's number in CIM_OperatingSystem.OsType. Default: 101, Linux 64-bit.</summary>
    public int OsType { get; init; } = 101;

    /// <summary>The operating system's name at VMware, as in <c>debian12_64Guest</c>. Default: <c>otherLinux64Guest</c>.</summary>
    public string VmwareOsType { get; init; } = "otherLinux64Guest";

    /// <summary>The product's name, or null for none. Default: null.</summary>
    public string? Product { get; init; }

    /// <summary>The product's vendor, or null for none; asks for <see cref="Product"/>. Default: null.</summary>
    public string? Vendor { get; init; }

    /// <summary>The product's version, or null for none; asks for <see cref="Product"/>. Default: null.</summary>
    public string? ProductVersion { get; init; }

    /// <summary>The envelope's version. Default: 1.0.</summary>
    public OvfVersion Version { get; init; } = OvfVersion.V1;

    /// <summary>The manifest's sums. Default: SHA-256.</summary>
    public OvaDigest Digest { get; init; } = OvaDigest.Sha256;

    /// <summary>The time of the files in seconds since 1970, 0 to 8589934591. Default: 0.</summary>
    public long ModifiedTime { get; init; }

    /// <summary>The disk's content id, see <see cref="VmdkOptions.ContentId"/>. Default: 0xfffffffe.</summary>
    public uint ContentId { get; init; } = 0xfffffffe;

    /// <summary>The disk's UUID, see <see cref="VmdkOptions.Id"/>. Default: null.</summary>
    public Guid? DiskId { get; init; }

    /// <summary>How hard the disk is compressed: 1, fast, to 12, small. Default: 5.</summary>
    public int Level { get; init; } = 5;
}
