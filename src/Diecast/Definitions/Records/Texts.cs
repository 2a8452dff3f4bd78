using System.Text;
using System.Text.RegularExpressions;
using Diecast.Definitions.Rules;
using Diecast.Definitions.Shapes;
using Diecast.Formats.Disks;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Records;

/// <summary>The kinds of text in a definition, each with its rule.</summary>
internal static class Texts
{
    private const int LongestFileName = 255;

    internal static readonly TextShape Name = Make(
        "an image name", Forms.NameForm, Forms.Name,
        "a name starts with a letter or digit, then has letters, digits, . _ + and -, at most 128 in all",
        text => Cleaned(text, "._+-") is { } clean ? $"try {clean}" : "give a name");

    /// <summary>uapi-group's version format: what systemd compares.</summary>
    internal static readonly TextShape Version = Make(
        "a version", Forms.VersionForm, Forms.Version,
        "a version starts with a letter or digit, then has letters, digits, . ~ ^ + and -, at most 64 in all",
        text => Cleaned(text, ".~^+-") is { } clean ? $"try {clean}" : "write it as in 1.0");

    internal static readonly TextShape SplitName = Make(
        "the name of a split file", Forms.SplitNameForm, Forms.SplitName,
        "letters, digits, . _ @ + and -, with %U for the partition's UUID and %t for its type", _ => "write it as in root.%U");

    internal static readonly TextShape Match = Make(
        "a name", Forms.MatchForm, Forms.Match, "letters, digits, . _ and -, at most 64", _ => "write it as in root");

    internal static readonly TextShape Url = Make(
        "a URL", Forms.UrlForm, Forms.Url, "it starts with http://, https:// or file:///, and has no blanks", _ => "write it as in https://example.org/images/");

    internal static readonly TextShape ImageType = Make(
        "an image type", Forms.TypeNameForm, Forms.TypeName,
        "a type is a name in small letters, digits and -", _ => "see diecast types");

    internal static readonly TextShape BlobName = Make(
        "a blob's name", Forms.NameForm, Forms.Name,
        "a name starts with a letter or digit, then has letters, digits, . _ + and -, at most 128 in all",
        text => Cleaned(text, "._+-") is { } clean ? $"try {clean}" : "give a name");

    internal static readonly TextShape PartitionType = Make(
        "a partition type", Forms.PartitionTypeForm, Forms.PartitionType,
        "a type is a name as in esp, a GUID, or for an MBR a byte as in 0x83", _ => "take one of these forms");

    internal static readonly TextShape PartitionLabel = new("a partition name", "a GPT name has at most 36 UTF-16 units, none a control character")
    {
        MaxLength = 36,
        Test = text => text.Length == 0 ? "empty" : text.Any(char.IsControl) ? "control character in the name" : null,
        Advice = _ => "shorten it",
    };

    /// <summary>Its limits are those of its file system, which the validator applies.</summary>
    internal static readonly TextShape VolumeLabel = new("a volume label", "an ext4 label has at most 16 bytes, a FAT label at most 11 characters")
    {
        Test = text => text.Length == 0 ? "empty" : text.Any(char.IsControl) ? "control character in the label" : null,
        Advice = _ => "shorten it, or leave it out",
    };

    /// <summary>Which names there are is the validator's business, as is what they have to do with each other.</summary>
    internal static readonly TextShape FeatureProfile = Make(
        "a profile", Forms.TypeNameForm, Forms.TypeName, "a profile is a name as in modern", _ => "take one of them");

    internal static readonly TextShape Feature = Make(
        "a feature", Forms.FeatureForm, Forms.Feature, "a feature has mke2fs's name, with ^ before it to remove it, as in ^metadata_csum", _ => "give the name that mke2fs takes");

    internal static readonly TextShape VolumeId = Make(
        "a FAT volume id", Forms.VolumeIdForm, Forms.VolumeId, "a volume id is eight hexadecimal digits, as in 1A2B-3C4D",
        _ => "leave it out to have one from the seed, or write it so");

    internal static readonly TextShape PathPattern = new("a path or pattern", "a pattern starts with / and has no empty, . or .. part; * and ? stand for characters of a name, ** for names and directories")
    {
        Form = Forms.TreePathForm,
        Pattern = Forms.TreePath,
        Test = PathTest,
        Advice = _ => "write it from the file system's root, as in /EFI/**",
    };

    internal static readonly TextShape HostName = new("a host name", "labels of letters, digits and inner hyphens, at most 63 characters each and 64 in all")
    {
        Form = Forms.HostNameForm,
        Pattern = Forms.HostName,
        MaxLength = 64,
        Advice = text => Cleaned(text, ".-") is { } clean ? $"try {clean}" : "give a host name",
    };

