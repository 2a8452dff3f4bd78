namespace Diecast.Formats.Executables;

/// <summary>The processors that EFI programs are made for, by their numbers in PE files.</summary>
public enum PeMachine
{
    /// <summary>None that is known here.</summary>
    Unknown = 0,

    /// <summary>32-bit x86, EFI's <c>ia32</c>.</summary>
    I386 = 0x014c,

    /// <summary>64-bit x86, EFI's <c>x64</c>.</summary>
    Amd64 = 0x8664,

    /// <summary>32-bit ARM, EFI's <c>arm</c>.</summary>
    Arm = 0x01c2,

    /// <summary>64-bit ARM, EFI's <c>aa64</c>.</summary>
    Arm64 = 0xaa64,

    /// <summary>32-bit RISC-V.</summary>
    RiscV32 = 0x5032,

    /// <summary>64-bit RISC-V.</summary>
    RiscV64 = 0x5064,

    /// <summary>64-bit LoongArch.</summary>
    LoongArch64 = 0x6264,
}
