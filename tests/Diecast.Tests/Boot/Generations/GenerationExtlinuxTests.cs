using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Systems;
using static Diecast.Tests.Boot.Generations.StoreSystems;

namespace Diecast.Tests.Boot.Generations;

/// <summary>U-Boot's menu of a store's system is what the system itself writes (nixpkgs, extlinux-conf-builder.sh).</summary>
public sealed class GenerationExtlinuxTests
{
    private const string TreesDirectory = "/nix/store/cccccccccccccccccccccccccccccccc-linux-6.12/dtbs";
    private const string InstallScript = "/nix/store/iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii-install-extlinux-conf.sh";
    private const string Builder = "/nix/store/kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk-extlinux-conf-builder.sh";
    private const string CopiedKernel = "/nixos/cccccccccccccccccccccccccccccccc-linux-6.12-bzImage";
    private const string CopiedInitrd = "/nixos/dddddddddddddddddddddddddddddddd-initrd-linux-6.12-initrd";
    private const string CopiedTrees = "/nixos/cccccccccccccccccccccccccccccccc-linux-6.12-dtbs";

    [Fact]
    public void The_menu_is_that_of_nixos_with_its_copies()
    {
        FileTree tree = WithDeviceTrees(Spec(Top, "\"console=ttyS0\", \"dyndbg=\\\"file a.c +p\\\"\"", specialisations: $"\"calm\": {Spec(Calm, "\"c\"")}, \"2-fast\": {Spec(Calm, "\"f\"")}, \"10-fast\": {Spec(Calm, "\"t\"")}"));

        Install(tree, new ExtlinuxInstallation(), new BootloaderConfiguration { Timeout = 5 });

        Assert.Equal(
            $"""
            # Generated file, all changes will be lost on nixos-rebuild!

            # Change this to e.g. nixos-42 to temporarily boot to an older configuration.
            DEFAULT nixos-default

            TIMEOUT 50
            MENU TITLE ------------------------------------------------------------

            LABEL nixos-default
              MENU LABEL NixOS - Default
              LINUX ..{CopiedKernel}
              INITRD ..{CopiedInitrd}
              APPEND init={Top}/init console=ttyS0 dyndbg="file a.c +p"
              FDTDIR ..{CopiedTrees}

            LABEL nixos-1-default
              MENU LABEL NixOS - Configuration 1-default (1970-01-01 00:00 - 25.05.1)
              LINUX ..{CopiedKernel}
              INITRD ..{CopiedInitrd}
              APPEND init={Top}/init console=ttyS0 dyndbg="file a.c +p"
              FDTDIR ..{CopiedTrees}

            LABEL nixos-1-10-fast
              MENU LABEL NixOS - Configuration 1-10-fast (1970-01-01 00:00 - 25.05.2)
              LINUX ..{CopiedKernel}
              INITRD ..{CopiedInitrd}
              APPEND init={Calm}/init t

            LABEL nixos-1-2-fast
              MENU LABEL NixOS - Configuration 1-2-fast (1970-01-01 00:00 - 25.05.2)
              LINUX ..{CopiedKernel}
              INITRD ..{CopiedInitrd}
              APPEND init={Calm}/init f

            LABEL nixos-1-calm
              MENU LABEL NixOS - Configuration 1-calm (1970-01-01 00:00 - 25.05.2)
              LINUX ..{CopiedKernel}
              INITRD ..{CopiedInitrd}
              APPEND init={Calm}/init c

            """,
            tree.ReadText("/boot/extlinux/extlinux.conf"));
        Assert.Equal("initrd", tree.ReadText("/boot" + CopiedInitrd));
        Assert.Same(tree.ResolveFile(KernelFile)!.Content, tree.ResolveFile("/boot" + CopiedKernel)!.Content);
        Assert.Equal("board", tree.ReadText($"/boot{CopiedTrees}/vendor/board.dtb"));
        // What the script does not find in its list it removes.
        Assert.Equal(
            [CopiedTrees, CopiedKernel, CopiedInitrd],
            ((DirectoryInode)tree.Find("/boot/nixos")!).Entries.ToArray().Select(entry => "/nixos/" + entry.Name).OrderByDescending(name => name.EndsWith("dtbs", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0, "\nTIMEOUT 1\n\nLABEL")]
    [InlineData(-1, "\nTIMEOUT 0\nMENU TITLE ---")]
    [InlineData(7, "\nTIMEOUT 70\nMENU TITLE ---")]
    public void Not_to_wait_is_to_have_no_title_and_to_wait_for_ever_is_zero(int timeout, string expected)
    {
        FileTree tree = Nixos(Spec(Top));
        Install(tree, new ExtlinuxInstallation(), new BootloaderConfiguration { Timeout = timeout });
        Assert.Contains(expected, tree.ReadText("/boot/extlinux/extlinux.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_tree_that_the_configuration_names_is_the_one_and_must_be_there()
    {
        FileTree tree = WithDeviceTrees(Spec(Top));
        Install(tree, new ExtlinuxInstallation { DeviceTree = "vendor/board.dtb" }, new BootloaderConfiguration());
        Assert.Contains($"\n  FDT ..{CopiedTrees}/vendor/board.dtb\n", tree.ReadText("/boot/extlinux/extlinux.conf"), StringComparison.Ordinal);

        var exception = Assert.Throws<BootException>(() => Install(tree, new ExtlinuxInstallation { DeviceTree = "vendor/other.dtb" }, new BootloaderConfiguration()));
        Assert.Contains($"hardware.deviceTree.name of the system is vendor/other.dtb, which is not among the device trees of {TreesDirectory}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("it has none", Assert.Throws<BootException>(() => Install(Nixos(Spec(Top)), new ExtlinuxInstallation { DeviceTree = "x.dtb" }, new BootloaderConfiguration())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_u_boots_own_device_tree_is_to_do_none_is_named_and_they_are_copied_all_the_same()
    {
        FileTree tree = WithDeviceTrees(Spec(Top));
        Install(tree, new ExtlinuxInstallation { IsWithoutDeviceTrees = true, Directories = ["/boot1", "/boot2"] }, new BootloaderConfiguration());
        Assert.DoesNotContain("FDT", tree.ReadText("/boot1/extlinux/extlinux.conf"), StringComparison.Ordinal);
        Assert.Equal(tree.ReadText("/boot1/extlinux/extlinux.conf"), tree.ReadText("/boot2/extlinux/extlinux.conf"));
        Assert.Equal("board", tree.ReadText($"/boot2{CopiedTrees}/vendor/board.dtb"));
        Assert.Null(tree.Find("/boot"));
    }

    [Fact]
    public void Declared_entries_follow_the_default_and_may_be_it()
    {
        FileTree tree = Nixos(Spec(Top));
        Install(tree, new ExtlinuxInstallation(), new BootloaderConfiguration
        {
            DefaultEntry = 1,
            MenuEntries = [new MenuEntry { Label = "Rescue", Linux = "/rescue/Image", Initrd = ["/rescue/initrd"], Arguments = ["single"] }],
        });
        string text = tree.ReadText("/boot/extlinux/extlinux.conf")!;
        Assert.Contains("\nDEFAULT entry-1\n", text, StringComparison.Ordinal);
        Assert.Contains("\n\nLABEL entry-1\n  MENU LABEL Rescue\n  LINUX /rescue/Image\n  INITRD /rescue/initrd\n  APPEND single\n\nLABEL nixos-1-default\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export INSTALL_BOOTLOADER='" + InstallScript + "'\n", "#!/bin/sh\nset -e\n" + Builder + " -g 20 -t 5 -n vendor/board.dtb -d '/boot' -c \"$@\"\n", "vendor/board.dtb", false, "/boot")]
    [InlineData("\u007fELF\0\u0001" + InstallScript + "\0x", Builder + " -g 20 -t -1 -r -d '/boot1' -c \"$@\"\n" + Builder + " -g 20 -t -1 -r -d '/boot2/' -c \"$@\"\n", null, true, "/boot1 /boot2")]
    [InlineData("$ENV{\"INSTALL_BOOTLOADER\"} = \"" + Builder + " -g 20 -t 5 -n a.dtb -c\";\n", null, "a.dtb", false, "/boot")]
    public void The_closure_says_where_the_menu_is_and_which_device_tree_it_names(string program, string? script, string? deviceTree, bool isWithout, string directories)
    {
        FileTree tree = Nixos(Spec(Top), (Top + "/bin/switch-to-configuration", BootTrees.Text(program)));
        if (script is not null)
            tree.Set(InstallScript, BootTrees.Text(script));

        ExtlinuxInstallation found = ExtlinuxInstallation.Find(tree, Read(tree))!;

        Assert.Equal((deviceTree, isWithout, directories), (found.DeviceTree, found.IsWithoutDeviceTrees, string.Join(' ', found.Directories)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("export INSTALL_BOOTLOADER='/nix/store/iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii-install-grub.sh'\n")]
    [InlineData("export INSTALL_BOOTLOADER='" + InstallScript + "'\n")]
    [InlineData("# " + Builder + "\n")]
    public void Another_boot_loader_s_command_says_nothing(string? program)
    {
        FileTree tree = Nixos(Spec(Top));
        if (program is not null)
            tree.Set(Top + "/bin/switch-to-configuration", BootTrees.Text(program));
        Assert.Null(ExtlinuxInstallation.Find(tree, Read(tree)));
    }

    [Fact]
    public void A_guix_system_has_the_menu_that_guix_writes()
    {
        FileTree tree = GuixTree(
            "(boot-parameters (version 1) (label \"GNU with Linux-Libre 6.12\") (root-device (file-system-label \"guix\")) (kernel \""
            + GuixKernel + "\") (kernel-arguments (\"console=ttyS0\")) (initrd \"" + GuixInitrd + "\"))");
        tree.Set(Path.GetDirectoryName(GuixKernel) + "/lib/dtbs/board.dtb", BootTrees.Text("board"));

        Install(tree, new ExtlinuxInstallation(), new BootloaderConfiguration { Timeout = 5 });

        Assert.Equal(
            $"""
            # This file was generated from your Guix configuration.  Any changes
            # will be lost upon reconfiguration.
            UI menu.c32
            MENU TITLE GNU Guix Boot Options
            PROMPT 1
            TIMEOUT 50
            LABEL GNU with Linux-Libre 6.12
              MENU LABEL GNU with Linux-Libre 6.12
              KERNEL {GuixKernel}
              FDTDIR {Path.GetDirectoryName(GuixKernel)}/lib/dtbs
              INITRD {GuixInitrd}
              APPEND root=guix gnu.system={Guix} gnu.load={Guix}/boot console=ttyS0


            """,
            tree.ReadText("/boot/extlinux/extlinux.conf"));
    }

    private static FileTree WithDeviceTrees(string spec) => Nixos(
        spec,
        (Top + "/dtbs", new SymlinkInode(TreesDirectory)),
        (TreesDirectory + "/vendor/board.dtb", BootTrees.Text("board")),
        (Calm + "/nixos-version", BootTrees.Text("25.05.2\n")));

    private static void Install(FileTree tree, ExtlinuxInstallation installation, BootloaderConfiguration loader) =>
        GenerationExtlinux.Install(new TreeEditor(tree, new Timestamp(1)), Read(tree), installation, loader);
}