    internal static readonly TextShape Timezone = Make(
        "a time zone", Forms.TimezoneForm, Forms.Timezone,
        "a time zone is a name of the tz database, as in Europe/Paris", _ => "see timedatectl list-timezones");

    internal static readonly TextShape Locale = Make(
        "a locale", Forms.LocaleForm, Forms.Locale,
        "a locale is language_TERRITORY.codeset, as in en_US.UTF-8, or C.UTF-8", _ => "see /usr/share/i18n/SUPPORTED");

    internal static readonly TextShape Keyboard = Make(
        "a keyboard name", Forms.KeyboardForm, Forms.Keyboard,
        "it has letters, digits and _ , : ( ) + -", _ => "see xkeyboard-config(7)");

    internal static readonly TextShape KeyboardLayout = new("a keyboard layout", "it has letters, digits and _ , : ( ) + -")
    {
        Form = Forms.KeyboardForm,
        Pattern = Forms.Keyboard,
        Test = text => text.Length == 0 ? "empty" : null,
        Advice = _ => "give a layout, as in us",
    };

    internal static readonly TextShape Package = Make(
        "a package", Forms.PackageForm, Forms.Package,
        "a package is name, name:architecture, name=version or name/suite, its name in small letters, digits, + - and .",
        text => text.Contains(' ', StringComparison.Ordinal) ? "make each package an item of the list" : "give the package's name");

    internal static readonly TextShape PackageName = Make(
        "a package name", Forms.PackageNameForm, Forms.PackageName,
        "a package name has at least two small letters, digits, + - and .", _ => "give the package's name");

    internal static readonly TextShape Suite = Make(
        "a suite", Forms.SuiteForm, Forms.Suite, "a suite is a name as in trixie, in small letters, digits, + - and .", _ => "give the code name");

    internal static readonly TextShape Component = Make(
        "a component", Forms.ComponentForm, Forms.Component, "a component is a name as in main or non-free-firmware", _ => "give its name");

    internal static readonly TextShape Architecture = Make(
        "an architecture", Forms.ArchitectureForm, Forms.Architecture,
        "an architecture has Debian's name, as in amd64 or arm64", _ => "see dpkg-architecture -L");

    internal static readonly TextShape Mirror = Make(
        "a mirror", Forms.MirrorForm, Forms.Mirror,
        "a mirror is a URL of http, https, ftp, file or copy, or a deb line of sources.list(5)", _ => "write it as https://deb.debian.org/debian");

    internal static readonly TextShape SourceLine = Make(
        "a sources.list line", Forms.SourceLineForm, Forms.SourceLine,
        "it has the one-line style of sources.list(5)", _ => "write it as deb URL SUITE main");

    internal static readonly TextShape KernelArgument = new("a kernel argument", "one argument without spaces, save in double quotes; root= is set by the image type")
    {
        Test = KernelArgumentRule.Test,
        Advice = text => text.StartsWith("root=", StringComparison.Ordinal) ? "remove it"
            : text.Contains(' ', StringComparison.Ordinal) ? "make each argument an item of the list" : "give an argument, as in console=ttyS0",
    };

    internal static readonly TextShape BootArgument = new("an argument", "one argument without spaces, save in double quotes")
    {
        Test = KernelArgumentRule.TestWord,
        Advice = text => text.Contains(' ', StringComparison.Ordinal) ? "make each argument an item of the list" : "give an argument, as in root=/dev/sda2",
    };

    internal static readonly TextShape MenuLabel = new("a label of the boot menu", "it is one line, not empty")
    {
        Test = text => string.IsNullOrWhiteSpace(text) ? "empty" : text.Any(char.IsControl) ? "control character in a label" : null,
        Advice = _ => "say what boots",
    };

    internal static readonly TextShape BootDevice = Make(
        "a file system", Forms.BootDeviceForm, Forms.BootDevice, "a file system is UUID=… or LABEL=…, without spaces", _ => "see blkid(8)");

    internal static readonly TextShape ChainLoader = Make(
        "another boot loader", Forms.ChainLoaderForm, Forms.ChainLoader, "it is the absolute path of an EFI program, or +1", _ => "write it as in /EFI/Microsoft/Boot/bootmgfw.efi");

    internal static readonly TextShape Module = Make(
        "a kernel module", Forms.ModuleForm, Forms.Module, "a module is named by letters, digits, _ and -, without .ko", _ => "give the name that modprobe takes");

    internal static readonly TextShape Unit = Make(
        "a unit", Forms.UnitForm, Forms.Unit, "a unit's name has letters, digits and : _ . \\ @ -, at most 255 in all", _ => "give the name that systemctl takes");

