using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How protection, signing, unified kernel images and appliances are written.</summary>
internal static class ProtectionShapes
{
    private static readonly NumberShape<int> BlockSize = new("a block size", 512, 4096, 512, 1024, 2048, 4096);
    private static readonly NumberShape<int> Tries = new("a number of tries", 1, 99);
    private static readonly ListShape<string> TreePaths = new(Texts.TreePath, "paths") { MayBeOneText = true };

    private static readonly TextShape Argument = new("an argument", "any text without NUL")
    {
        Test = text => text.Contains('\0', StringComparison.Ordinal) ? "NUL in an argument" : null,
    };

    internal static readonly RecordShape<PartitionVerity> Verity = new("a part of dm-verity", () => new PartitionVerity { Role = default },
    [
        Field.Required(nameof(PartitionVerity.Role), new ChoiceShape<VerityRole>("a part of dm-verity"), (PartitionVerity v) => v.Role, (v, x) => v with { Role = x }),
        Field.Of(nameof(PartitionVerity.Match), Texts.Match, (PartitionVerity v) => v.Match, (v, x) => v with { Match = x }),
        Field.Of(nameof(PartitionVerity.DataBlockSize), BlockSize, (PartitionVerity v) => v.DataBlockSize, (v, x) => v with { DataBlockSize = x }),
        Field.Of(nameof(PartitionVerity.HashBlockSize), BlockSize, (PartitionVerity v) => v.HashBlockSize, (v, x) => v with { HashBlockSize = x }),
    ])
    { Shorthand = "role" };

    internal static readonly RecordShape<PartitionEncryption> Encryption = new("an encryption", () => new PartitionEncryption { KeyFile = "" },
    [
        Field.Required(nameof(PartitionEncryption.KeyFile), Scalars.FilePath, (PartitionEncryption e) => e.KeyFile, (e, v) => e with { KeyFile = v }),
        Field.Of(nameof(PartitionEncryption.Kdf), new ChoiceShape<KeyDerivation>("a derivation"), (PartitionEncryption e) => e.Kdf, (e, v) => e with { Kdf = v }),
        Field.Optional(nameof(PartitionEncryption.VolumeKey), Scalars.FilePath, (PartitionEncryption e) => e.VolumeKey, (e, v) => e with { VolumeKey = v }),
        Field.Optional(nameof(PartitionEncryption.Label), Texts.Match, (PartitionEncryption e) => e.Label, (e, v) => e with { Label = v }),
        Field.Of(nameof(PartitionEncryption.Discard), Scalars.Boolean, (PartitionEncryption e) => e.Discard, (e, v) => e with { Discard = v }),
        Field.Of(nameof(PartitionEncryption.KeyInInitrd), Scalars.Boolean, (PartitionEncryption e) => e.KeyInInitrd, (e, v) => e with { KeyInInitrd = v }),
    ])
    { Shorthand = "keyFile" };

    internal static readonly RecordShape<SigningKey> SigningKey = new("a signing key", () => new SigningKey { Certificate = "" },
    [
        Field.Required(nameof(Diecast.SigningKey.Certificate), Scalars.FilePath, (SigningKey k) => k.Certificate, (k, v) => k with { Certificate = v }),
        Field.Optional(nameof(Diecast.SigningKey.Key), Scalars.FilePath, (SigningKey k) => k.Key, (k, v) => k with { Key = v }),
        Field.Of(nameof(Diecast.SigningKey.Command), new ListShape<string>(Argument, "arguments"), (SigningKey k) => k.Command, (k, v) => k with { Command = v }),
    ]);

    private static readonly ListShape<string> Certificates = new(Scalars.FilePath, "certificates") { MayBeOneText = true };

    internal static readonly RecordShape<FirmwareVariables> Variables = new("variables of firmware", () => new FirmwareVariables { Template = "" },
    [
        Field.Required(nameof(FirmwareVariables.Template), Scalars.FilePath, (FirmwareVariables f) => f.Template, (f, v) => f with { Template = v }),
        Field.Optional(nameof(FirmwareVariables.File), Texts.OutputName, (FirmwareVariables f) => f.File, (f, v) => f with { File = v }),
        Field.Optional(nameof(FirmwareVariables.Program), Texts.TreePath, (FirmwareVariables f) => f.Program, (f, v) => f with { Program = v }),
        Field.OptionalValue(nameof(FirmwareVariables.SecureBoot), Scalars.Boolean, (FirmwareVariables f) => f.SecureBoot, (f, v) => f with { SecureBoot = v }),
        Field.Optional(nameof(FirmwareVariables.PlatformKey), Scalars.FilePath, (FirmwareVariables f) => f.PlatformKey, (f, v) => f with { PlatformKey = v }),
        Field.Of(nameof(FirmwareVariables.KeyExchangeKeys), Certificates, (FirmwareVariables f) => f.KeyExchangeKeys, (f, v) => f with { KeyExchangeKeys = v }),
        Field.Of(nameof(FirmwareVariables.Allowed), Certificates, (FirmwareVariables f) => f.Allowed, (f, v) => f with { Allowed = v }),
        Field.Of(nameof(FirmwareVariables.Revoked), Certificates, (FirmwareVariables f) => f.Revoked, (f, v) => f with { Revoked = v }),
    ])
    { Shorthand = "template" };

