namespace Diecast;

/// <summary>A declared system: where its root tree comes from and what is set in it. It is not tied to an image type.</summary>
public sealed record OperatingSystem
{
    /// <summary>Where the root tree comes from.</summary>
    public required SystemBase Base { get; init; }

    /// <summary>Host name, one label or a full name of at most 64 characters. Default: the definition's name.</summary>
    public string? HostName { get; init; }

    /// <summary>Time zone by its tz database name. Default: Etc/UTC.</summary>
    public string Timezone { get; init; } = "Etc/UTC";

    /// <summary>The system's locale; it is generated unless it is C or C.UTF-8. Default: C.UTF-8.</summary>
    public string Locale { get; init; } = "C.UTF-8";

    /// <summary>Locales to be there beside the system's own, for users who set another. Default: none.</summary>
    public ValueList<string> Locales { get; init; } = [];

    /// <summary>Keyboard of the console. Default: none is set.</summary>
    public Keyboard? Keyboard { get; init; }

    /// <summary>Kernel package and command line. Default: none, as for a container.</summary>
    public Kernel? Kernel { get; init; }

    /// <summary>The initial RAM disk. Default: own, made by Diecast.</summary>
    public Initrd Initrd { get; init; } = new();

    /// <summary>The boot loader. Default: the image type's.</summary>
    public BootloaderConfiguration? Bootloader { get; init; }

    /// <summary>File systems to mount beside those of the image's partitions. Default: empty.</summary>
    public ValueList<FileSystem> FileSystems { get; init; } = [];

    /// <summary>Swap space beside the image's swap partitions. Default: empty.</summary>
    public ValueList<SwapSpace> SwapDevices { get; init; } = [];

    /// <summary>Lines for /etc/hosts beside the host's own. Default: empty.</summary>
    public ValueList<HostsEntry> Hosts { get; init; } = [];

    /// <summary>Groups to be there, beside those of the base. Default: empty.</summary>
    public ValueList<UserGroup> Groups { get; init; } = [];

    /// <summary>Accounts to be there, beside those of the base; one that the base has is changed. Default: empty.</summary>
    public ValueList<UserAccount> Users { get; init; } = [];

    /// <summary>Units to enable, disable or mask, and serial consoles. Default: empty.</summary>
    public ValueList<Service> Services { get; init; } = [];

    /// <summary>Files to write into the tree, last of all. Default: empty.</summary>
    public ValueList<SystemFile> Files { get; init; } = [];

    /// <summary>Programs that run with more rights than whoever starts them has. Default: those of the base.</summary>
    public ValueList<PrivilegedProgram> PrivilegedPrograms { get; init; } = [];
}

/// <summary>Keyboard of the console, by the names of keyboard(5).</summary>
public sealed record Keyboard
{
    /// <summary>Layout, as in <c>us</c> or <c>fr</c>.</summary>
    public required string Layout { get; init; }

    /// <summary>Variant of the layout. Default: none.</summary>
    public string Variant { get; init; } = "";

    /// <summary>Model. Default: pc105.</summary>
    public string Model { get; init; } = "pc105";

    /// <summary>Options, as in <c>compose:caps</c>. Default: none.</summary>
    public string Options { get; init; } = "";
}

/// <summary>The kernel.</summary>
public sealed record Kernel
{
    /// <summary>Package of the distribution, as in <c>linux-image-amd64</c>. Default: none, the base has a kernel.</summary>
    public string? Package { get; init; }

    /// <summary>Arguments of its command line beside <c>root=</c>, which the image type sets. Default: empty.</summary>
    public ValueList<string> Arguments { get; init; } = [];
}

/// <summary>Who makes the initial RAM disk.</summary>
public enum InitrdKind
{
    /// <summary>Diecast: busybox and the modules named, with what they depend on. The same bytes each time.</summary>
    Own,

    /// <summary>The distribution's hooks, when the base is made.</summary>
    Distribution,
}

/// <summary>The initial RAM disk.</summary>
public sealed record Initrd
{
    /// <summary>Who makes it. Default: <see cref="InitrdKind.Own"/>.</summary>
    public InitrdKind Kind { get; init; } = InitrdKind.Own;

    /// <summary>
    /// Modules to add to the set that is always there (virtio, AHCI, NVMe, USB storage, the root's file system). Default: empty.
    /// </summary>
    public ValueList<string> Modules { get; init; } = [];
}

/// <summary>The boot loader's name.</summary>
public enum BootloaderKind
{
    /// <summary>Nothing boots the image.</summary>
    None,

    /// <summary>GRUB, for BIOS and UEFI.</summary>
    Grub,

    /// <summary>A menu for U-Boot, <c>/boot/extlinux/extlinux.conf</c>, which boards read by themselves.</summary>
    Extlinux,