    internal static readonly TextShape SerialLine = Make(
        "a serial line", Forms.SerialLineForm, Forms.SerialLine, "a line is a device's name without /dev/, as in ttyS0",
        text => text.StartsWith("/dev/", StringComparison.Ordinal) ? $"write {text[5..]}" : "give a device's name");

    internal static readonly TextShape UserName = AccountName("a user name");

    internal static readonly TextShape GroupName = AccountName("a group name");

    internal static readonly TextShape UserNameOrId = Owner("a user name or number", "a number of an account");

    internal static readonly TextShape GroupNameOrId = Owner("a group name or number", "a number of a group");

    internal static readonly TextShape Comment = Make(
        "a comment", Forms.PasswdFieldForm, Forms.PasswdField, "a field of passwd(5) has no colon and no line feed", _ => "leave them out");

    internal static readonly TextShape AccountPath = Make(
        "an absolute path", Forms.PasswdPathForm, Forms.PasswdPath,
        "a path in passwd(5) starts with / and has no colon and no line feed", _ => "give the path from /");

    internal static readonly TextShape PasswordHash = new("a password hash", "it is stored as crypt(5) says, as in $y$…, $6$… or $2b$…; a plain password is refused")
    {
        Form = Forms.PasswordHashForm,
        Pattern = Forms.PasswordHash,
        IsSecret = true,
        Advice = text => text.StartsWith('$') ? "make it again with mkpasswd; it is incomplete or of an unknown method"
            : "this looks like the password itself: make its hash with mkpasswd",
    };

    internal static readonly TextShape SshKey = new("an SSH public key", "a key is one line as in authorized_keys: [options] type base64 [comment]")
    {
        Test = SshKeyRule.Test,
        IsSecret = true,
        Advice = text => text.Contains("PRIVATE KEY", StringComparison.Ordinal)
            ? "this is the private key: give the line of the .pub file"
            : "copy the whole line of the .pub file",
    };

    internal static readonly TextShape Text = new("a text", "any text");

    internal static readonly TextShape FormatName = new("a disk format", "a format is one of diecast convert's, as in qcow2")
    {
        Form = Forms.FormatNameForm,
        Pattern = string.Join('|', DiskFormats.All.Where(format => format.Write is not null).SelectMany(format => format.Aliases.Prepend(format.Name))
            .Concat(TreeFormats.All.Select(format => format.Name)).Select(Regex.Escape)),
        Advice = _ => "take a format as in raw, qcow2 or vmdk",
    };

    internal static readonly TextShape OutputName = new("a file name", "a file name is 1 to 255 bytes without / and NUL, and not . or ..")
    {
        Test = text => text.Length == 0 ? "empty" : text is "." or ".." ? "not a name of its own"
            : text.Contains('/', StringComparison.Ordinal) ? "directory in a file name"
            : text.Contains('\0', StringComparison.Ordinal) ? "NUL in a file name"
            : Encoding.UTF8.GetByteCount(text) > LongestFileName ? "too long" : null,
        Advice = _ => "name the file alone; --output names the directory",
    };

    internal static readonly TextShape LinkTarget = new("a link's target", "a target is a path of 1 to 4095 bytes without NUL")
    {
        Test = text => text.Length == 0 ? "empty" : Encoding.UTF8.GetByteCount(text) > 4095 ? "too long"
            : text.Contains('\0', StringComparison.Ordinal) ? "NUL in a path" : null,
    };

    internal static readonly TextShape TreePath = new("an absolute path", "a path in the tree starts with /, has no empty, . or .. part, and parts of at most 255 bytes")
    {
        Form = Forms.TreePathForm,
        Pattern = Forms.TreePath,
        Test = PathTest,
        Advice = _ => "write it from / in its shortest form",
    };

    internal static readonly TextShape ExcludePattern = new("a pattern of what is left out", "a pattern is a path from the source's top, as in /doc/**, or a name without a slash, as in *.pyc")
    {
        Form = Forms.ExcludePatternForm,
        Pattern = Forms.ExcludePattern,
        Test = text => text.StartsWith('/') ? PathTest(text)
            : text.Contains('/', StringComparison.Ordinal) ? "a path that does not start at the top"
            : text.Contains('\0', StringComparison.Ordinal) ? "NUL in a pattern" : null,
        Advice = text => text.Length > 0 && text[0] != '/' ? $"write /{text}" : "write it as in /doc/** or *.pyc",
    };

    internal static readonly TextShape CacheKey = Make(
        "a public key of a binary cache", Forms.CacheKeyForm, Forms.CacheKey, "a key is a name, a colon and 32 bytes in base64, as in cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=, or Guix's (public-key …)",
        _ => "copy the line of the .pub file, or name the file");

    internal static readonly TextShape MountOptions = Make(
        "mount options", Forms.MountOptionsForm, Forms.MountOptions, "options are parted by commas, without spaces and #", _ => "write them as in noatime,nodev");

