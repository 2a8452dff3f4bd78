namespace Diecast.Boot.Tests;

[Collection(ExampleServerCollection.Name)]
public sealed class BootTests(ExampleServer server)
{
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(6);

    [ToolFact("qemu-system-x86_64", "mmdebstrap")]
    public void The_example_boots_by_bios_as_it_was_declared()
    {
        using GuestFileSystems fileSystems = new();
        using Qemu machine = Boot(QemuFirmware.Bios, new QemuDisk(server.RawPath), fileSystems.Disk);

        CheckDeclaration(machine);
        CheckFirstBoot(machine);
        Assert.Equal("bios", machine.Command("test -d /sys/firmware/efi && echo uefi || echo bios").Trim());
        fileSystems.RunOn(machine);
        PowerOff(machine);
        fileSystems.Check();
    }

    [ToolFact("qemu-system-x86_64", "mmdebstrap")]
    public void The_example_boots_by_uefi_from_qcow2_as_it_was_declared()
    {
        using Qemu machine = Boot(QemuFirmware.Uefi, new QemuDisk(server.Qcow2Path, "qcow2", QemuBus.Nvme));

        CheckDeclaration(machine);
        Assert.Equal("uefi", machine.Command("test -d /sys/firmware/efi && echo uefi || echo bios").Trim());
        PowerOff(machine);
    }

    /// <summary>The raw and the plain qcow2 image boot in tests of their own; the other variants hold the same disk by qemu-img.</summary>
    [ToolFact("qemu-system-x86_64", "mmdebstrap")]
    public void The_example_boots_from_every_format_that_qemu_attaches() => Assert.All(server.ToBoot, image =>
    {
        using var machine = Qemu.Start(new QemuOptions { Disks = [new QemuDisk(image.Path, image.Driver)] });
        machine.Expect("vignemale login: ", BootLimit);
    });

    [ToolFact("qemu-system-x86_64", "mmdebstrap")]
    public void The_example_boots_from_an_mbr_disk_without_an_efi_partition()
    {
        using var directory = new TempDirectory();
        ExampleServer.Build(directory["mbr.img"], "image.partitionTable=mbr", "image.size=auto",
            "image.partitions=[{type: linux-generic, bootable: true, mountPoint: /, fileSystem: ext4, free: 64M}, {type: swap, size: 32M, fileSystem: {type: swap, label: spare}}]");

        using Qemu machine = Boot(QemuFirmware.Bios, new QemuDisk(directory["mbr.img"], "raw", QemuBus.Ahci));

        Assert.Matches(@"^/dev/sda2 +32M +spare", machine.Command("swapon --show=NAME,SIZE,LABEL --noheadings"));
        Assert.Contains("/dev/sda1 / ext4", machine.Command("findmnt -rno SOURCE,TARGET,FSTYPE /"), StringComparison.Ordinal);
        PowerOff(machine);
    }

    [ToolFact("qemu-system-x86_64", "mmdebstrap")]
    public void The_example_boots_with_the_distributions_initrd()
    {
        using var directory = new TempDirectory();
        ExampleServer.Build(directory["server.img"], "system.initrd=distribution");

        using Qemu machine = Boot(QemuFirmware.Uefi, new QemuDisk(directory["server.img"]));

        Assert.Contains("running", machine.Command("systemctl is-system-running --wait", BootLimit), StringComparison.Ordinal);
        PowerOff(machine);
    }

    /// <summary>Boots to the login prompt and logs in as the declared user, with a root shell by sudo.</summary>
    private static Qemu Boot(QemuFirmware firmware, params QemuDisk[] disks)
    {
        var machine = Qemu.Start(new QemuOptions { Firmware = firmware, Disks = disks, Network = true });
        try
        {
            machine.Expect("vignemale login: ", BootLimit);
            machine.Send(ExampleServer.User);
            machine.Expect("Password: ");
            machine.Send(ExampleServer.Password);
            machine.Expect(@"ada@vignemale:~\$ ");
            machine.Send("sudo bash --norc");
            machine.Expect("password for ada: ");
            machine.Send(ExampleServer.Password);
            machine.Expect(@"\S+# ");
            machine.Command("stty -echo; PS1=; TERM=dumb");
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    private static void CheckDeclaration(Qemu machine)
    {
        // Every unit came up: a degraded system names what failed in the transcript.
        string state = machine.Command("systemctl is-system-running --wait; systemctl --failed --no-legend --plain; true", BootLimit);
        Assert.Equal("running", state.Trim());
        Assert.Equal("vignemale", machine.Command("hostname").Trim());
        Assert.Equal("Europe/Paris", machine.Command("readlink /etc/localtime | sed 's,.*zoneinfo/,,'").Trim());
        Assert.Matches("^CES?T$", machine.Command("date +%Z").Trim());
        Assert.Contains("LANG=en_US.UTF-8", machine.Command("cat /etc/locale.conf"), StringComparison.Ordinal);
        Assert.Equal("en_US.UTF-8 UTF-8", machine.Command("LC_ALL=en_US.UTF-8 locale -k charmap | sed 's/charmap=\"\\(.*\\)\"/en_US.UTF-8 \\1/'").Trim());
        Assert.Contains("(sudo)", machine.Command("id ada"), StringComparison.Ordinal);
        Assert.Contains("/ ext4", machine.Command("findmnt -rno TARGET,FSTYPE /"), StringComparison.Ordinal);
        Assert.Contains("/boot/efi vfat", machine.Command("findmnt -rno TARGET,FSTYPE /boot/efi"), StringComparison.Ordinal);
        Assert.Contains("active", machine.Command("systemctl is-active ssh systemd-networkd"), StringComparison.Ordinal);
    }

    private static void CheckFirstBoot(Qemu machine)
    {
        Assert.Contains("/etc/ssh/ssh_host_ed25519_key", machine.Command("ls /etc/ssh/ssh_host_*"), StringComparison.Ordinal);
        Assert.Matches("^[0-9a-f]{32}$", machine.Command("cat /etc/machine-id").Trim());

        // The server answers with the keys that this boot made.
        string scan = Tool.Run("ssh-keyscan", "-T", "60", "-p", machine.SshPort.ToString(System.Globalization.CultureInfo.InvariantCulture), "-t", "ed25519", "127.0.0.1").Output;
        string key = machine.Command("cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub").Trim();
        Assert.Contains(key, scan, StringComparison.Ordinal);
    }

    private static void PowerOff(Qemu machine)
    {
        machine.Send("systemctl poweroff");
        machine.ExpectEnd();
    }
}
