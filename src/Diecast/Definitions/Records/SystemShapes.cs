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

    internal static readonly RecordShape<BootloaderConfiguration> Bootloader = new("a boot loader", () => new BootloaderConfiguration(),
    [
        Field.OptionalValue(nameof(BootloaderConfiguration.Kind), new ChoiceShape<BootloaderKind>("a kind of boot loader"),
            (BootloaderConfiguration b) => b.Kind, (b, v) => b with { Kind = v }),
        Field.Of(nameof(BootloaderConfiguration.Timeout), new NumberShape<int>("a time in seconds", 0, 3600),
            (BootloaderConfiguration b) => b.Timeout, (b, v) => b with { Timeout = v }),
        Field.Optional(nameof(BootloaderConfiguration.Serial), Texts.SerialLine,
            (BootloaderConfiguration b) => b.Serial, (b, v) => b with { Serial = v }),
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