    /// <summary>
    /// systemd-boot on the EFI system partition, which starts the newest of the unified kernel images in <c>EFI/Linux</c>. Of a
    /// NixOS system it has NixOS's own entries, unless there is <c>uki</c>, a key for Secure Boot, or dm-verity of <c>/</c> or <c>/usr</c>.
    /// </summary>
    SystemdBoot,

    /// <summary>A unified kernel image that UEFI starts by itself, without a menu.</summary>
    Uki,

    /// <summary>Raspberry Pi's firmware with its <c>config.txt</c>, on the FAT partition of <c>/boot/firmware</c>.</summary>
    RaspberryPi,
}

/// <summary>The boot loader and its menu.</summary>
public sealed record BootloaderConfiguration
{
    /// <summary>Which one. Default: the image type's; grub on PCs and where UEFI is, extlinux on most boards.</summary>
    public BootloaderKind? Kind { get; init; }

    /// <summary>Seconds before the default entry boots; 0 boots it at once, -1 waits for a key. Default: 1.</summary>
    public int Timeout { get; init; } = 1;

    /// <summary>
    /// Serial line to show the menu on, ttyS0 to ttyS3. Default: that of the kernel's last console= argument.
    /// </summary>
    public string? Serial { get; init; }

    /// <summary>
    /// Bits in a second on the serial line. Default: what the kernel's console= argument for the line says, or 9600.
    /// </summary>
    public int? SerialSpeed { get; init; }

    /// <summary>
    /// Which entry boots unless another is chosen: 0 is the newest kernel, then come <see cref="MenuEntries"/>, then older
    /// kernels. Default: none of the entries, but the newest kernel.
    /// </summary>
    public int DefaultEntry { get; init; }

    /// <summary>Entries of the menu beside the system's kernels. Default: empty.</summary>
    public ValueList<MenuEntry> MenuEntries { get; init; } = [];

    /// <summary>What the menu is typed on. Default: the firmware's console, and with BIOS the serial line.</summary>
    public ValueList<MenuTerminal> TerminalInputs { get; init; } = [];

    /// <summary>What the menu is shown on. Default: the firmware's console, and with BIOS the serial line.</summary>
    public ValueList<MenuTerminal> TerminalOutputs { get; init; } = [];

    /// <summary>
    /// A second initial RAM disk, by its absolute path in the system: what it has is laid over the first, as secrets that are
    /// put there after the image was made. Default: none.
    /// </summary>
    public string? ExtraInitrd { get; init; }

    /// <summary>What goes into a unified kernel image beside the kernel, for systemd-boot and uki. Default: nothing.</summary>
    public UnifiedKernel? Uki { get; init; }
}

/// <summary>An entry of the boot menu. It boots in one of three ways: a Linux kernel, a multiboot kernel, another boot loader.</summary>
public sealed record MenuEntry
{
    /// <summary>What the menu says.</summary>
    public required string Label { get; init; }

    /// <summary>
    /// File system that the paths are of: <c>UUID=…</c> as GRUB's search has it, or <c>LABEL=…</c>. Default: the one that GRUB
    /// reads its menu from.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>Path of a Linux kernel. Default: none.</summary>
    public string? Linux { get; init; }

    /// <summary>The Linux kernel's arguments, with its root=. Default: empty.</summary>
    public ValueList<string> Arguments { get; init; } = [];

    /// <summary>Paths of the Linux kernel's initial RAM disks. Default: none.</summary>
    public ValueList<string> Initrd { get; init; } = [];

    /// <summary>Path of a multiboot kernel, as of GNU Mach or a hypervisor; with BIOS alone. Default: none.</summary>
    public string? Multiboot { get; init; }

    /// <summary>The multiboot kernel's arguments. Default: empty.</summary>
    public ValueList<string> MultibootArguments { get; init; } = [];

    /// <summary>The multiboot kernel's modules, each a path with its arguments. Default: empty.</summary>
    public ValueList<MultibootModule> MultibootModules { get; init; } = [];

    /// <summary>
    /// Another boot loader: the path of an EFI program, or with BIOS <c>+1</c>, the first sector of <see cref="Device"/>.
    /// Default: none.
    /// </summary>
    public string? ChainLoader { get; init; }
}

/// <summary>A module that a multiboot kernel is given.</summary>
public sealed record MultibootModule
{
    /// <summary>Path.</summary>
    public required string Path { get; init; }

    /// <summary>Arguments; GNU Mach's first is the module's name. Default: empty.</summary>
    public ValueList<string> Arguments { get; init; } = [];
}

/// <summary>What a boot menu is typed on and shown on, by GRUB's names.</summary>
public enum MenuTerminal
{
    /// <summary>The firmware's own console.</summary>
    Console,

    /// <summary>The serial line.</summary>
    Serial,

    /// <summary>A PC's keyboard, without the firmware; input alone.</summary>
    AtKeyboard,

    /// <summary>A keyboard on USB, without the firmware; input alone.</summary>
    UsbKeyboard,

    /// <summary>Graphics; output alone.</summary>
    Gfxterm,

