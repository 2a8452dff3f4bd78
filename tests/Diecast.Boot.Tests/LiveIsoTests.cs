using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>The example as a live system on an ISO image, built once for all tests of it.</summary>
public sealed class LiveIsoImage : IDisposable
{
    internal const string VolumeId = "DIECAST_LIVE";

    private readonly TempDirectory _directory = new();

    public LiveIsoImage() => ExampleServer.Build(
        Path, ["image.type=iso9660", "image.format=iso", "image.size=auto", "image.label=" + VolumeId, .. ExampleServer.SharedBase]);

    internal string Path => _directory["live.iso"];

    public void Dispose() => _directory.Dispose();
}

/// <summary>One file boots as a CD by BIOS and as a disk by UEFI, and forgets what was changed; <see cref="SmallIsoTests"/> has the other two.</summary>
public sealed class LiveIsoTests(LiveIsoImage image) : IClassFixture<LiveIsoImage>
{
    [ToolTheory("qemu-system-x86_64", "mmdebstrap")]
    [InlineData(QemuFirmware.Bios, QemuBus.Cdrom)]
    [InlineData(QemuFirmware.Uefi, QemuBus.Virtio)]
    public void The_example_boots_as_a_live_system(QemuFirmware firmware, QemuBus bus)
    {
        using var machine = Qemu.Start(new QemuOptions { Firmware = firmware, Disks = [new QemuDisk(image.Path, "raw", bus)] });
        GuestSession.LogIn(machine);

        // The root is a file system in a file of the volume, and has kept what ISO 9660 has no place for.
        Assert.Contains("squashfs", machine.Command("findmnt -rno FSTYPE /run/diecast/lower"), StringComparison.Ordinal);
        Assert.Contains("vmlinuz-", machine.Command("ls /boot"), StringComparison.Ordinal);
        Assert.DoesNotContain(" / ", machine.Command("cat /etc/fstab"), StringComparison.Ordinal);
        Assert.Contains("/ overlay", machine.Command("findmnt -rno TARGET,FSTYPE /"), StringComparison.Ordinal);
        Assert.Contains(LiveIsoImage.VolumeId, machine.Command("lsblk -rno LABEL"), StringComparison.Ordinal);
        Assert.Equal(firmware == QemuFirmware.Uefi ? "uefi" : "bios", machine.Command("test -d /sys/firmware/efi && echo uefi || echo bios").Trim());
        // What is written stays in memory: the medium is not written to, and could not be.
        Assert.Equal("kept", machine.Command("echo kept >/etc/written && cat /etc/written").Trim());
    }
}
