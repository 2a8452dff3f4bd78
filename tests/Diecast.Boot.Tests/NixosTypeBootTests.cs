namespace Diecast.Boot.Tests;

/// <summary>The tables of NixOS's make-disk-image boot by the firmware that they are for: kernels on the root, on a FAT, on an extended boot partition.</summary>
[Collection(SmallPcCollection.Name)]
public sealed class NixosTypeBootTests(SmallPc small)
{
    [ToolTheory("qemu-system-x86_64", "mmdebstrap", "depmod")]
    [InlineData("nixos-legacy", "vda1 /", QemuFirmware.Bios)]
    [InlineData("nixos-legacy-boot", "vda1 /boot, vda2 /", QemuFirmware.Bios)]
    [InlineData("nixos-legacy-gpt", "vda2 /", QemuFirmware.Bios)]
    [InlineData("nixos-efi", "vda1 /boot/efi, vda2 /", QemuFirmware.Uefi)]
    [InlineData("nixos-efixbootldr", "vda1 /efi, vda2 /boot, vda3 /", QemuFirmware.Uefi)]
    [InlineData("nixos-hybrid", "vda1 /boot/efi, vda3 /", QemuFirmware.Bios, QemuFirmware.Uefi)]
    public void A_table_of_make_disk_image_boots(string type, string mounts, params QemuFirmware[] firmware)
    {
        using var directory = new TempDirectory();
        small.Build(directory["nixos.img"], type);

        foreach (QemuFirmware one in firmware)
        {
            using Qemu machine = SmallPc.Boot(new QemuOptions { Firmware = one, Disks = [new QemuDisk(directory["nixos.img"])] });

            Assert.Equal(one == QemuFirmware.Uefi ? "uefi" : "bios", SmallPc.FirmwareOf(machine));
            Assert.Equal(Expected(mounts, "ext4"), SmallPc.Mount(machine));
            Assert.Equal($"/dev/{mounts.Split(", ")[^1].Split(' ')[0]}", machine.Command("findfs LABEL=nixos").Trim());
            SmallPc.PowerOff(machine);
        }
    }

    /// <summary>touchEFIVars: the firmware follows the entry that is in the variables beside the image; there is nothing else that it could start.</summary>
    [ToolFact("qemu-system-x86_64", "mmdebstrap", "depmod", "mcopy", "/usr/share/OVMF/OVMF_VARS_4M.fd")]
    public void Firmware_follows_the_boot_entry_that_is_written_beside_the_image()
    {
        using var directory = new TempDirectory();
        const string Esp = "@@8M", Program = "/EFI/small/grubx64.efi";
        small.Build(directory["first.img"], "nixos-efi");
        Tool.Check("mcopy", "-i", directory["first.img"] + Esp, "::/EFI/BOOT/BOOTX64.EFI", directory["grubx64.efi"]);
        // The same image with its loader elsewhere, as one that is not removable has it.
        small.Build(
            directory["nixos.img"], "nixos-efi", $"system.files[+]={{ target: /boot/efi{Program}, source: {directory["grubx64.efi"]} }}",
            $"image.efiVariables={{ template: /usr/share/OVMF/OVMF_VARS_4M.fd, program: {Program} }}");
        Tool.Check("mdeltree", "-i", directory["nixos.img"] + Esp, "::/EFI/BOOT");

        using Qemu machine = SmallPc.Boot(new QemuOptions
        {
            Firmware = QemuFirmware.Uefi,
            Variables = directory["small-efi-vars.fd"],
            Disks = [new QemuDisk(directory["nixos.img"])],
        });

        Assert.Equal(["/dev/vda1 /boot/efi vfat", "/dev/vda2 / ext4"], SmallPc.Mount(machine));
        // Behind the variable's attributes.
        Assert.Equal("0", machine.Command("mount -t efivarfs efivarfs /sys/firmware/efi/efivars; tail -c 2 /sys/firmware/efi/efivars/BootCurrent-8be4df61-93ca-11d2-aa0d-00e098032b8c | od -An -tu2").Trim());
        SmallPc.PowerOff(machine);
    }

