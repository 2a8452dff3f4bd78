using Diecast.Boot;
using static Diecast.Tests.Boot.Generations.StoreSystems;

namespace Diecast.Tests.Boot.Generations;

/// <summary>What boots a Guix system is read from its parameters.</summary>
public sealed class GuixSystemTests
{
    private const string Parameters = $"""
        (boot-parameters
          (version 1)
          (label "GNU with Linux-Libre 6.12")
          (root-device (uuid dce #vu8(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255)))
          (kernel "{GuixKernel}")
          (kernel-arguments ("modprobe.blacklist=usbmouse,usbkbd" "quiet"))
          (initrd "{GuixInitrd}")
          (bootloader-name grub)
          (bootloader-menu-entries ())
          (locale "en_US.utf8")
          (store (device #f) (mount-point "/") (directory-prefix #f) (crypto-devices ())))
        """;

    [Fact]
    public void Parameters_say_root_kernel_and_arguments()
    {
        SystemGeneration system = Read(GuixTree(Parameters));

        Assert.Equal((StoreSystemKind.Guix, Guix, GuixKernel, GuixInitrd), (system.Kind, system.Path, system.Default.Kernel, system.Default.Initrd));
        Assert.Equal("GNU with Linux-Libre 6.12", system.Default.Label);
        Assert.Equal(
            ["root=00010203-0405-0607-0809-0a0b0c0d0eff", $"gnu.system={Guix}", $"gnu.load={Guix}/boot", "modprobe.blacklist=usbmouse,usbkbd", "quiet"],
            system.Default.Arguments);
        Assert.Equal([new GenerationMount("UUID=00010203-0405-0607-0809-0a0b0c0d0eff", "/")], system.Mounts);
    }

    [Fact]
    public void Older_versions_name_arguments_otherwise_and_the_kernels_directory()
    {
        string old = Parameters.Replace("(version 1)", "(version 0)", StringComparison.Ordinal)
            .Replace("(uuid dce #vu8(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255))", "(file-system-label \"my-root\")", StringComparison.Ordinal)
            .Replace($"(kernel \"{GuixKernel}\")", $"(kernel \"{Path.GetDirectoryName(GuixKernel)}\")", StringComparison.Ordinal);

        SystemGeneration system = Read(GuixTree(old));

        Assert.Equal(GuixKernel, system.Default.Kernel);
        Assert.Equal(["--root=my-root", $"--system={Guix}", $"--load={Guix}/boot"], system.Default.Arguments.Take(3));
        Assert.Equal([new GenerationMount("LABEL=my-root", "/")], system.Mounts);
    }

    [Fact]
    public void The_menu_is_the_one_entry_that_guix_would_write()
    {
        string menu = GenerationMenu.Create(Read(GuixTree(Parameters)), new GrubMenu { Title = "", Entries = [], Root = "", Timeout = 5 }, "search x", path => path);
        Assert.Contains("menuentry 'GNU with Linux-Libre 6.12' {\n    search x\n    linux " + GuixKernel + " root=", menu, StringComparison.Ordinal);
        Assert.Contains("set timeout=5\n", menu, StringComparison.Ordinal);
        Assert.DoesNotContain("submenu", menu, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(version 1)", "(version 9)", "not known here")]
    [InlineData("(kernel \"", "(kernel \"/nowhere", "is not in the image")]
    [InlineData("(root-device ", "(other-device ", "names no root device")]
    [InlineData("(locale \"en_US.utf8\")", "(locale \"en_US", "cut short")]
    [InlineData("(bootloader-menu-entries ())", "(bootloader-menu-entries ((menu-entry (version 0))))", "bootloader.menuEntries")]
    [InlineData("(uuid dce #vu8(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255))", "(uuid fat32 #vu8(0 1 2 3))", "UUID of the type fat32")]
    [InlineData("255", "256", "not from 0 to 255")]
    public void Parameters_that_cannot_boot_are_refused_with_their_path(string find, string replace, string expected)
    {
        var exception = Assert.Throws<BootException>(() => Read(GuixTree(Parameters.Replace(find, replace, StringComparison.Ordinal))));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
