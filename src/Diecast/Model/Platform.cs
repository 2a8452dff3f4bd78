namespace Diecast;

/// <summary>What a system runs on: a processor architecture, by the names that everyone has for it.</summary>
/// <remarks>Known platforms are in <see cref="All"/>; in YAML each goes by any of its names.</remarks>
public sealed record Platform
{
    private Platform(string name, string debianArchitecture, string triplet)
    {
        Name = name;
        DebianArchitecture = debianArchitecture;
        Triplet = triplet;
    }

    /// <summary>64-bit x86.</summary>
    public static Platform Amd64 { get; } = new("x86_64-linux", "amd64", "x86_64-linux-gnu")
    {
        KernelArchitecture = "x86_64",
        KernelImage = "bzImage",
        EfiBootName = "BOOTX64.EFI",
        QemuName = "x86_64",
    };

    /// <summary>32-bit x86.</summary>
    public static Platform I386 { get; } = new("i686-linux", "i386", "i686-linux-gnu")
    {
        KernelArchitecture = "i386",
        KernelImage = "bzImage",
        EfiBootName = "BOOTIA32.EFI",
        QemuName = "i386",
    };

    /// <summary>64-bit ARM.</summary>
    public static Platform Arm64 { get; } = new("aarch64-linux", "arm64", "aarch64-linux-gnu")
    {
        KernelArchitecture = "arm64",
        KernelImage = "Image",
        EfiBootName = "BOOTAA64.EFI",
        QemuName = "aarch64",
    };

    /// <summary>32-bit ARM with a floating-point unit, version 7.</summary>
    public static Platform Armhf { get; } = new("armv7-linux", "armhf", "arm-linux-gnueabihf")
    {
        KernelArchitecture = "arm",
        KernelImage = "zImage",
        EfiBootName = "BOOTARM.EFI",
        QemuName = "arm",
    };

    /// <summary>64-bit RISC-V.</summary>
    public static Platform Riscv64 { get; } = new("riscv64-linux", "riscv64", "riscv64-linux-gnu")
    {
        KernelArchitecture = "riscv",
        KernelImage = "Image",
        EfiBootName = "BOOTRISCV64.EFI",
        QemuName = "riscv64",
    };

    /// <summary>64-bit LoongArch.</summary>
    public static Platform Loong64 { get; } = new("loongarch64-linux", "loong64", "loongarch64-linux-gnu")
    {
        KernelArchitecture = "loongarch",
        KernelImage = "vmlinuz.efi",
        EfiBootName = "BOOTLOONGARCH64.EFI",
        QemuName = "loongarch64",
    };

    /// <summary>Little-endian 64-bit POWER.</summary>
    public static Platform Ppc64El { get; } = new("powerpc64le-linux", "ppc64el", "powerpc64le-linux-gnu")
    {
        KernelArchitecture = "powerpc",
        KernelImage = "vmlinux",
        QemuName = "ppc64le",
    };

    /// <summary>GNU/Hurd on 32-bit x86.</summary>
    public static Platform HurdI386 { get; } = new("i586-gnu", "hurd-i386", "i586-pc-gnu");

    /// <summary>GNU/Hurd on 64-bit x86.</summary>
    public static Platform HurdAmd64 { get; } = new("x86_64-gnu", "hurd-amd64", "x86_64-pc-gnu");

    /// <summary>Every platform that is known.</summary>
    public static ValueList<Platform> All { get; } = [Amd64, I386, Arm64, Armhf, Riscv64, Loong64, Ppc64El, HurdI386, HurdAmd64];

    /// <summary>Name: processor and operating system, as in <c>aarch64-linux</c>.</summary>
    public string Name { get; }

    /// <summary>Debian's name of the architecture, as in <c>arm64</c>.</summary>
    public string DebianArchitecture { get; }

    /// <summary>GNU triplet, as in <c>aarch64-linux-gnu</c>.</summary>
    public string Triplet { get; }

    /// <summary><c>ARCH=</c> of Linux's build, as in <c>arm64</c>; null where Linux is not the kernel.</summary>
    public string? KernelArchitecture { get; private init; }

    /// <summary>What Linux's build calls the image that boot loaders take, as in <c>Image</c>; null where Linux is not the kernel.</summary>
    public string? KernelImage { get; private init; }

    /// <summary>
    /// The program in <c>/EFI/BOOT</c> that UEFI firmware starts by itself (UEFI 2.10, 3.5.1.1), as in <c>BOOTAA64.EFI</c>;
    /// null where there is no such firmware.
    /// </summary>
    public string? EfiBootName { get; private init; }

    /// <summary>QEMU's name of the processor, as in <c>aarch64</c>; null where it runs no programs of the platform.</summary>
    public string? QemuName { get; private init; }

    /// <summary>The platform of that name, Debian architecture or GNU triplet, or null.</summary>
    public static Platform? Find(string name) => All.FirstOrDefault(platform =>
        platform.Name == name || platform.DebianArchitecture == name || platform.Triplet == name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