    /// <summary>A root without a table has no boot loader: the kernel comes from outside.</summary>
    [ToolFact("qemu-system-x86_64", "mmdebstrap", "depmod", "debugfs")]
    public void A_root_without_a_table_boots_by_a_kernel_that_is_given()
    {
        using var directory = new TempDirectory();
        small.Build(directory["nixos.img"], "nixos-none");
        string[] names = Tool.Check("debugfs", "-R", "ls -p /boot", directory["nixos.img"]).Split('/');
        foreach ((string name, string file) in new[] { ("vmlinuz-", "kernel"), ("initrd.img-", "initrd") })
            Tool.Check("debugfs", "-R", $"dump /boot/{names.Single(one => one.StartsWith(name, StringComparison.Ordinal))} {directory[file]}", directory["nixos.img"]);

        using Qemu machine = SmallPc.Boot(new QemuOptions
        {
            Disks = [new QemuDisk(directory["nixos.img"])],
            Kernel = new QemuKernel(directory["kernel"], directory["initrd"], "console=ttyS0 no_timer_check root=LABEL=nixos"),
        });

        Assert.Equal(["/dev/vda / ext4"], SmallPc.Mount(machine));
        SmallPc.PowerOff(machine);
    }

    /// <summary>GRUB reads menu and kernel from it, the own initrd mounts it.</summary>
    [ToolTheory("qemu-system-x86_64", "mmdebstrap", "depmod", "mkfs.btrfs", "mkfs.xfs")]
    [InlineData("nixos-legacy", "ext2", "vda1 /")]
    [InlineData("nixos-legacy-gpt", "xfs", "vda2 /")]
    [InlineData("nixos-efi", "btrfs", "vda1 /boot/efi, vda2 /")]
    [InlineData("nixos-hybrid", "{ type: squashfs, compression: gzip }", "vda1 /boot/efi, vda3 /")]
    [InlineData("nixos-legacy-boot", "erofs", "vda1 /boot, vda2 /")]
    [InlineData("nixos-efixbootldr", "{ type: squashfs, compression: zstd }", "vda1 /efi, vda2 /boot, vda3 /")]
    public void A_root_of_any_file_system_boots_from_any_table(string type, string fileSystem, string mounts)
    {
        using var directory = new TempDirectory();
        small.Build(directory["nixos.img"], type, "image.rootFileSystem=" + fileSystem);
        QemuFirmware firmware = type.StartsWith("nixos-efi", StringComparison.Ordinal) ? QemuFirmware.Uefi : QemuFirmware.Bios;

        using Qemu machine = SmallPc.Boot(new QemuOptions { Firmware = firmware, Disks = [new QemuDisk(directory["nixos.img"])] });

        string name = fileSystem.Trim('{', ' ').Replace("type: ", "", StringComparison.Ordinal).Split(',')[0];
        Assert.Equal(Expected(mounts, name == "ext2" ? "ext4" : name), SmallPc.Mount(machine));
        SmallPc.PowerOff(machine);
    }

    /// <summary>f2fs holds the kernel alone, as Debian's small kernels do not mount it.</summary>
    [ToolFact("qemu-system-x86_64", "mmdebstrap", "depmod", "mkfs.f2fs")]
    public void Grub_reads_a_kernel_from_f2fs()
    {
        using var directory = new TempDirectory();
        small.Build(directory["f2fs.img"], "nixos-legacy",
            "image.partitions=[{ type: linux-generic, fileSystem: f2fs, mountPoint: /boot }, { type: linux-generic, fileSystem: ext4, mountPoint: / }]");

        using Qemu machine = SmallPc.Boot(new QemuOptions { Disks = [new QemuDisk(directory["f2fs.img"])] });

        Assert.Equal("", machine.Command("ls /boot").Trim());
        SmallPc.PowerOff(machine);
    }

    private static IEnumerable<string> Expected(string mounts, string root) =>
        mounts.Split(", ").Select(mount => $"/dev/{mount} {(mount.EndsWith(" /", StringComparison.Ordinal) ? root : "vfat")}");
}
