namespace Diecast.Testing;

/// <summary>Firmware of the machine.</summary>
public enum QemuFirmware
{
    /// <summary>SeaBIOS, QEMU's own.</summary>
    Bios,

    /// <summary>OVMF for 64-bit x86 or AAVMF for 64-bit ARM, with a variable store of its own.</summary>
    Uefi,

    /// <summary>OVMF of 32 bits.</summary>
    Uefi32,

    /// <summary>OVMF that is built for Secure Boot, on a machine with SMM.</summary>
    UefiSecureBoot,
}

/// <summary>What a disk is attached to.</summary>
public enum QemuBus
{
    Virtio,
    VirtioScsi,
    Ahci,
    Nvme,
    Usb,
    Cdrom,
}

/// <summary>A disk of the machine. The image is not changed unless it is writable.</summary>
public sealed record QemuDisk(string Path, string Format = "raw", QemuBus Bus = QemuBus.Virtio, bool Writable = false);

/// <summary>The machine.</summary>
public sealed record QemuOptions
{
    public QemuFirmware Firmware { get; init; } = QemuFirmware.Bios;

    /// <summary>QEMU's name of the processor architecture: <c>x86_64</c> or <c>aarch64</c>.</summary>
    public string Architecture { get; init; } = "x86_64";

    /// <summary>Disks, in boot order.</summary>
    public IReadOnlyList<QemuDisk> Disks { get; init; } = [];

    public int MemoryMiB { get; init; } = 1024;

    /// <summary>
    /// Processors. One, because a kernel that patches its code while another processor runs it crashes now and then under
    /// QEMU 7's emulation.
    /// </summary>
    public int Processors { get; init; } = 1;

    /// <summary>The variable store that UEFI starts with, of which the machine has a copy. Default: the firmware's empty one.</summary>
    public string? Variables { get; init; }

    /// <summary>Whether the guest has a network by which it reaches nothing but this machine's forwarded ssh port.</summary>
    public bool Network { get; init; }

    /// <summary>Kernel to start without firmware's help, with its initial RAM disk and command line.</summary>
    public QemuKernel? Kernel { get; init; }

    /// <summary>A regular expression that must never be on the console, beside a kernel panic.</summary>
    public string Refused { get; init; } = "^initrd: FAILED.*";

    /// <summary>More arguments for QEMU.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>A kernel that QEMU starts itself.</summary>
public sealed record QemuKernel(string Path, string? Initrd, string CommandLine);
