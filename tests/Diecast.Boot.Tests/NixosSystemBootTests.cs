using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>
/// A system that true Nix has built, with its own kernel, initial RAM disk and boot loader, boots as its top level says: nothing of it is
/// Diecast's but the menu and the places of things.
/// </summary>
/// <remarks>One machine at a time, because each wants every processor.</remarks>
[Collection(StoreSystemCollection.Name)]
public sealed class NixosSystemBootTests(NixosSystems systems) : IClassFixture<NixosSystems>
{
    [RootToolTheory("qemu-system-x86_64", "mmdebstrap", "nix-store", "patchelf", "busybox", "depmod")]
    [InlineData("grub", "nixos-legacy", QemuFirmware.Bios)]
    [InlineData("old", "nixos-legacy-gpt", QemuFirmware.Bios)]
    [InlineData("grub", "disk", QemuFirmware.Bios)]
    [InlineData("loader", "nixos-efi", QemuFirmware.Uefi)]
    [InlineData("loader", "nixos-efixbootldr", QemuFirmware.Uefi)]
    public void A_top_level_boots_with_the_boot_loader_of_its_closure(string system, string type, QemuFirmware firmware)
    {
        string top = systems.Top(system);
        string image = systems.Build(system, type);

        using Qemu machine = Qemu.Start(new QemuOptions { Firmware = firmware, Disks = [new QemuDisk(image)] });

        machine.Expect("^stage-1: /dev/vda[0-9]?, " + top + "/init");
        machine.Expect("^stage-2: " + top);
        machine.Expect("^profile: system-1-link " + top);
        machine.Expect("^command line: .*init=" + top + "/init console=ttyS0 panic=-1");
        machine.Expect("^etc: untouched");
        machine.ExpectEnd();
    }

    [RootToolFact("mmdebstrap", "nix-store", "patchelf", "busybox", "depmod")]
    public void The_same_top_level_gives_the_same_image() =>
        Assert.Equal(systems.Digest("grub", "nixos-legacy"), systems.Digest("grub", "nixos-legacy"));
}

/// <summary>The systems, made once.</summary>
public sealed class NixosSystems : IDisposable
{
    private readonly TempDirectory _directory = new();
    private bool _isMade;

    internal string Top(string system)
    {
        Make();
        return File.ReadAllText(_directory["store/" + system]).Trim();
    }

    internal string Build(string system, string type)
    {
        BuildImage(system, type);
        return _directory["nixos.img"];
    }

    internal string? Digest(string system, string type) => BuildImage(system, type).Outputs[0].Sha256;

    public void Dispose()
    {
        // A store's directories may not be written to.
        Tool.Run("chmod", "-R", "u+w", _directory.Path);
        _directory.Dispose();
    }

    private BuildReport BuildImage(string system, string type)
    {
        File.WriteAllText(_directory["nixos.yaml"], $$"""
            name: mini
            system:
              base: { nix: { paths: [{{Top(system)}}], store: { directory: store/nix/store, registration: store/registration } } }
            image: { type: {{type}}, label: nixos }
            """);
        return ImageBuilder.Build(
            DefinitionReader.Read(_directory["nixos.yaml"], new DefinitionOverrides()), new BuildOptions { OutputPath = _directory["nixos.img"], CacheDirectory = _directory["cache"] });
    }

    private void Make()
    {
        if (_isMade)
            return;
        string root = Directory.CreateDirectory(_directory["root"]).FullName;
        SmallBase.Make(_directory["base.tar"], "amd64", "linux-image-cloud-amd64", "grub-common", "grub-pc-bin", "systemd-boot-efi");
        Tool.Check("tar", "xf", _directory["base.tar"], "-C", root);
        Tool.Check("sh", Checkout.PathOf("tests/Diecast.Boot.Tests/nix-toplevel.sh"), Directory.CreateDirectory(_directory["store"]).FullName, root);
        _isMade = true;
    }
}

/// <summary>The tests of systems of stores; they need no example server.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class StoreSystemCollection
{
    public const string Name = "systems of stores";
}
