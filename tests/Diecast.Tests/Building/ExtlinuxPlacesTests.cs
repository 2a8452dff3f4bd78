using Diecast.Boot;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Tests.Boot;
using Diecast.Tests.Boot.Generations;

namespace Diecast.Tests.Building;

/// <summary>Which systems of stores boot by U-Boot's menu, where it is, and where the board's loaders come from.</summary>
public sealed class ExtlinuxPlacesTests
{
    private const string Menu = "/boot/extlinux/extlinux.conf";
    private const string Command = "/nix/store/kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk-extlinux-conf-builder.sh -g 20 -t 5";

    private static readonly Partition Root = new() { FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4, Label = "nixos" }, MountPoint = "/" };
    private static readonly Partition Esp = new() { Type = "esp", FileSystem = new PartitionFileSystem { Type = FileSystemType.Vfat, Label = "ESP" }, MountPoint = "/boot" };

    [Theory]
    [InlineData("pine64-raw")]
    [InlineData("rock64-raw")]
    [InlineData("unmatched-raw")]
    [InlineData("visionfive2-raw")]
    [InlineData("raspberry-pi")]
    public void A_board_without_efi_boots_by_the_menu_on_its_root(string type)
    {
        FileTree tree = Tree("");
        tree.Set("/boot/firmware/config.txt", BootTrees.Text("kernel=u-boot.bin\n"));
        Assert.Equal("NixOS with Linux for arm64, extlinux.conf", Install(tree, new Image { Type = type, Label = "nixos" }).Summary);
        Assert.NotNull(tree.ReadText(Menu));
    }

    [Fact]
    public void A_closure_that_asks_for_the_menu_has_it_on_the_esp_where_there_is_one()
    {
        FileTree asking = Tree($"{Command} -c\n", "/dev/disk/by-label/nixos / ext4\n/dev/disk/by-label/ESP /boot vfat\n");
        Install(asking, new Image { Type = "qemu-arm64", Label = "nixos" });
        Assert.NotNull(asking.ReadText(Menu));

        // Another system with an EFI system partition is not given it.
        Assert.Contains("for U-Boot boot.loader.generic-extlinux-compatible.enable", Fails(Tree(""), new Image { Type = "qemu-arm64", Label = "nixos" }).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plain_disk_boots_by_it_where_it_is_asked_for_or_nothing_else_could()
    {
        foreach (PartitionTableType table in new[] { PartitionTableType.Mbr, PartitionTableType.Gpt })
        {
            var image = new Image { PartitionTable = table, Partitions = [Root with { Bootable = true }] };
            foreach (BootloaderKind? kind in new BootloaderKind?[] { null, BootloaderKind.Extlinux })
            {
                FileTree tree = Tree("");
                Install(tree, image, kind);
                Assert.NotNull(tree.ReadText(Menu));
            }
        }
    }

    [Fact]
    public void A_menu_that_u_boot_does_not_look_for_is_an_error()
    {
        var data = new Partition { FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext4, Label = "data" } };
        var twoParts = new Image { Partitions = [data, Root] };
        Check(twoParts, "U-Boot looks for its menu on the first partition, as none is marked bootable, and it is on partition 2", "give image.partitions[1] bootable: yes");
        Install(Tree(""), twoParts with { Partitions = [Root, data] });
        Install(Tree(""), twoParts with { Partitions = [data, Root with { Bootable = true }] });
        Install(Tree(""), twoParts with { Partitions = [data, Root with { Attributes = 4 }] });
        Check(twoParts with { Partitions = [data with { Bootable = true }, Root] }, "on partitions that are marked bootable, and EFI system partitions, and it is on partition 2", "bootable: yes");
        Check(new Image { Partitions = [Root with { FileSystem = new PartitionFileSystem { Type = FileSystemType.Btrfs, Label = "nixos" } }] }, "and / is btrfs", "give /boot a partition of its own");
        Check(new Image { Partitions = [Esp, Root] }, "on the image's partition at /boot, which the system does not mount", "set fileSystems.\"/boot\"", kind: BootloaderKind.Extlinux);
        Check(new Image { Partitions = [Root] }, "the system has it in /srv/boot, on the partition of /", "mountPoint: /srv/boot", $"{Command} -d '/srv/boot' -c\n");
        Check(new Image { Type = "raspberry-pi", Label = "nixos" }, "starts U-Boot by the config.txt of its firmware", "raspberrypifw");

        void Check(Image image, string message, string fix, string program = "", BootloaderKind? kind = null)
        {
            BuildException exception = Fails(Tree(program), image, kind);
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
            Assert.Contains(fix, exception.Fix, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_u_boots_menu_cannot_do_is_an_error_where_the_closure_chose_it()
    {
        BuildException exception = Fails(Tree(""), new Image { Partitions = [Root] }, configure: loader => loader with { Serial = "ttyS0" });
        Assert.Contains("system.bootloader.serial is not possible with extlinux", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pine64-raw", "u-boot-sunxi-with-spl.bin", "/nix/store/mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm-uboot-pine64-lts_defconfig-2025.01/u-boot-sunxi-with-spl.bin")]
    [InlineData("novena-raw", "u-boot.img", "/nix/store/mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm-uboot-novena_defconfig-2025.01/u-boot-dtb.img")]
    [InlineData("rock-4c-plus-raw", "idbloader.img", "/nix/store/mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm-uboot-rock-4c-plus-rk3399_defconfig-2025.01/idbloader.img")]
    [InlineData("rock64-raw", "u-boot.itb", "/gnu/store/mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm-u-boot-rock64-rk3328-2025.01/libexec/u-boot.itb")]
    public void A_board_s_loader_is_that_of_a_package_of_the_store(string type, string blob, string path)
    {
        FileTree tree = BootTrees.Of((path, BootTrees.Text("loader")), ("/nix/store/nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn-uboot-other_defconfig-2025.01/README", BootTrees.Text("")));
        PlannedBlob planned = ReadBlob(tree, type, blob);
        Assert.Equal((path, "loader"), (planned.Source, System.Text.Encoding.ASCII.GetString(planned.Content.ToArray())));
    }

    [Fact]
    public void Of_several_packages_the_board_s_own_is_taken_and_without_one_they_are_named()
    {
        const string Store = "/nix/store/mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm-uboot-", File = "/u-boot-sunxi-with-spl.bin";
        FileTree tree = BootTrees.Of(
            (Store + "pine64-lts_defconfig-2025.01" + File, BootTrees.Text("lts")), (Store + "pine64_plus_defconfig-2025.01" + File, BootTrees.Text("plus")));
        Assert.Equal("lts", System.Text.Encoding.ASCII.GetString(ReadBlob(tree, "pine64-raw", File[1..]).Content.ToArray()));

        var several = Assert.Throws<BuildException>(() => ReadBlob(tree, "orangepi-pc", File[1..]));
        Assert.Contains("several packages have the blob u-boot-sunxi-with-spl.bin: ", several.Message, StringComparison.Ordinal);
        var none = Assert.Throws<BuildException>(() => ReadBlob(BootTrees.Of(("/nix/store/x/y", BootTrees.Text(""))), "pine64-raw", File[1..]));
        Assert.Contains("is in no package of the store's paths", none.Message, StringComparison.Ordinal);
        Assert.Contains("add U-Boot for the board to the base's paths", none.Fix, StringComparison.Ordinal);
        // A base without a store is told of Debian's package as ever.
        Assert.Contains("add the package u-boot-sunxi", Assert.Throws<BuildException>(() => ReadBlob(new FileTree(), "pine64-raw", File[1..])).Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pine64-raw")]
    [InlineData("rock-4c-plus-raw")]
    [InlineData("raspberry-pi")]
    [InlineData("qemu-riscv64")]
    public void A_board_sets_nothing_that_the_system_of_a_store_owns(string type)
    {
        var definition = new Definition { Name = "x", Image = new Image { Type = type }, System = new OperatingSystem { Base = new NixBase { Toplevel = "/nix/store/x" } } };
        Assert.DoesNotContain(DefinitionValidator.Validate(definition), error => error.Path != "system.base.nix.toplevel");
        OperatingSystem system = ImageBuilder.CompleteDefinition(definition).System!;
        Assert.Equal((null, null), (system.Kernel, system.Bootloader));
    }

    private static PlannedBlob ReadBlob(FileTree tree, string type, string blob)
    {
        var definition = new Definition { Name = "x", Image = new Image { Type = type }, System = new OperatingSystem { Base = new NixBase() } };
        ImageBlob wanted = ImageBuilder.Complete(definition).Blobs.First(found => found.EffectiveName == blob);
        return BlobReader.Read([wanted], tree, _ => throw new InvalidOperationException())[0];
    }

    private static BuildException Fails(FileTree tree, Image image, BootloaderKind? kind = null, Func<BootloaderConfiguration, BootloaderConfiguration>? configure = null) =>
        Assert.Throws<BuildException>(() => Install(tree, image, kind, configure));

    private static BootOutcome Install(
        FileTree tree, Image image, BootloaderKind? kind = null, Func<BootloaderConfiguration, BootloaderConfiguration>? configure = null)
    {
        var loader = new BootloaderConfiguration { Kind = kind };
        Definition definition = ImageBuilder.CompleteDefinition(new Definition
        {
            Name = "x",
            Image = image,
            System = new OperatingSystem { Base = new NixBase(), Bootloader = configure?.Invoke(loader) ?? loader },
        });
        var ids = new IdSource(Guid.Empty, definition.Image.Partitions, "arm64");
        return new GenerationInstaller(definition, new BootPlaces(definition), ids, new Timestamp(1), CancellationToken.None)
            .Install(tree, definition.System!, StoreSystems.Read(tree));
    }

    private static FileTree Tree(string program, string fstab = "/dev/disk/by-label/nixos / ext4\n") => StoreSystems.Nixos(
        StoreSystems.Spec(StoreSystems.Top),
        (StoreSystems.KernelFile, BootTrees.File((56, BootTrees.Ascii("ARM\u0064")))),
        (StoreSystems.Top + "/etc/fstab", BootTrees.Text(fstab)),
        (StoreSystems.Top + "/bin/switch-to-configuration", BootTrees.Text(program)));
}