    /// <summary>Text on VGA, with BIOS; output alone.</summary>
    VgaText,

    /// <summary>Text on MDA, with BIOS; output alone.</summary>
    MdaText,

    /// <summary>Morse code by the speaker; output alone.</summary>
    Morse,

    /// <summary>Tones of the speaker for a modem; output alone.</summary>
    Spkmodem,
}

/// <summary>A group.</summary>
public sealed record UserGroup
{
    /// <summary>Name, by the rules of useradd(8).</summary>
    public required string Name { get; init; }

    /// <summary>Number. Default: the next free one of its range (1000 up, or 999 down for a system group).</summary>
    public uint? Gid { get; init; }

    /// <summary>Whether the number comes from the system's range. Default: no.</summary>
    public bool System { get; init; }
}

/// <summary>An account.</summary>
public sealed record UserAccount
{
    /// <summary>Name, by the rules of useradd(8).</summary>
    public required string Name { get; init; }

    /// <summary>Number. Default: the next free one of its range (1000 up, or 999 down for a system account).</summary>
    public uint? Uid { get; init; }

    /// <summary>Primary group by name. Default: a group of the account's own name.</summary>
    public string? Group { get; init; }

    /// <summary>Other groups by name. Default: empty.</summary>
    public ValueList<string> Groups { get; init; } = [];

    /// <summary>Full name for the GECOS field. Default: empty.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Home directory. Default: <c>/home/NAME</c>, or <c>/nonexistent</c> for a system account.</summary>
    public string? Home { get; init; }

    /// <summary>Whether the home is made, from /etc/skel, when it is not there. Default: yes, no for a system account.</summary>
    public bool? CreateHome { get; init; }

    /// <summary>Login shell. Default: <c>/bin/bash</c>, or <c>/usr/sbin/nologin</c> for a system account.</summary>
    public string? Shell { get; init; }

    /// <summary>Password as crypt(5) stores it, from <c>mkpasswd</c> say. Default: none, logging in by password is locked.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Public keys for ~/.ssh/authorized_keys, each as the line of a .pub file. Default: empty.</summary>
    public ValueList<string> SshKeys { get; init; } = [];

    /// <summary>What sudo allows. Default: none, nothing beyond what the account's groups give.</summary>
    public SudoPolicy Sudo { get; init; } = SudoPolicy.None;

    /// <summary>Whether it is a system account: system range, no home is made. Default: no.</summary>
    public bool System { get; init; }
}

/// <summary>What sudo allows an account.</summary>
public enum SudoPolicy
{
    /// <summary>Nothing is declared.</summary>
    None,

    /// <summary>Everything, after the account's password.</summary>
    Password,

    /// <summary>Everything, without a password.</summary>
    NoPassword,
}

/// <summary>A unit to enable or mask, or a serial console.</summary>
public abstract record Service;

/// <summary>Enables a unit as <c>systemctl enable</c> does. In YAML a plain name.</summary>
/// <param name="Unit">Name; <c>.service</c> is added when there is no suffix.</param>
public sealed record EnabledUnit(string Unit) : Service;

/// <summary>Disables a unit that the base enables. In YAML <c>{disable: NAME}</c>.</summary>
/// <param name="Unit">Name; <c>.service</c> is added when there is no suffix.</param>
public sealed record DisabledUnit(string Unit) : Service;

/// <summary>Masks a unit as <c>systemctl mask</c> does. In YAML <c>{mask: NAME}</c>.</summary>
/// <param name="Unit">Name; <c>.service</c> is added when there is no suffix.</param>
public sealed record MaskedUnit(string Unit) : Service;

/// <summary>A login prompt on a serial line. In YAML <c>{getty: ttyS0}</c>.</summary>
/// <param name="Line">The line, as in <c>ttyS0</c>.</param>
public sealed record SerialGetty(string Line) : Service;

/// <summary>A file to write into the tree.</summary>
public sealed record SystemFile
{
    /// <summary>Absolute path in the tree; parents are made.</summary>
    public required string Target { get; init; }

    /// <summary>Host file or directory to copy, relative to the definition. Exactly one of source, text and link. Default: none.</summary>
    public string? Source { get; init; }

    /// <summary>The content itself. Default: none.</summary>
    public string? Text { get; init; }

    /// <summary>Target of a symbolic link to make. Default: none.</summary>
    public string? Link { get; init; }

    /// <summary>
    /// Permissions, octal. Default: 0644; for a source its own, with the owner's write and without others' write and
    /// setuid, so that the umask of a checkout does not show; 0755 for directories. For a source directory it is that of
    /// its files, and its directories add search where it has read.
    /// </summary>
    public int? Mode { get; init; }

    /// <summary>Owner by name in the image. Default: root.</summary>
    public string User { get; init; } = "root";

    /// <summary>Group by name in the image. Default: root.</summary>
    public string Group { get; init; } = "root";
}
