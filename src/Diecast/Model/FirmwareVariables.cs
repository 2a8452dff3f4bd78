namespace Diecast;

/// <summary>
/// The variables of UEFI firmware, as a virtual machine keeps them beside its disk: what boots, and whose signatures count. They are
/// written as a file beside the image.
/// </summary>
public sealed record FirmwareVariables
{
    /// <summary>
    /// The variables that the firmware comes with, which these are added to: a file, relative to the definition, as in
    /// <c>/usr/share/OVMF/OVMF_VARS_4M.fd</c>.
    /// </summary>
    public required string Template { get; init; }

    /// <summary>Name of the file that is made. Default: the image's name with <c>-efi-vars.fd</c>.</summary>
    public string? File { get; init; }

    /// <summary>
    /// The program on the EFI system partition that the boot entry starts, as in <c>/EFI/small/grubx64.efi</c>, whose name may be in
    /// capitals or not. Default: the one that is started from removable media, <c>/EFI/BOOT/BOOTX64.EFI</c> and its like.
    /// </summary>
    public string? Program { get; init; }

    /// <summary>
    /// Whether Secure Boot is on, with the keys below, for firmware that is built for it. Default: yes where
    /// <see cref="Image.SecureBoot"/> or a platform key is given, else no.
    /// </summary>
    public bool? SecureBoot { get; init; }

    /// <summary>Certificate of the platform key (PK), a PEM file. Default: that of <see cref="Image.SecureBoot"/>.</summary>
    public string? PlatformKey { get; init; }

    /// <summary>Certificates of those who may change what is allowed (KEK), PEM files. Default: the platform key's.</summary>
    public ValueList<string> KeyExchangeKeys { get; init; } = [];

    /// <summary>Certificates whose signatures count (db), PEM files. Default: that of <see cref="Image.SecureBoot"/>.</summary>
    public ValueList<string> Allowed { get; init; } = [];

    /// <summary>Certificates whose signatures do not count (dbx), PEM files. Default: none.</summary>
    public ValueList<string> Revoked { get; init; } = [];
}
