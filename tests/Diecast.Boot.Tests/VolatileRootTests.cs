using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Boot.Tests;

/// <summary>One image that forgets and keeps, as the boot menu says, on the smallest disk that a BIOS boots.</summary>
public sealed class VolatileRootTests
{
    private const long RootOffset = 1 << 20;

    [ToolFact("qemu-system-x86_64", "mmdebstrap")]
    public void The_same_image_keeps_changes_and_forgets_them()
    {
        using var directory = new TempDirectory();
        string image = directory["volatile.img"];
        ExampleServer.Build(image,
        [
            "image.type=mbr-raw", "image.size=auto", "image.volatileRoot=yes", "system.bootloader.timeout=-1", .. ExampleServer.SharedBase,
        ]);

        using (Qemu machine = Start(image))
        {
            machine.Expect("changes are kept");
            // Down, as GRUB has it too.
            machine.Send("\x0e");
            GuestSession.LogIn(machine);
            Assert.Contains("/ ext4", machine.Command("findmnt -rno TARGET,FSTYPE /"), StringComparison.Ordinal);
            Assert.Contains("diecast.volatile=no", machine.Command("cat /proc/cmdline"), StringComparison.Ordinal);
            machine.Command("echo one >/etc/kept");
            // The menu of the next start is update-grub's.
            machine.Command("update-grub", GuestSession.BootLimit);
            Assert.Equal("2", machine.Command("grep -c diecast.volatile= /boot/grub/grub.cfg").Trim());
            Assert.Equal("", machine.Command("grep '^### BEGIN.*10_linux' /boot/grub/grub.cfg; grep 'Made with the image' /boot/grub/grub.cfg; true").Trim());
            GuestSession.PowerOff(machine);
        }

        using (Qemu machine = Start(image))
        {
            machine.Expect("changes are kept");
            machine.Send("");
            GuestSession.LogIn(machine);
            Assert.Contains("/ overlay", machine.Command("findmnt -rno TARGET,FSTYPE /"), StringComparison.Ordinal);
            Assert.Equal("running", machine.Command("systemctl is-system-running --wait; systemctl --failed --no-legend --plain; true", GuestSession.BootLimit).Trim());
            Assert.Equal("one", machine.Command("cat /etc/kept").Trim());
            Assert.Equal("two", machine.Command("echo two >/etc/kept && echo gone >/etc/forgotten && sync && cat /etc/kept").Trim());
            GuestSession.PowerOff(machine);
        }

        using HostFile file = HostFile.Open(image);
        FileTree tree = ExtFileSystem.Read(Blob.FromFile(file, RootOffset, new FileInfo(image).Length - RootOffset));
        Assert.Equal("one\n", tree.ReadText("/etc/kept"));
        Assert.Null(tree.ResolveFile("/etc/forgotten"));
    }

    private static Qemu Start(string image) => Qemu.Start(new QemuOptions { Disks = [new QemuDisk(image, Writable: true)] });
}
