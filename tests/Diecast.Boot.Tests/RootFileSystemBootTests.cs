namespace Diecast.Boot.Tests;

/// <summary>Roots that their own mkfs made boot to a login: GRUB reads the kernel from them, the own initrd mounts them.</summary>
public sealed class RootFileSystemBootTests
{
    [ToolTheory("qemu-system-x86_64", "mmdebstrap", "mkfs.btrfs", "mkfs.xfs")]
    [InlineData("xfs")]
    [InlineData("btrfs")]
    public void A_root_of_another_file_system_boots_to_a_login(string fileSystem)
    {
        using var directory = new TempDirectory();
        string image = directory["root.img"];
        // One base for both, with their programs.
        ExampleServer.Build(image,
        [
            "image.type=mbr-raw", "image.size=auto", "image.rootFileSystem=" + fileSystem,
            "system.base.debian.packages[+]=btrfs-progs", "system.base.debian.packages[+]=xfsprogs", .. ExampleServer.SharedBase,
        ]);

        using Qemu machine = Qemu.Start(new QemuOptions { Disks = [new QemuDisk(image)] });
        GuestSession.LogIn(machine);

        Assert.Equal($"/ {fileSystem}", machine.Command("findmnt -rno TARGET,FSTYPE /").Trim());
        Assert.Equal("written", machine.Command("echo written >/etc/kept && sync && cat /etc/kept").Trim());
        Assert.Equal("running", machine.Command("systemctl is-system-running --wait; systemctl --failed --no-legend --plain; true", GuestSession.BootLimit).Trim());
        GuestSession.PowerOff(machine);
    }
}
