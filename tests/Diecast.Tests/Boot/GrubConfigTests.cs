using Diecast.Boot;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class GrubConfigTests
{
    private static readonly GrubMenu Menu = new()
    {
        Title = "Debian GNU/Linux 13 (trixie)",
        Entries =
        [
            new GrubMenuEntry("6.12", "/boot/vmlinuz-6.12", "/boot/initrd.img-6.12"),
            new GrubMenuEntry("6.1", "/boot/vmlinuz-6.1", null),
        ],
        Root = "UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11",
        Arguments = ["console=ttyS0,115200n8", "dyndbg=\"file a.c +p\""],
        Timeout = 3,
        Serial = new SerialLine(0, 115200),
    };

    private const string Text = """
        # Made with the image by Diecast. update-grub replaces it; /etc/default/grub.d/diecast.cfg has the same settings.

        if [ "$grub_platform" = pc ]; then
            if serial --unit=0 --speed=115200; then
                terminal_input console serial
                terminal_output console serial
            fi
        fi

        set default=0
        set timeout=3

        menuentry 'Debian GNU/Linux 13 (trixie)' --class gnu-linux --class os {
            linux /boot/vmlinuz-6.12 root=UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11 ro console=ttyS0,115200n8 'dyndbg=file a.c +p'
            initrd /boot/initrd.img-6.12
        }

        menuentry 'Debian GNU/Linux 13 (trixie), with Linux 6.1' --class gnu-linux --class os {
            linux /boot/vmlinuz-6.1 root=UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11 ro console=ttyS0,115200n8 'dyndbg=file a.c +p'
        }

        """;

    private const string Defaults = """
        # Made with the image by Diecast; read by update-grub after /etc/default/grub.
        GRUB_DISTRIBUTOR=$(. /etc/os-release && echo "$NAME")
        GRUB_TIMEOUT=3
        GRUB_CMDLINE_LINUX='console=ttyS0,115200n8 '\''dyndbg=file a.c +p'\'''
        GRUB_CMDLINE_LINUX_DEFAULT=''
        GRUB_TERMINAL='console serial'
        GRUB_SERIAL_COMMAND='serial --unit=0 --speed=115200'
        GRUB_DISABLE_OS_PROBER=true

        """;

    [Fact]
    public void The_menu_boots_the_first_kernel_and_names_the_others() => Assert.Equal(Text, GrubConfig.Create(Menu));

    [Fact]
    public void The_settings_for_update_grub_are_the_same() => Assert.Equal(Defaults, GrubConfig.CreateDefaults(Menu));

    [Fact]
    public void Without_a_serial_line_there_is_only_the_screen()
    {
        GrubMenu menu = Menu with { Serial = null };
        Assert.DoesNotContain("serial", GrubConfig.Create(menu), StringComparison.Ordinal);
        Assert.Contains("GRUB_TERMINAL='console'\n", GrubConfig.CreateDefaults(menu), StringComparison.Ordinal);
    }

    private static readonly GrubMenu Rich = Menu with
    {
        Entries = [.. Menu.Entries.Take(1), Menu.Entries[0] with { Note = "changes are kept", Arguments = ["diecast.volatile=no"] }, .. Menu.Entries.Skip(1)],
        Declared =
        [
            new MenuEntry { Label = "Other's", Device = "LABEL=Other disk", Linux = "/vmlinuz", Arguments = ["root=LABEL=x", "a=\"b c\""], Initrd = ["/one", "/two"] },
            new MenuEntry
            {
                Label = "Hurd",
                Multiboot = "/boot/gnumach",
                MultibootArguments = ["root=part:1:device:hd0"],
                MultibootModules = [new MultibootModule { Path = "/hurd/exec", Arguments = ["exec", "$(exec-task=task-create)"] }],
            },
            new MenuEntry { Label = "Windows", Device = "UUID=1234-ABCD", ChainLoader = "/EFI/Microsoft/Boot/bootmgfw.efi" },
            new MenuEntry { Label = "First sector", ChainLoader = "+1" },
        ],
        Default = 3,
        Timeout = -1,
        Inputs = [MenuTerminal.Console, MenuTerminal.Serial, MenuTerminal.AtKeyboard],
        Outputs = [MenuTerminal.Gfxterm, MenuTerminal.Serial],
        ExtraInitrd = "/boot/secrets.cpio",
    };

    private const string RichText = """
        # Made with the image by Diecast. update-grub replaces it; /etc/default/grub.d/diecast.cfg has the same settings.

        serial --unit=0 --speed=115200
        loadfont "$prefix/fonts/unicode.pf2"
        set gfxmode=auto
        terminal_input console serial at_keyboard
        terminal_output gfxterm serial

        set default=3
        set timeout=-1

        menuentry 'Debian GNU/Linux 13 (trixie)' --class gnu-linux --class os {
            linux /boot/vmlinuz-6.12 root=UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11 ro console=ttyS0,115200n8 'dyndbg=file a.c +p'
            if [ -f /boot/secrets.cpio ]; then
                initrd /boot/initrd.img-6.12 /boot/secrets.cpio
            else
                initrd /boot/initrd.img-6.12
            fi
        }

        menuentry 'Other'\''s' {
            search --no-floppy --set=root --label 'Other disk'
            linux /vmlinuz root=LABEL=x 'a=b c'
            initrd /one /two
        }

        menuentry 'Hurd' {
            multiboot /boot/gnumach root=part:1:device:hd0
            module /hurd/exec exec '$(exec-task=task-create)'
        }

        menuentry 'Windows' {
            search --no-floppy --set=root --fs-uuid 1234-ABCD
            chainloader /EFI/Microsoft/Boot/bootmgfw.efi
        }

        menuentry 'First sector' {
            chainloader +1
        }

        menuentry 'Debian GNU/Linux 13 (trixie) (changes are kept)' --class gnu-linux --class os {
            linux /boot/vmlinuz-6.12 root=UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11 ro diecast.volatile=no
            if [ -f /boot/secrets.cpio ]; then
                initrd /boot/initrd.img-6.12 /boot/secrets.cpio
            else
                initrd /boot/initrd.img-6.12
            fi
        }

        menuentry 'Debian GNU/Linux 13 (trixie), with Linux 6.1' --class gnu-linux --class os {
            linux /boot/vmlinuz-6.1 root=UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11 ro console=ttyS0,115200n8 'dyndbg=file a.c +p'
            if [ -f /boot/secrets.cpio ]; then
                initrd /boot/secrets.cpio
            fi
        }

        """;

    [Fact]
    public void Declared_entries_come_after_the_newest_kernel_and_before_its_other_entries() => Assert.Equal(RichText, GrubConfig.Create(Rich));

    [Fact]
    public void Update_grub_gets_the_declared_entries_and_terminals()
    {
        string defaults = GrubConfig.CreateDefaults(Rich);
        Assert.Contains("GRUB_DEFAULT='Windows'\nGRUB_TIMEOUT=-1\n", defaults, StringComparison.Ordinal);
        Assert.Contains("GRUB_TERMINAL_INPUT='console serial at_keyboard'\nGRUB_TERMINAL_OUTPUT='gfxterm serial'\n", defaults, StringComparison.Ordinal);
        Assert.DoesNotContain("GRUB_TERMINAL=", defaults, StringComparison.Ordinal);
    }

    [ToolFact("sh", "grub-script-check")]
    public void The_program_for_update_grub_prints_the_declared_entries()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["42_diecast"], GrubConfig.CreateEntries(Rich));
        string printed = Tool.Check("sh", directory["42_diecast"]);
        Assert.Equal(["Other'\\''s", "Hurd", "Windows", "First sector"],
            printed.Split('\n').Where(line => line.StartsWith("menuentry '", StringComparison.Ordinal)).Select(line => line["menuentry '".Length..^"' {".Length]));
        File.WriteAllText(directory["entries.cfg"], printed);
        Tool.Check("grub-script-check", directory["entries.cfg"]);
        File.WriteAllText(directory["grub.cfg"], GrubConfig.Create(Rich));
        Tool.Check("grub-script-check", directory["grub.cfg"]);
    }

    /// <summary>The program runs in a mount namespace of its own, with the tree's /boot in the place of this machine's.</summary>
    [ToolTheory("unshare", "mount", "sort", "sed", "grub-script-check")]
    [InlineData("/", "", null, false)]
    [InlineData("/", "/boot/secrets.cpio", "Ada's \"home\" $system", true)]
    [InlineData("/boot", "/boot/secrets.cpio", null, true)]
    [InlineData("/", "/boot/secrets.cpio", "Plain", false)]
    public void Update_grub_writes_the_menu_that_the_image_was_made_with(string mountPoint, string extra, string? declared, bool isVolatile)
    {
        using var directory = new TempDirectory();
        FileTree tree = BootTrees.Of(
            ("/boot/vmlinuz-6.1", BootTrees.X86Kernel()),
            ("/boot/vmlinuz-6.9-rc1", BootTrees.X86Kernel()),
            ("/boot/vmlinuz-6.9", BootTrees.X86Kernel()),
            ("/boot/vmlinuz-6.12+deb13-amd64", BootTrees.X86Kernel()),
            ("/boot/vmlinuz-6.12+deb13-amd64.dpkg-old", BootTrees.X86Kernel()),
            ("/boot/initrd.img-6.12+deb13-amd64", BootTrees.Text("i")),
            ("/boot/initrd.img-6.9", BootTrees.Text("i")),
            ("/boot/initrd.img-6.9-rc1", BootTrees.Text("i")),
            ("/boot/initrd.img-6.1", BootTrees.Text("i")),
            ("/etc/grub.d/10_linux", BootTrees.Text("#!/bin/sh\n")),
            ("/etc/os-release", BootTrees.Text("NAME=x\nPRETTY_NAME=\"Ada's Linux\"\n")));
        tree.ResolveFile("/etc/grub.d/10_linux")!.Mode = 0b111_101_101;
        BootFiles.Install(
            tree,
            new OperatingSystem
            {
                Base = new DirectoryBase { Path = "." },
                Kernel = new Kernel { Arguments = ["console=ttyS0", "a=\"b c\"", .. isVolatile ? (string[])["diecast.volatile=1G", "quiet"] : []] },
                Initrd = new Initrd { Kind = InitrdKind.Distribution },
                Bootloader = new BootloaderConfiguration
                {
                    ExtraInitrd = extra.Length > 0 ? extra : null,
                    MenuEntries = declared is null ? [] : [new MenuEntry { Label = declared, Linux = "/vmlinuz", Arguments = ["x=$y"] }],
                },
            },
            new BootTarget
            {
                Root = "UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11",
                IsVolatile = isVolatile || extra.Length == 0,
                Grub = new GrubLocation { FileSystemUuid = "f00d", MountPoint = mountPoint },
            });
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is FileInode file && (entry.Path.StartsWith("/boot/", StringComparison.Ordinal) || entry.Path.StartsWith("/etc/", StringComparison.Ordinal)))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(directory[entry.Path[1..]])!);
                File.WriteAllBytes(directory[entry.Path[1..]], file.Content.ToArray());
            }
        }

        string script = $"""
            mount --bind {directory["boot"]} /boot && mount --bind {directory["etc"]} /etc && set -a && . {directory["etc/default/grub.d/diecast.cfg"]} &&
            GRUB_DEVICE_BOOT_UUID=beef sh /etc/grub.d/10_diecast 2>/dev/null
            """;
        string printed = Tool.Check("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script);

        string made = tree.ReadText("/boot/grub/grub.cfg")!;
        Assert.Equal("search --no-floppy --set=root --fs-uuid beef\n" + made[made.IndexOf("\nmenuentry", StringComparison.Ordinal)..], printed);
        File.WriteAllText(directory["printed.cfg"], printed);
        Tool.Check("grub-script-check", directory["printed.cfg"]);
        Assert.Equal(0b110_100_100, tree.ResolveFile("/etc/grub.d/10_linux")!.Mode);
        Assert.Null(tree.Find("/etc/grub.d/42_diecast"));
        Assert.Equal(isVolatile || extra.Length == 0, printed.Contains("(changes are kept)", StringComparison.Ordinal));
    }

    [ToolFact("grub-script-check")]
    public void Grubs_own_checker_accepts_the_menu()
    {
        using var directory = new TempDirectory();
        GrubMenu hostile = Menu with { Title = "it's {a} \"$title\"; reboot", Arguments = ["a=$b;c", "x={y}", "p=a|b&c>d", "h=#1", "e=\u00e9"] };
        File.WriteAllText(directory["grub.cfg"], GrubConfig.Create(hostile));
        Tool.Check("grub-script-check", directory["grub.cfg"]);
    }

    [ToolFact("sh")]
    public void A_shell_reads_the_arguments_back_from_the_settings()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["diecast.cfg"], GrubConfig.CreateDefaults(Menu with { Arguments = ["a=$HOME", "b=`id`", "c=\"d e\""] }));
        Assert.Equal("'a=$HOME' 'b=`id`' 'c=d e'", Tool.Check("sh", "-c", $". {directory["diecast.cfg"]}; printf %s \"$GRUB_CMDLINE_LINUX\""));
    }

    [Theory]
    [InlineData("a='b'")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData("\"\"")]
    public void Arguments_that_grub_would_change_are_refused(string argument) =>
        Assert.Throws<BootException>(() => GrubConfig.Create(Menu with { Arguments = [argument] }));

    [Fact]
    public void A_menu_without_a_kernel_is_refused() =>
        Assert.Throws<BootException>(() => GrubConfig.Create(Menu with { Entries = [] }));

    [Theory]
    [InlineData("ttyS0", 0, 9600)]
    [InlineData("ttyS3,115200", 3, 115200)]
    [InlineData("ttyS1,38400n8r", 1, 38400)]
    [InlineData("/dev/ttyS0,115200", 0, 115200)]
    public void Serial_lines_are_read_as_the_kernel_does(string console, int unit, int speed) =>
        Assert.Equal(new SerialLine(unit, speed), SerialLine.TryParse(console));

    [Theory]
    [InlineData("tty0")]
    [InlineData("ttyS")]
    [InlineData("ttyS4")]
    [InlineData("ttyS0,")]
    [InlineData("ttyS0,fast")]
    [InlineData("ttyAMA0,115200")]
    [InlineData("ttyS0,99999999999")]
    public void Other_consoles_are_none_of_grubs_serial_lines(string console) => Assert.Null(SerialLine.TryParse(console));

    [Fact]
    public void The_last_serial_console_of_the_arguments_counts_unless_one_is_declared()
    {
        string[] arguments = ["console=ttyS1,57600", "console=ttyS0,115200", "console=tty0", "quiet"];
        Assert.Equal(new SerialLine(0, 115200), SerialLine.Of(null, null, arguments));
        Assert.Equal(new SerialLine(1, 57600), SerialLine.Of("ttyS1", null, arguments));
        Assert.Equal(new SerialLine(1, 9600), SerialLine.Of("ttyS1,9600", null, arguments));
        Assert.Equal(new SerialLine(2, 9600), SerialLine.Of("ttyS2", null, arguments));
        Assert.Null(SerialLine.Of(null, null, ["quiet"]));
        Assert.Contains("bootloader.serial", Assert.Throws<BootException>(() => SerialLine.Of("tty0", null, arguments)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_are_seen_from_the_file_system_that_grub_reads()
    {
        var root = new GrubLocation { FileSystemUuid = "1", Partition = "gpt3" };
        GrubLocation boot = root with { MountPoint = "/boot", Partition = null };
        Assert.Equal(("/boot/vmlinuz", "/boot/grub"), (root.PathOf("/boot/vmlinuz"), root.Directory));
        Assert.Equal(("/vmlinuz", "/grub"), (boot.PathOf("/boot/vmlinuz"), boot.Directory));
        Assert.Throws<BootException>(() => boot.PathOf("/usr/lib/modules/1/vmlinuz"));
        Assert.Equal("search.fs_uuid 1 root $root\nset prefix=($root)/boot/grub\n", GrubMkimage.EarlyConfig(root));
    }
}
