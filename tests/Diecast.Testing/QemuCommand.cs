using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Diecast.Testing;

/// <summary>Turns a machine's description into QEMU's arguments.</summary>
internal static class QemuCommand
{
    private static readonly string[] Amd64Code = ["/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/edk2/x64/OVMF_CODE.4m.fd"];
    private static readonly string[] Amd64Variables = ["/usr/share/OVMF/OVMF_VARS_4M.fd", "/usr/share/OVMF/OVMF_VARS.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"];
    private static readonly string[] SecureBootCode = ["/usr/share/OVMF/OVMF_CODE_4M.secboot.fd", "/usr/share/edk2/x64/OVMF_CODE.secboot.4m.fd"];
    private static readonly string[] I386Code = ["/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd"];
    private static readonly string[] I386Variables = ["/usr/share/OVMF/OVMF32_VARS_4M.fd"];
    private static readonly string[] Arm64Code = ["/usr/share/AAVMF/AAVMF_CODE.fd", "/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw"];
    private static readonly string[] Arm64Variables = ["/usr/share/AAVMF/AAVMF_VARS.fd", "/usr/share/edk2/aarch64/vars-template-pflash.raw"];

    internal static string? MissingFirmware(string architecture)
    {
        string[] code = architecture == "aarch64" ? Arm64Code : Amd64Code;
        return code.Any(File.Exists) ? null : code[0];
    }

    /// <summary>A port of this machine that was free a moment ago.</summary>
    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    internal static List<string> Arguments(QemuOptions options, string directory, int sshPort)
    {
        List<string> arguments =
        [
            "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
            "-m", options.MemoryMiB.ToString(CultureInfo.InvariantCulture),
            "-smp", options.Processors.ToString(CultureInfo.InvariantCulture),
        ];
        arguments.AddRange(options.Architecture == "aarch64"
            ? ["-machine", "virt", "-accel", "tcg,thread=multi", "-cpu", "cortex-a57"]

            // QEMU 7.2 damages flags on cmpxchg16b, which kernels from 6.6 on use; five-level page tables and modules for
            // virtual machines within it cost time.
            // Debian's OVMF of 32 bits is built for Secure Boot alone, which needs a flash that only SMM writes.
            : ["-machine", options.Firmware is QemuFirmware.Uefi32 or QemuFirmware.UefiSecureBoot ? "q35,smm=on" : "q35", "-accel", "tcg,thread=multi", "-cpu", "max,-cx16,-la57,-svm"]);
        AddFirmware(arguments, options, directory);
        for (int i = 0; i < options.Disks.Count; i++)
            AddDisk(arguments, options.Disks[i], i);
        if (options.Network)
        {
            arguments.AddRange([
                "-netdev", $"user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:{sshPort}-:22",
                "-device", "virtio-net-pci,netdev=net0,romfile=",
            ]);
        }

        if (options.Kernel is { } kernel)
        {
            arguments.AddRange(["-kernel", kernel.Path, "-append", kernel.CommandLine]);
            if (kernel.Initrd is not null)
                arguments.AddRange(["-initrd", kernel.Initrd]);
        }

        arguments.AddRange(["-device", "virtio-rng-pci"]);
        arguments.AddRange(options.Arguments);
        return arguments;
    }

    private static void AddFirmware(List<string> arguments, QemuOptions options, string directory)
    {
        if (options.Firmware == QemuFirmware.Bios)
            return;
        bool arm = options.Architecture == "aarch64";
        bool narrow = options.Firmware == QemuFirmware.Uefi32;
        bool secure = options.Firmware == QemuFirmware.UefiSecureBoot;
        string code = First(arm ? Arm64Code : narrow ? I386Code : secure ? SecureBootCode : Amd64Code);
        if (narrow || secure)
            arguments.AddRange(["-global", "driver=cfi.pflash01,property=secure,value=on"]);
        string variables = Path.Combine(directory, "variables.fd");

        // Not File.Copy, which keeps the template's permissions: it may be read-only.
        File.WriteAllBytes(variables, File.ReadAllBytes(options.Variables ?? First(arm ? Arm64Variables : narrow ? I386Variables : Amd64Variables)));
        arguments.AddRange([
            "-drive", $"if=pflash,unit=0,format=raw,readonly=on,file={Escape(code)}",
            "-drive", $"if=pflash,unit=1,format=raw,file={Escape(variables)}",
        ]);
    }

    private static void AddDisk(List<string> arguments, QemuDisk disk, int index)
    {
        string id = $"disk{index}";
        string snapshot = disk.Bus == QemuBus.Cdrom ? "readonly=on,media=cdrom" : disk.Writable ? "snapshot=off" : "snapshot=on";
        arguments.AddRange(["-drive", $"if=none,id={id},format={disk.Format},{snapshot},file={Escape(disk.Path)}"]);
        string tail = $"drive={id},bootindex={index + 1}";
        string[] device = disk.Bus switch
        {
            QemuBus.Virtio => ["-device", $"virtio-blk-pci,{tail}"],
            QemuBus.VirtioScsi => ["-device", $"virtio-scsi-pci,id=scsi{index}", "-device", $"scsi-hd,bus=scsi{index}.0,{tail}"],
            QemuBus.Ahci => ["-device", $"ide-hd,{tail}"],
            QemuBus.Nvme => ["-device", $"nvme,serial={id},{tail}"],
            QemuBus.Usb => ["-device", $"qemu-xhci,id=usb{index}", "-device", $"usb-storage,bus=usb{index}.0,removable=on,{tail}"],
            _ => ["-device", $"ide-cd,{tail}"],
        };
        arguments.AddRange(device);
    }

    private static string First(string[] paths) =>
        paths.FirstOrDefault(File.Exists) ?? throw new FileNotFoundException($"none of the firmware files is installed: {string.Join(", ", paths)}");

    /// <summary>QEMU separates options with commas and takes two for one.</summary>
    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
