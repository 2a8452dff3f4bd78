using System.Collections.Immutable;

namespace Diecast.Boot;

/// <summary>A firmware that GRUB runs on, by GRUB's own name for it.</summary>
internal sealed record GrubPlatform
{
    // What Diecast's grub.cfg, Debian's update-grub and a person at GRUB's prompt use. It is all in the core image, so
    // that no module has to be in /boot/grub.
    private static readonly ImmutableArray<string> CommonModules =
    [
        "part_gpt", "part_msdos", "ext2", "fat", "search", "search_fs_uuid", "search_fs_file", "search_label",
        "normal", "configfile", "linux", "serial", "terminal", "loadenv", "gzio", "gettext", "font", "gfxterm", "png",
        "all_video", "echo", "test", "true", "regexp", "keystatus", "probe", "sleep", "ls", "cat", "help", "minicmd",
        "halt", "reboot", "boot", "chain",
    ];

    private GrubPlatform(string name, string? removableName, ImmutableArray<string> modules)
    {
        Name = Format = name;
        RemovableName = removableName;
        Modules = CommonModules.AddRange(modules);
    }

    /// <summary>PC BIOS.</summary>
    internal static GrubPlatform PcBios { get; } =
        new("i386-pc", null, ["biosdisk", "linux16"]) { OwnFiles = ["diskboot.img", "lzma_decompress.img"] };

    /// <summary>PC BIOS, from a CD: El Torito's loader before the core image.</summary>
    internal static GrubPlatform PcBiosCd { get; } = PcBios with
    {
        Format = "i386-pc-eltorito",
        OwnFiles = ["cdboot.img", "diskboot.img", "lzma_decompress.img"],
    };

    /// <summary>64-bit x86 UEFI.</summary>
    internal static GrubPlatform Amd64Efi { get; } =
        new("x86_64-efi", "BOOTX64.EFI", ["efi_gop", "efi_uga", "efifwsetup"]) { OptionalModules = ["bli"] };

    /// <summary>32-bit x86 UEFI.</summary>
    internal static GrubPlatform I386Efi { get; } =
        new("i386-efi", "BOOTIA32.EFI", ["efi_gop", "efi_uga", "efifwsetup"]) { OptionalModules = ["bli"] };

    /// <summary>64-bit ARM UEFI.</summary>
    internal static GrubPlatform Arm64Efi { get; } =
        new("arm64-efi", "BOOTAA64.EFI", ["efi_gop", "efifwsetup"]) { OptionalModules = ["bli"] };

    /// <summary>64-bit RISC-V UEFI.</summary>
    internal static GrubPlatform RiscV64Efi { get; } =
        new("riscv64-efi", "BOOTRISCV64.EFI", ["efi_gop", "efifwsetup"]) { OptionalModules = ["bli"] };

    /// <summary>GRUB's name, which is the directory of the platform's modules: <c>i386-pc</c>, <c>x86_64-efi</c>.</summary>
    internal string Name { get; }

    /// <summary>What grub-mkimage makes, in its own words.</summary>
    internal string Format { get; private init; }

    /// <summary>Name of the image in <c>/EFI/BOOT</c> that firmware starts by itself (UEFI 2.10, 3.5.1.1), or null for BIOS.</summary>
    internal string? RemovableName { get; }

    /// <summary>Modules in the core image.</summary>
    internal ImmutableArray<string> Modules { get; }

    /// <summary>Modules in the core image where this version of GRUB has them.</summary>
    internal ImmutableArray<string> OptionalModules { get; private init; } = [];

    /// <summary>Files that grub-mkimage reads beside kernel.img and modules.</summary>
    internal ImmutableArray<string> OwnFiles { get; private init; } = [];

    /// <summary>The Debian package that holds the platform's modules.</summary>
    internal string DebianPackage => Name switch
    {
        "i386-pc" => "grub-pc-bin",
        "x86_64-efi" => "grub-efi-amd64-bin",
        "i386-efi" => "grub-efi-ia32-bin",
        "arm64-efi" => "grub-efi-arm64-bin",
        _ => "grub-efi-riscv64-bin",
    };

    /// <summary>The UEFI platform of an architecture.</summary>
    /// <exception cref="BootException">GRUB has none for it.</exception>
    internal static GrubPlatform EfiOf(Architecture architecture) => architecture switch
    {
        Architecture.Amd64 => Amd64Efi,
        Architecture.I386 => I386Efi,
        Architecture.Arm64 => Arm64Efi,
        Architecture.RiscV64 => RiscV64Efi,
        _ => throw new BootException($"GRUB for UEFI is not supported on {architecture}"),
    };

    /// <inheritdoc/>
    public override string ToString() => Name;
}
