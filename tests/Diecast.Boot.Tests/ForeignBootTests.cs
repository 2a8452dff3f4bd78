using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>Images of other architectures start on machines of theirs, as <c>diecast run</c> picks and starts them.</summary>
public sealed class ForeignBootTests(RiscvBase riscv) : IClassFixture<RiscvBase>, IDisposable
{
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(8);

    /// <summary>What a device tree tells of the machine, and the machine must have then.</summary>
    private static readonly string[] Hardware = ["-smp", "1", "-m", "1024"];

    private readonly TempDirectory _directory = new();

    public void Dispose()
    {
        // A store's directories may not be written to.
        Tool.Run("chmod", "-R", "u+w", _directory.Path);
        _directory.Dispose();
    }

    /// <summary>Maintainer scripts run through qemu-user, and so does the target's grub-mkimage.</summary>
    [ForeignFact("arm64", "qemu-system-aarch64")]
    public void Debian_of_64_bit_arm_is_installed_here_and_boots_by_uefi()
    {
        Build($$"""
            name: arm
            system:
              base: { debian: { suite: trixie } }
              kernel: linux-image-cloud-arm64
              users: [{ name: root, passwordHash: "$6$diecast1815$OoBHB.Vl4hf2EP5G44yxnfE5EM56xC1yA7RK05kmsMLbcDXsgS5MxNtwjz8iz0IpmFkLXCLu3oO88pIUl46uR/" }]
            image: { type: qemu-arm64 }
            """);

        using Qemu machine = Run();

        machine.Expect("arm login: ", BootLimit);
        machine.Send("root");
        machine.Expect("Password: ", BootLimit);
        machine.Send(ExampleServer.Password);
        machine.Expect(@"root@arm:~# ", BootLimit);
        machine.Command("stty -echo; PS1=; TERM=dumb", BootLimit);
        Assert.Equal("aarch64", machine.Command("uname -m").Trim());
        Assert.Equal("running", machine.Command("systemctl is-system-running --wait; systemctl --failed --no-legend --plain; true", BootLimit).Trim());
        Assert.Equal("uefi", machine.Command("test -d /sys/firmware/efi && echo uefi").Trim());
        Assert.Contains("/boot/efi vfat", machine.Command("findmnt -rno TARGET,FSTYPE /boot/efi"), StringComparison.Ordinal);
        machine.Send("systemctl poweroff");
        machine.ExpectEnd(BootLimit);
    }

    /// <summary>U-Boot starts GRUB from the EFI system partition.</summary>
    [ToolFact("qemu-system-riscv64", "qemu-riscv64-static", "mmdebstrap", "depmod")]
    public void A_system_of_64_bit_riscv_boots_by_uboot()
    {
        Build(SmallBase.Define(riscv.Archive, "qemu-riscv64"));

        using Qemu machine = Run();

        machine.Expect("U-Boot 20", BootLimit);
        machine.Expect(SmallBase.Up + "riscv64 ", BootLimit);
        CheckRoot(machine);
        machine.Send("poweroff -f");
        machine.ExpectEnd(BootLimit);
    }

