using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How further file systems, swap space, hosts and privileged programs of a system are written.</summary>
internal static class MountShapes
{
    internal static readonly RecordShape<FileSystem> FileSystem = new("a file system to mount", () => new FileSystem { Device = "", MountPoint = "" },
    [
        Field.Required(nameof(Diecast.FileSystem.Device), Texts.MountSource, (FileSystem f) => f.Device, (f, v) => f with { Device = v }),
        Field.Required(nameof(Diecast.FileSystem.MountPoint), Texts.TreePath, (FileSystem f) => f.MountPoint, (f, v) => f with { MountPoint = v }),
        Field.Of(nameof(Diecast.FileSystem.Type), Texts.MountType, (FileSystem f) => f.Type, (f, v) => f with { Type = v }),
        Field.Of(nameof(Diecast.FileSystem.Flags), new ListShape<MountFlag>(new ChoiceShape<MountFlag>("a mount flag"), "mount flags") { MayBeOneText = true },
            (FileSystem f) => f.Flags, (f, v) => f with { Flags = v }),
        Field.Of(nameof(Diecast.FileSystem.Options), Texts.OptionalMountOptions, (FileSystem f) => f.Options, (f, v) => f with { Options = v }),
        Field.Of(nameof(Diecast.FileSystem.Mount), Scalars.Boolean, (FileSystem f) => f.Mount, (f, v) => f with { Mount = v }),
        Field.Of(nameof(Diecast.FileSystem.MayFail), Scalars.Boolean, (FileSystem f) => f.MayFail, (f, v) => f with { MayFail = v }),
        Field.Of(nameof(Diecast.FileSystem.Check), Scalars.Boolean, (FileSystem f) => f.Check, (f, v) => f with { Check = v }),
        Field.Of(nameof(Diecast.FileSystem.CreateMountPoint), Scalars.Boolean, (FileSystem f) => f.CreateMountPoint, (f, v) => f with { CreateMountPoint = v }),
        Field.Of(nameof(Diecast.FileSystem.Requires), new ListShape<string>(Texts.Unit, "units"), (FileSystem f) => f.Requires, (f, v) => f with { Requires = v }),
    ]);

    internal static readonly RecordShape<SwapSpace> Swap = new("a swap space", () => new SwapSpace { Device = "" },
    [
        Field.Required(nameof(SwapSpace.Device), Texts.MountSource, (SwapSpace s) => s.Device, (s, v) => s with { Device = v }),
        Field.OptionalValue(nameof(SwapSpace.Priority), new NumberShape<int>("a priority", -1, short.MaxValue), (SwapSpace s) => s.Priority, (s, v) => s with { Priority = v }),
        Field.Of(nameof(SwapSpace.Discard), new ChoiceShape<SwapDiscard>("a way to discard"), (SwapSpace s) => s.Discard, (s, v) => s with { Discard = v }),
        Field.Of(nameof(SwapSpace.MayFail), Scalars.Boolean, (SwapSpace s) => s.MayFail, (s, v) => s with { MayFail = v }),
        Field.Of(nameof(SwapSpace.Requires), new ListShape<string>(Texts.Unit, "units"), (SwapSpace s) => s.Requires, (s, v) => s with { Requires = v }),
    ])
    { Shorthand = "device" };

    internal static readonly RecordShape<HostsEntry> Host = new("a host", () => new HostsEntry { Address = "", Names = [] },
    [
        Field.Required(nameof(HostsEntry.Address), Texts.Address, (HostsEntry h) => h.Address, (h, v) => h with { Address = v }),
        Field.Required(nameof(HostsEntry.Names), new ListShape<string>(Texts.HostName, "host names") { MayBeOneText = true }, (HostsEntry h) => h.Names, (h, v) => h with { Names = v }),
    ]);

    internal static readonly RecordShape<PrivilegedProgram> Privileged = new("a privileged program", () => new PrivilegedProgram { Program = "" },
    [
        Field.Required(nameof(PrivilegedProgram.Program), Texts.TreePath, (PrivilegedProgram p) => p.Program, (p, v) => p with { Program = v }),
        Field.Of(nameof(PrivilegedProgram.SetUid), Scalars.Boolean, (PrivilegedProgram p) => p.SetUid, (p, v) => p with { SetUid = v }),
        Field.Of(nameof(PrivilegedProgram.SetGid), Scalars.Boolean, (PrivilegedProgram p) => p.SetGid, (p, v) => p with { SetGid = v }),
        Field.Of(nameof(PrivilegedProgram.User), Texts.UserName, (PrivilegedProgram p) => p.User, (p, v) => p with { User = v }),
        Field.Of(nameof(PrivilegedProgram.Group), Texts.GroupName, (PrivilegedProgram p) => p.Group, (p, v) => p with { Group = v }),
        Field.Of(nameof(PrivilegedProgram.Capabilities), new ListShape<string>(Texts.Capability, "capabilities") { MayBeOneText = true },
            (PrivilegedProgram p) => p.Capabilities, (p, v) => p with { Capabilities = v }),
    ]);
}
