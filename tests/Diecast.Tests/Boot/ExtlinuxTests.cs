using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Tests.Boot;

public sealed class ExtlinuxTests
{
    private const string Root = "UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11";

    private static FileTree Tree() => BootTrees.Of(
        ("/boot/vmlinuz-6.1", BootTrees.X86Kernel()),
        ("/boot/vmlinuz-6.12", BootTrees.X86Kernel()),
        ("/usr/lib/linux-image-6.12/vendor/board.dtb", BootTrees.Text("board")),
        ("/usr/lib/linux-image-6.12/flat.dtb", BootTrees.Text("flat")));

    private static string Menu(FileTree tree, BootloaderConfiguration loader, string mountPoint = "/", string[]? kept = null)
    {
        ExtlinuxInstaller.Install(
            new TreeEditor(tree, new Timestamp(1)), KernelFinder.FindAll(tree), mountPoint, new BootMenuRequest("Board OS", Root, ["console=ttyS0"], kept, loader));
        return tree.ReadText("/boot/extlinux/extlinux.conf")!;
    }

    [Fact]
    public void The_menu_has_every_kernel_and_the_declared_entries_between()
    {
        string menu = Menu(Tree(), new BootloaderConfiguration
        {
            Timeout = 7,
            DefaultEntry = 1,
            MenuEntries = [new MenuEntry { Label = "Rescue", Linux = "/rescue/Image", Arguments = ["single"] }],
        });

        Assert.Equal(
            """
            # Made with the image by Diecast. u-boot-update replaces it; /etc/u-boot-menu/conf.d/diecast.conf has the same settings.
            default l1
            menu title Board OS
            prompt 1
            timeout 70

            label l0
                menu label Board OS
                linux /boot/vmlinuz-6.12
                initrd /boot/initrd.img-6.12
                fdtdir /usr/lib/linux-image-6.12/
                append root=UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11 ro console=ttyS0

            label l1
                menu label Rescue
                linux /rescue/Image
                append single

            label l2
                menu label Board OS, with Linux 6.1
                linux /boot/vmlinuz-6.1
                initrd /boot/initrd.img-6.1
                append root=UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11 ro console=ttyS0

            """,
            menu);
    }

    [Fact]
    public void A_boot_partition_has_paths_and_device_trees_of_its_own()
    {
        FileTree tree = Tree();
        string menu = Menu(tree, new BootloaderConfiguration(), "/boot");

        Assert.Contains("    linux /vmlinuz-6.12\n    initrd /initrd.img-6.12\n    fdtdir /dtbs/6.12/\n", menu, StringComparison.Ordinal);
        Assert.Equal("board", tree.ReadText("/boot/dtbs/6.12/vendor/board.dtb"));
        Assert.Equal("flat", tree.ReadText("/boot/dtbs/6.12/flat.dtb"));
        Assert.Contains("U_BOOT_SYNC_DTBS=true\n", tree.ReadText("/etc/u-boot-menu/conf.d/diecast.conf"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "prompt 0\ntimeout 0\n")]
    [InlineData(-1, "prompt 1\ntimeout 0\n")]
    [InlineData(3, "prompt 1\ntimeout 30\n")]
    public void The_timeout_is_in_tenths_and_none_asks_nobody(int timeout, string expected) =>
        Assert.Contains(expected, Menu(Tree(), new BootloaderConfiguration { Timeout = timeout }), StringComparison.Ordinal);

    [Fact]
    public void A_volatile_root_has_an_entry_that_keeps_changes() =>
        Assert.Contains(
            "label l1\n    menu label Board OS (changes are kept)\n", Menu(Tree(), new BootloaderConfiguration(), kept: ["diecast.volatile=no"]), StringComparison.Ordinal);

    [Fact]
    public void Settings_for_u_boot_update_say_the_same()
    {
        FileTree tree = Tree();
        Menu(tree, new BootloaderConfiguration { Timeout = 2 });
        Assert.Equal(
            $"# Made with the image by Diecast; read by u-boot-update.\nU_BOOT_ROOT='root={Root}'\nU_BOOT_PARAMETERS='ro console=ttyS0'\nU_BOOT_PROMPT=1\nU_BOOT_TIMEOUT=20\n",
            tree.ReadText("/etc/u-boot-menu/conf.d/diecast.conf"));
    }

    [Fact]
    public void A_variable_of_u_boot_in_an_argument_is_refused()
    {
        FileTree tree = Tree();
        BootException exception = Assert.Throws<BootException>(() => ExtlinuxInstaller.Install(
            new TreeEditor(tree, new Timestamp(1)), KernelFinder.FindAll(tree), "/", new BootMenuRequest("x", Root, ["a=$b"], null, new BootloaderConfiguration())));
        Assert.Contains("'a=$b' cannot be passed by U-Boot", exception.Message, StringComparison.Ordinal);
    }
}