    internal static readonly TextShape OptionalMountOptions = Make(
        "mount options", Forms.OptionalMountOptionsForm, Forms.OptionalMountOptions, "options are parted by commas, without spaces and #", _ => "write them as in size=64M,mode=0755");

    internal static readonly TextShape MountType = Make(
        "a file system's type", Forms.MountTypeForm, Forms.MountType, "a type is a name that mount takes, as in tmpfs or nfs4", _ => "see /proc/filesystems, or take auto");

    internal static readonly TextShape MountSource = new("what is mounted", "it is a device, UUID=, LABEL=, PARTUUID= or PARTLABEL= with a value, host:/path, a directory, or the name of a file system in memory")
    {
        Test = text => text.Length == 0 ? "empty" : text.Any(char.IsControl) ? "control character in what is mounted"
            : text is "UUID=" or "LABEL=" or "PARTUUID=" or "PARTLABEL=" ? "no value after the equals sign" : null,
        Advice = _ => "write it as in /dev/vdb1, LABEL=data or tmpfs",
    };

    internal static readonly TextShape Address = new("an address", "it is an IPv4 or IPv6 address")
    {
        Test = text => System.Net.IPAddress.TryParse(text, out System.Net.IPAddress? address) && IsWhole(address, text) ? null : "not an address",
        Advice = _ => "write it as in 192.0.2.1 or 2001:db8::1",
    };

    internal static readonly TextShape Capability = new("a capability", "it is one of capabilities(7), as in cap_net_raw")
    {
        Test = text => Systems.Capabilities.Names.Contains(text) ? null : "not a capability",
        Advice = text => Suggestion.Nearest(text, Systems.Capabilities.Names) is { } near ? $"did you mean {near}?" : "see capabilities(7)",
    };

    /// <summary>inet_aton's short forms, as in 10.1, mean something else to every reader.</summary>
    private static bool IsWhole(System.Net.IPAddress address, string text) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 || text.Split('.').Length == 4;

    internal static readonly TextShape MkfsOption = new("an option of mkfs", "options are words as on its command line, as in -m single")
    {
        Test = text => text.Trim().Length == 0 ? "empty" : text.Any(char.IsControl) ? "control character in an option" : null,
        Advice = _ => "write it as on the command line",
    };

    private static TextShape AccountName(string noun) => new(noun, "letters, digits, _ . and -, not first a -, not digits alone, at most 32 in all")
    {
        Form = Forms.AccountNameForm,
        Pattern = Forms.AccountName,
        MaxLength = 32,
        Test = text => text is "." or ".." || text.All(char.IsAsciiDigit) ? $"not {noun}" : null,
        Advice = text => Cleaned(text.ToLowerInvariant(), "_.-") is { } clean ? $"try {clean}" : $"give {noun}",
    };

    private static TextShape Owner(string noun, string number) => new(noun, "letters, digits, _ . and -, not first a -, at most 32 in all, or a number up to 4294967294")
    {
        Form = Forms.AccountNameForm,
        Pattern = Forms.AccountName,
        Test = text => text is "." or ".." ? $"not {noun}"
            : text.All(char.IsAsciiDigit) && (!uint.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out uint id) || id == uint.MaxValue) ? $"not {number}"
            : null,
        Advice = _ => $"give {noun}",
    };

    internal static TextShape Make(string noun, Regex form, string pattern, string rule, Func<string, string> advice) =>
        new(noun, rule) { Form = form, Pattern = pattern, Advice = advice };

    private static string? PathTest(string text)
    {
        if (text == "/")
            return null;
        foreach (string part in text.Split('/').Skip(1))
        {
            if (part is "." or "..")
                return $"{part} in a path";
            if (part.Length == 0)
                return text[^1] == '/' ? "slash at the end" : "empty part";
            if (part.Contains('\0', StringComparison.Ordinal))
                return "NUL in a path";
            if (Encoding.UTF8.GetByteCount(part) > LongestFileName)
                return "part of more than 255 bytes";
        }

        return Encoding.UTF8.GetByteCount(text) > 4095 ? "path of more than 4095 bytes" : null;
    }

    /// <summary>The text with a hyphen for every run of other characters; null when little is left.</summary>
    private static string? Cleaned(string text, string allowed)
    {
        var clean = new StringBuilder();
        foreach (char c in text.Take(64))
        {
            if (char.IsAsciiLetterOrDigit(c) || allowed.Contains(c, StringComparison.Ordinal))
                clean.Append(c);
            else if (clean.Length > 0 && clean[^1] != '-')
                clean.Append('-');
        }

        string name = clean.ToString().Trim('-', '.', '_', '+');
        return name.Length > 1 && name != text && !name.All(char.IsAsciiDigit) ? name : null;
    }
}
