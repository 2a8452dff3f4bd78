using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Inspection;
using Diecast.Formats.Partitioning;

namespace Diecast.Running;

/// <summary>A machine of QEMU that images are run on.</summary>
internal sealed record EmulatorMachine
{
    // U-Boot, include/sunxi_image.h: struct boot_file_head, which Allwinner's ROM finds at 8 KiB, begins with a jump; behind
    // the mark it has the offset of the name of the board's device tree.
    private const int SunxiLoader = 8192;
    private const int SunxiMark = 4;
    private const int SunxiNameOffset = 32;
    private const int SunxiHeader = 96;

    private EmulatorMachine(string name, string processor, string type, string package)
    {
        Name = name;
        Processor = processor;
        Type = type;
        Package = package;
    }

    /// <summary>A PC.</summary>
    internal static EmulatorMachine Pc { get; } = new("pc", "x86_64", "q35", "qemu-system-x86 ovmf")
    {
        // By distribution: Debian, Fedora, Arch.
        Uefi =
        [
            ("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
            ("/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"),
            ("/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
            ("/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
        ],
        Uefi32 =
        [
            ("/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF32_VARS_4M.fd"),
            ("/usr/share/edk2/ovmf-ia32/OVMF_CODE.secboot.fd", "/usr/share/edk2/ovmf-ia32/OVMF_VARS.fd"),
            ("/usr/share/edk2/ia32/OVMF_CODE.secboot.4m.fd", "/usr/share/edk2/ia32/OVMF_VARS.4m.fd"),
        ],
        UefiSecureBoot =
        [
            ("/usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
            ("/usr/share/edk2/ovmf/OVMF_CODE.secboot.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"),
            ("/usr/share/edk2/x64/OVMF_CODE.secboot.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"),
        ],
        HasBios = true,
        IsHost = RuntimeInformation.OSArchitecture == Architecture.X64,
    };

    /// <summary>64-bit ARM with UEFI.</summary>
    internal static EmulatorMachine Arm64 { get; } = new("arm64", "aarch64", "virt", "qemu-system-arm qemu-efi-aarch64")
    {
        Uefi =
        [
            ("/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/AAVMF/AAVMF_VARS.fd"),
            ("/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw", "/usr/share/edk2/aarch64/vars-template-pflash.raw"),
            ("/usr/share/edk2/aarch64/QEMU_CODE.fd", "/usr/share/edk2/aarch64/QEMU_VARS.fd"),
        ],
        EmulatedCpu = "cortex-a72",
        IsHost = RuntimeInformation.OSArchitecture == Architecture.Arm64,
    };

    /// <summary>64-bit RISC-V with U-Boot in the place of its kernel, which OpenSBI starts.</summary>
    internal static EmulatorMachine Riscv64 { get; } = new("riscv64", "riscv64", "virt", "qemu-system-misc opensbi u-boot-qemu")
    {
        Loaders =
        [
            ("-bios", ["/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.elf", "/usr/share/opensbi/lp64/generic/firmware/fw_jump.elf"]),
            ("-kernel", ["/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf", "/usr/share/u-boot-qemu/qemu-riscv64_smode/u-boot.bin"]),
        ],
        IsHost = RuntimeInformation.OSArchitecture == Architecture.RiscV64,
    };

    /// <summary>The board Orange Pi PC: its ROM loads U-Boot from the SD card.</summary>
    internal static EmulatorMachine OrangePiPc { get; } = new("orangepi-pc", "arm", "orangepi-pc", "qemu-system-arm")
    {
        Bus = EmulatorBus.SdCard,
        Memory = ByteSize.GiB(1),
        Processors = 4,
    };

    /// <summary>Every machine, in the order in which they are listed.</summary>
    internal static ValueList<EmulatorMachine> All { get; } = [Pc, Arm64, Riscv64, OrangePiPc];

    /// <summary>Name, as in <c>diecast run --machine NAME</c>.</summary>
    internal string Name { get; }

    /// <summary>QEMU's name of the processor.</summary>
    internal string Processor { get; }

    /// <summary>QEMU's name of the machine.</summary>
    internal string Type { get; }

    /// <summary>Debian's packages that have the emulator and the firmware.</summary>
    internal string Package { get; }

    /// <summary>QEMU's program.</summary>
    internal string Program => "qemu-system-" + Processor;

    /// <summary>Code and variable template of UEFI firmware; the first that is there is taken.</summary>
    internal ValueList<(string Code, string Variables)> Uefi { get; private init; } = [];

    /// <summary>The same of 32 bits. It is built for Secure Boot alone, with a variable store that only SMM writes.</summary>
    internal ValueList<(string Code, string Variables)> Uefi32 { get; private init; } = [];

    /// <summary>Files of UEFI that is built for Secure Boot, by distribution; empty where it has none.</summary>
    internal ValueList<(string Code, string Variables)> UefiSecureBoot { get; private init; } = [];

    /// <summary>Whether it starts by a BIOS, too.</summary>
    internal bool HasBios { get; private init; }

    /// <summary>Other firmware: an option of QEMU, and the files of which the first that is there is taken.</summary>
    internal ValueList<(string Option, ValueList<string> Files)> Loaders { get; private init; } = [];

    /// <summary>What the disk is attached to.</summary>
    internal EmulatorBus Bus { get; private init; } = EmulatorBus.Virtio;

    /// <summary>The processor to emulate, or null for the machine's own choice.</summary>
    internal string? EmulatedCpu { get; private init; }

    /// <summary>Whether this computer has such a processor, so that KVM may run it.</summary>
    internal bool IsHost { get; private init; }

    /// <summary>Memory where the machine has just that.</summary>
    internal ByteSize? Memory { get; private init; }

    /// <summary>Processors where the machine has just so many.</summary>
    internal int? Processors { get; private init; }

    /// <summary>The machine of that name, or null.</summary>
    internal static EmulatorMachine? Find(string name) => All.FirstOrDefault(machine => machine.Name == name);

    /// <summary>The machine of a platform; a PC for one that is not known.</summary>
    internal static EmulatorMachine Of(Platform platform) =>
        platform == Platform.Arm64 ? Arm64 : platform == Platform.Riscv64 ? Riscv64 : Pc;

    /// <summary>The machine that a disk is made for, by its loader or the types of its partitions; a PC where nothing tells.</summary>
    /// <exception cref="BuildException">It is made for a board that QEMU does not have.</exception>
    internal static EmulatorMachine Of(Blob disk)
    {
        if (SunxiBoard(disk) is { } board)
        {
            return board.Contains(OrangePiPc.Name, StringComparison.Ordinal) ? OrangePiPc : throw new BuildException(
                $"the image is for the board {board}, which QEMU does not have", "write it to a card, or name a machine with --machine");
        }

        foreach (FoundPartition partition in DiskContents.Read(disk).Table?.Partitions ?? [])
        {
            if (partition.Type.Name.EndsWith("-arm64", StringComparison.Ordinal))
                return Arm64;
            if (partition.Type.Name.EndsWith("-riscv64", StringComparison.Ordinal))
                return Riscv64;
        }

        return Pc;
    }

    /// <summary>The device tree's name in the header of Allwinner's loader, or null where there is none.</summary>
    private static string? SunxiBoard(Blob disk)
    {
        byte[] header = new byte[SunxiHeader];
        if (disk.Length < SunxiLoader + header.Length)
            return null;
        disk.Read(SunxiLoader, header);
        if (!header.AsSpan(SunxiMark).StartsWith("eGON.BT0"u8))
            return null;
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(SunxiNameOffset));
        ReadOnlySpan<byte> name = offset < header.Length ? header.AsSpan((int)offset) : default;
        int end = name.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? name : name[..end]);
    }
}

/// <summary>What a machine's disk is attached to.</summary>
internal enum EmulatorBus
{
    /// <summary>A virtio block device on PCI.</summary>
    Virtio,

    /// <summary>The board's slot for SD cards, whose sizes are powers of two.</summary>
    SdCard,
}
