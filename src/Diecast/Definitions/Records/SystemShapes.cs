using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How a system is written.</summary>
internal static class SystemShapes
{
    internal static readonly RecordShape<Keyboard> Keyboard = new("a keyboard", () => new Keyboard { Layout = "" },
    [
        Field.Required(nameof(Diecast.Keyboard.Layout), Texts.KeyboardLayout, (Keyboard k) => k.Layout, (k, v) => k with { Layout = v }),
        Field.Of(nameof(Diecast.Keyboard.Variant), Texts.Keyboard, (Keyboard k) => k.Variant, (k, v) => k with { Variant = v }),
        Field.Of(nameof(Diecast.Keyboard.Model), Texts.Keyboard, (Keyboard k) => k.Model, (k, v) => k with { Model = v }),
        Field.Of(nameof(Diecast.Keyboard.Options), Texts.Keyboard, (Keyboard k) => k.Options, (k, v) => k with { Options = v }),
    ])
    { Shorthand = "layout", MayBePartial = true };

    internal static readonly RecordShape<Kernel> Kernel = new("a kernel", () => new Kernel(),
    [
        Field.Optional(nameof(Diecast.Kernel.Package), Texts.PackageName, (Kernel k) => k.Package, (k, v) => k with { Package = v }),
        Field.Of(nameof(Diecast.Kernel.Arguments), new ListShape<string>(Texts.KernelArgument, "kernel arguments"),
            (Kernel k) => k.Arguments, (k, v) => k with { Arguments = v }),
    ])
    { Shorthand = "package" };

    internal static readonly RecordShape<Initrd> Initrd = new("an initial RAM disk", () => new Initrd(),
    [
        Field.Of(nameof(Diecast.Initrd.Kind), new ChoiceShape<InitrdKind>("a maker"), (Initrd i) => i.Kind, (i, v) => i with { Kind = v }),
        Field.Of(nameof(Diecast.Initrd.Modules), new ListShape<string>(Texts.Module, "kernel modules"),
            (Initrd i) => i.Modules, (i, v) => i with { Modules = v }),
    ])
    { Shorthand = "kind" };

    internal static readonly RecordShape<MultibootModule> MultibootModule = new("a multiboot module", () => new MultibootModule { Path = "" },
    [
        Field.Required(nameof(Diecast.MultibootModule.Path), Texts.TreePath, (MultibootModule m) => m.Path, (m, v) => m with { Path = v }),
        Field.Of(nameof(Diecast.MultibootModule.Arguments), new ListShape<string>(Texts.BootArgument, "arguments"),
            (MultibootModule m) => m.Arguments, (m, v) => m with { Arguments = v }),
    ])
    { Shorthand = "path" };

    internal static readonly RecordShape<MenuEntry> MenuEntry = new("an entry of the boot menu", () => new MenuEntry { Label = "" },
    [
        Field.Required(nameof(Diecast.MenuEntry.Label), Texts.MenuLabel, (MenuEntry e) => e.Label, (e, v) => e with { Label = v }),
        Field.Optional(nameof(Diecast.MenuEntry.Device), Texts.BootDevice, (MenuEntry e) => e.Device, (e, v) => e with { Device = v }),
        Field.Optional(nameof(Diecast.MenuEntry.Linux), Texts.TreePath, (MenuEntry e) => e.Linux, (e, v) => e with { Linux = v }),
        Field.Of(nameof(Diecast.MenuEntry.Arguments), new ListShape<string>(Texts.BootArgument, "arguments"),
            (MenuEntry e) => e.Arguments, (e, v) => e with { Arguments = v }),
        Field.Of(nameof(Diecast.MenuEntry.Initrd), new ListShape<string>(Texts.TreePath, "paths") { MayBeOneText = true },
            (MenuEntry e) => e.Initrd, (e, v) => e with { Initrd = v }),
        Field.Optional(nameof(Diecast.MenuEntry.Multiboot), Texts.TreePath, (MenuEntry e) => e.Multiboot, (e, v) => e with { Multiboot = v }),
        Field.Of(nameof(Diecast.MenuEntry.MultibootArguments), new ListShape<string>(Texts.BootArgument, "arguments"),
            (MenuEntry e) => e.MultibootArguments, (e, v) => e with { MultibootArguments = v }),
        Field.Of(nameof(Diecast.MenuEntry.MultibootModules), new ListShape<MultibootModule>(MultibootModule, "multiboot modules"),
            (MenuEntry e) => e.MultibootModules, (e, v) => e with { MultibootModules = v }),
        Field.Optional(nameof(Diecast.MenuEntry.ChainLoader), Texts.ChainLoader, (MenuEntry e) => e.ChainLoader, (e, v) => e with { ChainLoader = v }),
    ]);

    private static readonly ListShape<MenuTerminal> Terminals = new(new ChoiceShape<MenuTerminal>("a terminal"), "terminals") { MayBeOneText = true };

