namespace Diecast.Boot.Tests;

/// <summary>A system as Guix builds them, with a GRUB that is named beside it, boots by what its parameters say.</summary>
[Collection(StoreSystemCollection.Name)]
public sealed class GuixSystemBootTests(StoreSystems systems) : IClassFixture<StoreSystems>
{
    [RootToolTheory("qemu-system-x86_64", "mmdebstrap", "nix-store", "patchelf", "busybox", "depmod")]
    [InlineData("mbr-raw")]
    [InlineData("disk")]
    public void A_guix_system_boots_with_the_grub_of_its_store(string type)
    {
        (string system, string image) = systems.BuildGuix(type);

        using Qemu machine = Qemu.Start(new QemuOptions { Firmware = QemuFirmware.Bios, Disks = [new QemuDisk(image)] });

        machine.Expect("^guix-boot: " + system);
        machine.Expect("^profile: system-1-link " + system);
        machine.Expect($"^command line: .*root=guix-root gnu.system={system} gnu.load={system}/boot console=ttyS0");
        machine.ExpectEnd();
    }
}
