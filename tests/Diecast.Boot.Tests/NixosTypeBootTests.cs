namespace Diecast.Boot.Tests;

/// <summary>The tables of NixOS's make-disk-image boot by the firmware that they are for: kernels on a FAT, on an extended boot partition, on the root.</summary>
/// <remarks>One machine at a time, because each wants every processor.</remarks>
[Collection(ExampleServerCollection.Name)]
public sealed class NixosTypeBootTests
{
    [ToolTheory("qemu-system-x86_64", "mmdebstrap")]
    [InlineData("nixos-legacy-boot", "/boot vfat", QemuFirmware.Bios)]
    [InlineData("nixos-efixbootldr", "/boot vfat", QemuFirmware.Uefi)]
    [InlineData("nixos-hybrid", "/boot/efi vfat", QemuFirmware.Bios, QemuFirmware.Uefi)]
    public void A_table_of_make_disk_image_boots_to_a_login(string type, string mount, params QemuFirmware[] firmware)
    {
        using var directory = new TempDirectory();
        string image = directory["nixos.img"];
        ExampleServer.Build(image, ["image.type=" + type, "image.size=auto", .. ExampleServer.SharedBase]);

        foreach (QemuFirmware one in firmware)
        {
            using Qemu machine = Qemu.Start(new QemuOptions { Firmware = one, Disks = [new QemuDisk(image)] });
            GuestSession.LogIn(machine);

            Assert.Equal("nixos", machine.Command("findmnt -rno LABEL /").Trim());
            Assert.Contains(mount, machine.Command("findmnt -rno TARGET,FSTYPE -t vfat"), StringComparison.Ordinal);
            Assert.Equal(one == QemuFirmware.Uefi ? "uefi" : "bios", machine.Command("test -d /sys/firmware/efi && echo uefi || echo bios").Trim());
            GuestSession.PowerOff(machine);
        }
    }
}
