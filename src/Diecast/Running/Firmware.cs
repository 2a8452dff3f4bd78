namespace Diecast.Running;

/// <summary>What starts a machine.</summary>
public enum Firmware
{
    /// <summary>A PC BIOS.</summary>
    Bios,

    /// <summary>UEFI, of the machine's own width.</summary>
    Uefi,

    /// <summary>UEFI of 32 bits on a PC, as of old tablets; it starts 64-bit kernels too.</summary>
    Uefi32,

    /// <summary>UEFI that starts nothing but what is signed, once its variables have keys.</summary>
    SecureBoot,
}
