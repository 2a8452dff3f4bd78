namespace Diecast.Boot.Tests;

/// <summary>A live system on an ISO image boots as a CD by UEFI and as a disk by BIOS; <see cref="LiveIsoTests"/> has the other two.</summary>
[Collection(SmallPcCollection.Name)]
public sealed class SmallIsoTests(SmallPc small)
{
    [ToolFact("qemu-system-x86_64", "mmdebstrap", "depmod")]
    public void A_live_system_boots_as_a_cd_and_as_a_disk()
    {
        using var directory = new TempDirectory();
        small.Build(directory["live.iso"], "iso9660", "image.label=SMALL_LIVE");

        foreach ((QemuFirmware firmware, QemuBus bus, string device) in new[] { (QemuFirmware.Uefi, QemuBus.Cdrom, "/dev/sr0"), (QemuFirmware.Bios, QemuBus.Ahci, "/dev/sda") })
        {
            using Qemu machine = SmallPc.Boot(new QemuOptions { Firmware = firmware, Disks = [new QemuDisk(directory["live.iso"], "raw", bus)] });

            Assert.Equal(firmware == QemuFirmware.Uefi ? "uefi" : "bios", SmallPc.FirmwareOf(machine));
            string mounts = machine.Command("cat /proc/mounts");
            Assert.Contains($"{device} /run/diecast/medium iso9660 ro", mounts, StringComparison.Ordinal);
            Assert.Contains(" /run/diecast/lower squashfs ro", mounts, StringComparison.Ordinal);
            Assert.Contains("overlay / overlay rw", mounts, StringComparison.Ordinal);
            Assert.Equal("kept", machine.Command("echo kept >/etc/written && cat /etc/written").Trim());
            SmallPc.PowerOff(machine);
        }
    }
}
