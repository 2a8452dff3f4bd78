namespace Diecast.Running;

/// <summary>What starts a machine.</summary>
public enum Firmware
{
    /// <summary>A PC BIOS.</summary>
    Bios,

    /// <summary>UEFI.</summary>
    Uefi,
}