    internal static readonly RecordShape<BootloaderConfiguration> Bootloader = new("a boot loader", () => new BootloaderConfiguration(),
    [
        Field.OptionalValue(nameof(BootloaderConfiguration.Kind), new ChoiceShape<BootloaderKind>("a kind of boot loader"),
            (BootloaderConfiguration b) => b.Kind, (b, v) => b with { Kind = v }),
        Field.Of(nameof(BootloaderConfiguration.Timeout), new NumberShape<int>("a time in seconds", -1, 3600),
            (BootloaderConfiguration b) => b.Timeout, (b, v) => b with { Timeout = v }),
        Field.Optional(nameof(BootloaderConfiguration.Serial), Texts.SerialLine,
            (BootloaderConfiguration b) => b.Serial, (b, v) => b with { Serial = v }),
        Field.OptionalValue(nameof(BootloaderConfiguration.SerialSpeed), new NumberShape<int>("a speed", 300, 4000000),
            (BootloaderConfiguration b) => b.SerialSpeed, (b, v) => b with { SerialSpeed = v }),
        Field.Of(nameof(BootloaderConfiguration.DefaultEntry), new NumberShape<int>("the number of an entry", 0, 1000),
            (BootloaderConfiguration b) => b.DefaultEntry, (b, v) => b with { DefaultEntry = v }),
        Field.Of(nameof(BootloaderConfiguration.MenuEntries), new ListShape<MenuEntry>(MenuEntry, "entries of the boot menu"),
            (BootloaderConfiguration b) => b.MenuEntries, (b, v) => b with { MenuEntries = v }),
        Field.Of(nameof(BootloaderConfiguration.TerminalInputs), Terminals,
            (BootloaderConfiguration b) => b.TerminalInputs, (b, v) => b with { TerminalInputs = v }),
        Field.Of(nameof(BootloaderConfiguration.TerminalOutputs), Terminals,
            (BootloaderConfiguration b) => b.TerminalOutputs, (b, v) => b with { TerminalOutputs = v }),
        Field.Optional(nameof(BootloaderConfiguration.ExtraInitrd), Texts.TreePath,
            (BootloaderConfiguration b) => b.ExtraInitrd, (b, v) => b with { ExtraInitrd = v }),
        Field.Optional(nameof(BootloaderConfiguration.Uki), ProtectionShapes.Uki,
            (BootloaderConfiguration b) => b.Uki, (b, v) => b with { Uki = v }),
    ])
    { Shorthand = "kind" };

    internal static readonly RecordShape<OperatingSystem> System = new("a system", () => new OperatingSystem { Base = BaseShapes.Base.Placeholder },
    [
        Field.Required(nameof(OperatingSystem.Base), BaseShapes.Base, (OperatingSystem s) => s.Base, (s, v) => s with { Base = v }),
        Field.Optional(nameof(OperatingSystem.HostName), Texts.HostName, (OperatingSystem s) => s.HostName, (s, v) => s with { HostName = v }),
        Field.Of(nameof(OperatingSystem.Timezone), Texts.Timezone, (OperatingSystem s) => s.Timezone, (s, v) => s with { Timezone = v }),
        Field.Of(nameof(OperatingSystem.Locale), Texts.Locale, (OperatingSystem s) => s.Locale, (s, v) => s with { Locale = v }),
        Field.Of(nameof(OperatingSystem.Locales), new ListShape<string>(Texts.Locale, "locales"),
            (OperatingSystem s) => s.Locales, (s, v) => s with { Locales = v }),
        Field.Optional(nameof(OperatingSystem.Keyboard), Keyboard, (OperatingSystem s) => s.Keyboard, (s, v) => s with { Keyboard = v }),
        Field.Optional(nameof(OperatingSystem.Kernel), Kernel, (OperatingSystem s) => s.Kernel, (s, v) => s with { Kernel = v }),
        Field.Of(nameof(OperatingSystem.Initrd), Initrd, (OperatingSystem s) => s.Initrd, (s, v) => s with { Initrd = v }),
        Field.Optional(nameof(OperatingSystem.Bootloader), Bootloader, (OperatingSystem s) => s.Bootloader, (s, v) => s with { Bootloader = v }),
        Field.Of(nameof(OperatingSystem.FileSystems), new ListShape<FileSystem>(MountShapes.FileSystem, "file systems"),
            (OperatingSystem s) => s.FileSystems, (s, v) => s with { FileSystems = v }),
        Field.Of(nameof(OperatingSystem.SwapDevices), new ListShape<SwapSpace>(MountShapes.Swap, "swap spaces"),
            (OperatingSystem s) => s.SwapDevices, (s, v) => s with { SwapDevices = v }),
        Field.Of(nameof(OperatingSystem.Hosts), new ListShape<HostsEntry>(MountShapes.Host, "hosts"),
            (OperatingSystem s) => s.Hosts, (s, v) => s with { Hosts = v }),
        Field.Of(nameof(OperatingSystem.Groups), new ListShape<UserGroup>(AccountShapes.Group, "groups"),
            (OperatingSystem s) => s.Groups, (s, v) => s with { Groups = v }),
        Field.Of(nameof(OperatingSystem.Users), new ListShape<UserAccount>(AccountShapes.User, "users"),
            (OperatingSystem s) => s.Users, (s, v) => s with { Users = v }),
        Field.Of(nameof(OperatingSystem.Services), new ListShape<Service>(ServiceShapes.Service, "services"),
            (OperatingSystem s) => s.Services, (s, v) => s with { Services = v }),
        Field.Of(nameof(OperatingSystem.Files), new ListShape<SystemFile>(FileShapes.File, "files"),
            (OperatingSystem s) => s.Files, (s, v) => s with { Files = v }),
        Field.Of(nameof(OperatingSystem.PrivilegedPrograms), new ListShape<PrivilegedProgram>(MountShapes.Privileged, "privileged programs"),
            (OperatingSystem s) => s.PrivilegedPrograms, (s, v) => s with { PrivilegedPrograms = v }),
    ])
    { MayBePartial = true };
}
