namespace Diecast.Formats.Executables;

/// <summary>The sections that unified kernel images have (UAPI.5; systemd, src/fundamental/uki.h).</summary>
internal static class UkiSections
{
    internal const string Linux = ".linux";
    internal const string OsRelease = ".osrel";
    internal const string CommandLine = ".cmdline";
    internal const string Initrd = ".initrd";
    internal const string Microcode = ".ucode";
    internal const string Splash = ".splash";
    internal const string DeviceTree = ".dtb";
    internal const string KernelRelease = ".uname";
    internal const string Sbat = ".sbat";
    internal const string PcrSignature = ".pcrsig";
    internal const string PcrPublicKey = ".pcrpkey";
    internal const string Profile = ".profile";
    internal const string DeviceTreeAuto = ".dtbauto";
    internal const string HardwareIds = ".hwids";
    internal const string Firmware = ".efifw";

    /// <summary>All of them in the order in which the stub measures them, which is not that of the file.</summary>
    internal static readonly string[] All =
    [
        Linux, OsRelease, CommandLine, Initrd, Microcode, Splash, DeviceTree, KernelRelease, Sbat, PcrSignature, PcrPublicKey,
        Profile, DeviceTreeAuto, HardwareIds, Firmware,
    ];

    /// <summary>What is wrong with the name of a section; null for nothing.</summary>
    internal static string? FindFault(string name) =>
        name.Length is >= 2 and <= PeLayout.SectionNameLength && name[0] == '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            ? null
            : $"the section name '{name}'; it is a point and one to seven letters, digits, points, hyphens or underscores";
}
