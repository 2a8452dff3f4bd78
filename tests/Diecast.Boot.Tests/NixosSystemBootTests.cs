namespace Diecast.Boot.Tests;

/// <summary>
/// A system that true Nix has built, with its own kernel, initial RAM disk and boot loader, boots as its top level says: nothing of it is
/// Diecast's but the menu and the places of things.
/// </summary>
/// <remarks>One machine at a time, because each wants every processor.</remarks>
[Collection(StoreSystemCollection.Name)]
public sealed class NixosSystemBootTests(StoreSystems systems) : IClassFixture<StoreSystems>
{
    [RootToolTheory("qemu-system-x86_64", "mmdebstrap", "nix-store", "patchelf", "busybox", "depmod")]
    [InlineData("grub", "nixos-legacy", QemuFirmware.Bios)]
    [InlineData("old", "nixos-legacy-gpt", QemuFirmware.Bios)]
    [InlineData("grub", "nixos-legacy-boot", QemuFirmware.Bios)]
    [InlineData("both", "nixos-hybrid", QemuFirmware.Bios)]
    [InlineData("both", "nixos-hybrid", QemuFirmware.Uefi)]
    [InlineData("grub", "disk", QemuFirmware.Bios)]
    [InlineData("loader", "nixos-efi", QemuFirmware.Uefi)]
    [InlineData("loader", "nixos-efixbootldr", QemuFirmware.Uefi)]
    [InlineData("loader", "nixos-efi", QemuFirmware.Uefi, "uki")]
    public void A_top_level_boots_with_the_boot_loader_of_its_closure(string system, string type, QemuFirmware firmware, string bootloader = "{}")
    {
        string top = systems.Top(system);
        string image = systems.Build(system, type, bootloader);

        using Qemu machine = Qemu.Start(new QemuOptions { Firmware = firmware, Disks = [new QemuDisk(image)] });

        machine.Expect("^stage-1: /dev/vda[0-9]?, " + top + "/init");
        machine.Expect("^stage-2: " + top);
        machine.Expect("^profile: system-1-link " + top);
        machine.Expect("^command line: .*init=" + top + "/init console=ttyS0 panic=-1 no_timer_check");
        machine.Expect("^etc: untouched");
        machine.ExpectEnd();
    }

    /// <summary>What NixOS's image.repart.verityStore makes: the root in memory, the store below a /usr that is checked as it is read.</summary>
    [RootToolFact("qemu-system-x86_64", "mmdebstrap", "nix-store", "patchelf", "busybox", "depmod")]
    public void A_top_level_boots_from_a_protected_store_by_the_root_hash_in_its_kernel_image()
    {
        string top = systems.Top("verity");
        string image = systems.BuildProtected("verity");

        using Qemu machine = Qemu.Start(new QemuOptions { Firmware = QemuFirmware.Uefi, Disks = [new QemuDisk(image)] });

        machine.Expect("^stage-1: /dev/vda2, /dev/vda3,  *status: *verified");
        machine.Expect("^stage-2: " + top);
        machine.Expect("^command line: .*usrhash=[0-9a-f]{64} init=" + top + "/init console=ttyS0 panic=-1 no_timer_check");
        machine.Expect("^store: read-only");
        machine.ExpectEnd();
    }

    [RootToolFact("mmdebstrap", "nix-store", "patchelf", "busybox", "depmod")]
    public void The_same_top_level_gives_the_same_image() =>
        Assert.Equal(systems.Digest("grub", "nixos-legacy"), systems.Digest("grub", "nixos-legacy"));
}
