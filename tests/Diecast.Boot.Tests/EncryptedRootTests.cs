using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>Roots that are encrypted: what is typed on the console opens one, a key beside the kernel the other.</summary>
/// <remarks>One machine at a time, because each wants every processor.</remarks>
[Collection(ExampleServerCollection.Name)]
public sealed class EncryptedRootTests
{
    private const string Passphrase = "five difference engines";
    private const string Boot = "{ type: xbootldr, mountPoint: /boot, fileSystem: ext4, free: 16M }";

    [ToolFact("qemu-system-x86_64", "mmdebstrap", "cryptsetup")]
    public void A_passphrase_on_the_serial_line_opens_the_root()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["key"], Passphrase);
        string image = Build(directory, "{ keyFile: key, kdf: pbkdf2, discard: yes }");

        using Qemu machine = Qemu.Start(new QemuOptions { Disks = [new QemuDisk(image)] });
        machine.Expect("Enter passphrase for /dev/[sv]da3: ", GuestSession.BootLimit);
        machine.Answer("wrong", "No key available with this passphrase");
        machine.Expect("Enter passphrase for /dev/[sv]da3: ");
        machine.Answer(Passphrase, "is open as /dev/mapper/secret");
        AssertRuns(machine);
        Assert.Contains("allow_discards", machine.Command("dmsetup table secret"), StringComparison.Ordinal);
        GuestSession.PowerOff(machine);
    }

    [ToolFact("qemu-system-x86_64", "mmdebstrap", "cryptsetup", "debugfs")]
    public void A_key_in_the_initial_RAM_disk_opens_the_root_without_asking()
    {
        using var directory = new TempDirectory();
        // No passphrase: it could not be typed.
        File.WriteAllBytes(directory["key"], [0, 10, 13, 255, 1, 2, 3]);
        string image = Build(directory, "{ keyFile: key, kdf: minimal, keyInInitrd: yes }");

        using Qemu machine = Qemu.Start(new QemuOptions { Disks = [new QemuDisk(image)] });
        AssertRuns(machine);
        // Nobody but root reads the key.
        Assert.Equal("600\n", machine.Command("stat -c %a /boot/initrd.img-*"));
        GuestSession.PowerOff(machine);
    }

    private static string Build(TempDirectory directory, string encryption)
    {
        File.Copy(Checkout.PathOf("examples/debian-server.yaml"), directory["server.yaml"]);
        LoadedDefinition loaded = DefinitionReader.Read(directory["server.yaml"], new DefinitionOverrides
        {
            Set =
            [
                "image.format=raw", "image.size=auto", "system.base.debian.packages[+]=cryptsetup-bin", "system.base.debian.packages[+]=dmsetup",
                $"image.partitions=[{{ type: bios-boot, size: 1M }}, {Boot}, {{ type: root, label: secret, mountPoint: /, fileSystem: ext4, free: 100M, encrypt: {encryption} }}]",
                .. ExampleServer.SharedBase, .. ExampleServer.Patience,
            ],
        });
        string image = directory["server.img"];
        ImageBuilder.Build(loaded, new BuildOptions { OutputPath = image });
        return image;
    }

    private static void AssertRuns(Qemu machine)
    {
        GuestSession.LogIn(machine);
        Assert.Equal("/ /dev/mapper/secret ext4", machine.Command("findmnt -rno TARGET,SOURCE,FSTYPE /").Trim());
        Assert.Matches(@"^0 \d+ crypt aes-xts-plain64", machine.Command("dmsetup table secret"));
        Assert.Equal("running", machine.Command("systemctl is-system-running --wait; systemctl --failed --no-legend --plain; true", GuestSession.BootLimit).Trim());
    }
}