    private static readonly RecordShape<KernelProfile> Profile = new("a profile of a kernel", () => new KernelProfile { Id = "" },
    [
        Field.Required(nameof(KernelProfile.Id), Texts.Match, (KernelProfile p) => p.Id, (p, v) => p with { Id = v }),
        Field.Optional(nameof(KernelProfile.Title), Texts.MenuLabel, (KernelProfile p) => p.Title, (p, v) => p with { Title = v }),
        Field.Of(nameof(KernelProfile.Arguments), new ListShape<string>(Texts.KernelArgument, "kernel arguments"), (KernelProfile p) => p.Arguments, (p, v) => p with { Arguments = v }),
    ]);

    private static readonly RecordShape<KernelAddon> Addon = new("an addon", () => new KernelAddon { Name = "" },
    [
        Field.Required(nameof(KernelAddon.Name), Texts.Match, (KernelAddon a) => a.Name, (a, v) => a with { Name = v }),
        Field.Of(nameof(KernelAddon.Arguments), new ListShape<string>(Texts.KernelArgument, "kernel arguments"), (KernelAddon a) => a.Arguments, (a, v) => a with { Arguments = v }),
        Field.Optional(nameof(KernelAddon.DeviceTree), Texts.TreePath, (KernelAddon a) => a.DeviceTree, (a, v) => a with { DeviceTree = v }),
    ]);

    internal static readonly RecordShape<UnifiedKernel> Uki = new("a unified kernel image", () => new UnifiedKernel(),
    [
        Field.Optional(nameof(UnifiedKernel.Splash), Scalars.FilePath, (UnifiedKernel u) => u.Splash, (u, v) => u with { Splash = v }),
        Field.Of(nameof(UnifiedKernel.Microcode), TreePaths, (UnifiedKernel u) => u.Microcode, (u, v) => u with { Microcode = v }),
        Field.Of(nameof(UnifiedKernel.DeviceTrees), TreePaths, (UnifiedKernel u) => u.DeviceTrees, (u, v) => u with { DeviceTrees = v }),
        Field.Of(nameof(UnifiedKernel.Profiles), new ListShape<KernelProfile>(Profile, "profiles"), (UnifiedKernel u) => u.Profiles, (u, v) => u with { Profiles = v }),
        Field.Of(nameof(UnifiedKernel.Addons), new ListShape<KernelAddon>(Addon, "addons"), (UnifiedKernel u) => u.Addons, (u, v) => u with { Addons = v }),
        Field.Optional(nameof(UnifiedKernel.PcrKey), Scalars.FilePath, (UnifiedKernel u) => u.PcrKey, (u, v) => u with { PcrKey = v }),
        Field.OptionalValue(nameof(UnifiedKernel.Tries), Tries, (UnifiedKernel u) => u.Tries, (u, v) => u with { Tries = v }),
    ]);

    private static readonly RecordShape<UpdateSource> Updates = new("a source of updates", () => new UpdateSource { Location = "" },
    [
        Field.Required(nameof(UpdateSource.Location), Texts.Url, (UpdateSource u) => u.Location, (u, v) => u with { Location = v }),
        Field.Of(nameof(UpdateSource.Verify), Scalars.Boolean, (UpdateSource u) => u.Verify, (u, v) => u with { Verify = v }),
        Field.Of(nameof(UpdateSource.Tries), Tries, (UpdateSource u) => u.Tries, (u, v) => u with { Tries = v }),
    ])
    { Shorthand = "location" };

    internal static readonly RecordShape<ApplianceSettings> Appliance = new("an appliance", () => new ApplianceSettings(),
    [
        Field.Of(nameof(ApplianceSettings.Protect), new ChoiceShape<ApplianceRoot>("what is protected"), (ApplianceSettings a) => a.Protect, (a, v) => a with { Protect = v }),
        Field.Optional(nameof(ApplianceSettings.FileSystem), FileSystemShapes.FileSystem, (ApplianceSettings a) => a.FileSystem, (a, v) => a with { FileSystem = v }),
        Field.Of(nameof(ApplianceSettings.Slots), new NumberShape<int>("a number of slots", 1, 2), (ApplianceSettings a) => a.Slots, (a, v) => a with { Slots = v }),
        Field.OptionalValue(nameof(ApplianceSettings.SlotSize), Scalars.Size, (ApplianceSettings a) => a.SlotSize, (a, v) => a with { SlotSize = v }),
        Field.OptionalValue(nameof(ApplianceSettings.StateSize), Scalars.Size, (ApplianceSettings a) => a.StateSize, (a, v) => a with { StateSize = v }),
        Field.Optional(nameof(ApplianceSettings.Updates), Updates, (ApplianceSettings a) => a.Updates, (a, v) => a with { Updates = v }),
    ]);
}
