namespace Diecast.Boot.Tests;

/// <summary>Types that boot by UEFI alone: of 64 bits with a menu of the definition's own, of 32 bits with a store of the host's.</summary>
public sealed class GenericTypeBootTests
{
    [ToolFact("qemu-system-x86_64", "mmdebstrap")]
    public void An_efi_disk_boots_the_entry_that_its_definition_chose()
    {
        using var directory = new TempDirectory();
        string image = directory["efi.img"];
        ExampleServer.Build(image,
        [
            "image.type=efi-raw", "image.size=auto", "image.label=chosen",
            "system.bootloader={ timeout: 0, defaultEntry: 1, terminalOutputs: [console], extraInitrd: /boot/none.cpio,"
                + " menuEntries: [{ label: Mine, device: LABEL=chosen, linux: /vmlinuz, arguments: [root=LABEL=chosen, ro, console=ttyS0, no_timer_check, entry=mine], initrd: /initrd.img }] }",
            .. ExampleServer.SharedBase,
        ]);

        using Qemu machine = Qemu.Start(new QemuOptions { Firmware = QemuFirmware.Uefi, Disks = [new QemuDisk(image)] });
        GuestSession.LogIn(machine);

        Assert.Contains("entry=mine", machine.Command("cat /proc/cmdline"), StringComparison.Ordinal);
        Assert.Equal("uefi", machine.Command("test -d /sys/firmware/efi && echo uefi").Trim());
        // What is left is enough to write the menu again in the running system.
        string menu = machine.Command("update-grub 2>/dev/null; grep -c \"menuentry 'Mine'\" /boot/grub/grub.cfg; grep default= /boot/grub/grub.cfg");
        Assert.Contains("1\n", menu, StringComparison.Ordinal);
        Assert.Contains("set default=\"Mine\"", menu, StringComparison.Ordinal);
        GuestSession.PowerOff(machine);
    }

    [ToolFact("qemu-system-x86_64", "mmdebstrap", "/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd")]
    public void A_disk_boots_by_32_bit_uefi_with_the_store_of_its_host()
    {
        using var directory = new TempDirectory();
        string image = directory["efi32.img"];
        const string Store = "/srv/store";
        Directory.CreateDirectory(directory["store"]);
        File.WriteAllText(directory["store/program"], "#!/bin/sh\necho from the host\n");
        File.SetUnixFileMode(directory["store/program"], (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(directory["store"], (UnixFileMode)0b111_101_101);
        // Debian's kernel for clouds has no 9p.
        ExampleServer.Build(image, "image.type=efi32-raw", "image.size=auto", "image.sharedStore=" + Store, "system.kernel.package=linux-image-amd64");

        using Qemu machine = Qemu.Start(new QemuOptions
        {
            Firmware = QemuFirmware.Uefi32,
            Disks = [new QemuDisk(image)],
            Arguments = ["-virtfs", $"local,path={directory["store"]},mount_tag={new SharedStore(Store).Tag},security_model=none,readonly=on"],
        });
        GuestSession.LogIn(machine);

        Assert.Equal("32", machine.Command("cat /sys/firmware/efi/fw_platform_size").Trim());
        Assert.Contains($"{Store} 9p ro", machine.Command($"findmnt -rno TARGET,FSTYPE,OPTIONS {Store}"), StringComparison.Ordinal);
        Assert.Equal("from the host", machine.Command($"{Store}/program").Trim());
        Assert.Equal("refused", machine.Command($"touch {Store}/x 2>/dev/null || echo refused").Trim());
        GuestSession.PowerOff(machine);
    }
}