    /// <summary>
    /// A top level that true Nix has built for a board: U-Boot takes kernel, initial RAM disk and the device tree that its configuration
    /// names from the copies beside NixOS's menu, on the partition that is marked bootable.
    /// </summary>
    [RootToolFact("qemu-system-riscv64", "mmdebstrap", "depmod", "nix-store", "busybox")]
    public void A_top_level_of_nixos_boots_by_uboots_menu()
    {
        string root = Directory.CreateDirectory(_directory["root"]).FullName;
        Tool.Check("tar", "xf", riscv.Archive, "-C", root);
        // QEMU's own device tree under another name, by which it shows that this one was taken.
        Tool.Check("qemu-system-riscv64", [.. Hardware, "-machine", "virt,dumpdtb=" + _directory["virt.dtb"], "-display", "none"]);
        byte[] tree = File.ReadAllBytes(_directory["virt.dtb"]);
        "riscv-virtio,cast"u8.CopyTo(tree.AsSpan(tree.AsSpan().IndexOf("riscv-virtio,qemu"u8)));
        File.WriteAllBytes(_directory["virt.dtb"], tree);
        Tool.Check("sh", Checkout.PathOf("tests/Diecast.Boot.Tests/nix-extlinux.sh"), Directory.CreateDirectory(_directory["store"]).FullName, root, _directory["virt.dtb"]);
        string top = File.ReadAllText(_directory["store/system"]).Trim();
        Build($$"""
            name: mini
            system:
              base: { nix: { paths: [{{top}}], store: { directory: store/nix/store, registration: store/registration } } }
            image:
              type: qemu-riscv64
              partitions:
                - { type: linux-generic, size: 1M }
                - { type: root, bootable: yes, fileSystem: { type: ext4, label: nixos, profile: compat }, mountPoint: / }
            """);

        using Qemu machine = Run(Hardware);

        machine.Expect("/boot/extlinux/extlinux.conf", BootLimit);
        machine.Expect("NixOS - Configuration 1-default", BootLimit);
        machine.Expect("^stage-1: /dev/vda2, " + top + "/init", BootLimit);
        machine.Expect("^stage-2: " + top, BootLimit);
        machine.Expect("^profile: " + top, BootLimit);
        machine.Expect("^model: riscv-virtio,cast", BootLimit);
        machine.Expect($"^command line: init={top}/init console=ttyS0 panic=-1", BootLimit);
        machine.ExpectEnd(BootLimit);
    }

    /// <summary>The board's ROM loads SPL from 8 KiB of the card, it U-Boot, and that the menu on the root.</summary>
    [ToolFact("qemu-system-arm", "mmdebstrap", "depmod")]
    public void An_orange_pi_boots_from_its_card_by_its_own_loader()
    {
        SmallBase.Make(_directory["base.tar"], "armhf", "linux-image-armmp", "u-boot-sunxi");
        Build(SmallBase.Define("base.tar", "orangepi-pc"));

        using Qemu machine = Run();

        machine.Expect("U-Boot SPL 20", BootLimit);
        machine.Expect("/boot/extlinux/extlinux.conf", BootLimit);
        machine.Expect(SmallBase.Up + "armv7l Xunlong Orange Pi PC", BootLimit);
        CheckRoot(machine);
    }

    private static void CheckRoot(Qemu machine)
    {
        machine.Command("stty -echo; PS1=", BootLimit);
        Assert.Matches(@"root=UUID=[0-9a-f-]{36} ro ", machine.Command("cat /proc/cmdline", BootLimit));
        Assert.Matches(@" / ext4 ro", machine.Command("cat /proc/mounts", BootLimit));
    }

    private void Build(string definition)
    {
        File.WriteAllText(_directory["image.yaml"], definition);
        ImageBuilder.Build(
            DefinitionReader.Read(_directory["image.yaml"]), new BuildOptions { OutputPath = _directory["out.img"], Digest = OutputDigest.None });
    }

    /// <summary>The command itself, told nothing of the machine.</summary>
    private Qemu Run(params ReadOnlySpan<string> options) => Qemu.Start(
        Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll"), "run", _directory["out.img"], "--", "-no-reboot", .. options]);
}

/// <summary>The base of 64-bit RISC-V, made once for the tests that take it.</summary>
public sealed class RiscvBase : IDisposable
{
    private readonly TempDirectory _directory = new();

    internal string Archive
    {
        get
        {
            string path = _directory["base.tar"];
            if (!File.Exists(path))
                SmallBase.Make(path, "riscv64", "linux-image-riscv64", "grub-common", "grub-efi-riscv64-bin");
            return path;
        }
    }

    public void Dispose() => _directory.Dispose();
}
