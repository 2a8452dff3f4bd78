namespace Diecast.Boot;

/// <summary>A processor architecture, as kernels and boot loaders tell them apart.</summary>
internal enum Architecture
{
    /// <summary>Not one of the others, or not recognized.</summary>
    Unknown,

    /// <summary>64-bit x86.</summary>
    Amd64,

    /// <summary>32-bit x86.</summary>
    I386,

    /// <summary>64-bit ARM.</summary>
    Arm64,

    /// <summary>32-bit ARM.</summary>
    Arm,

    /// <summary>64-bit RISC-V.</summary>
    RiscV64,

    /// <summary>64-bit LoongArch.</summary>
    LoongArch64,

    /// <summary>Little-endian 64-bit POWER.</summary>
    Ppc64El,
}

/// <summary>Names and properties of architectures.</summary>
internal static class Architectures
{
    /// <summary>The architecture that Debian calls by this name; unknown when it is none of ours.</summary>
    internal static Architecture FromDebianName(string name) => name switch
    {
        "amd64" or "hurd-amd64" => Architecture.Amd64,
        "i386" or "hurd-i386" => Architecture.I386,
        "arm64" => Architecture.Arm64,
        "armhf" or "armel" => Architecture.Arm,
        "riscv64" => Architecture.RiscV64,
        "loong64" => Architecture.LoongArch64,
        "ppc64el" => Architecture.Ppc64El,
        _ => Architecture.Unknown,
    };

    /// <summary>The directory below <c>/lib</c> that holds the architecture's libraries on Debian, or null.</summary>
    internal static string? LibraryDirectory(this Architecture architecture) => architecture switch
    {
        Architecture.Amd64 => "x86_64-linux-gnu",
        Architecture.I386 => "i386-linux-gnu",
        Architecture.Arm64 => "aarch64-linux-gnu",
        Architecture.Arm => "arm-linux-gnueabihf",
        Architecture.RiscV64 => "riscv64-linux-gnu",
        Architecture.LoongArch64 => "loongarch64-linux-gnu",
        Architecture.Ppc64El => "powerpc64le-linux-gnu",
        _ => null,
    };

    /// <summary>UEFI's short name of the architecture as it ends names of programs, in small letters, or null where UEFI does not start it.</summary>
    internal static string? EfiName(this Architecture architecture) => architecture switch
    {
        Architecture.Amd64 => "x64",
        Architecture.I386 => "ia32",
        Architecture.Arm64 => "aa64",
        Architecture.Arm => "arm",
        Architecture.RiscV64 => "riscv64",
        Architecture.LoongArch64 => "loongarch64",
        _ => null,
    };

    /// <summary>QEMU's name of the processor, or null.</summary>
    internal static string? QemuName(this Architecture architecture) =>
        Platform.All.FirstOrDefault(platform => platform.KernelArchitecture is not null && FromDebianName(platform.DebianArchitecture) == architecture)?.QemuName;
}
