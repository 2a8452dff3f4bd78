using System.Text.RegularExpressions;

namespace Diecast.Definitions.Records;

/// <summary>
/// The forms of texts. Each is one regular expression without anchors, which the reader and the JSON schema share; it
/// keeps to what both dialects have.
/// </summary>
internal static partial class Forms
{
    internal const string Name = "[A-Za-z0-9][A-Za-z0-9._+-]{0,127}";
    internal const string Version = "[A-Za-z0-9][A-Za-z0-9.~^+-]{0,63}";
    internal const string SplitName = "([A-Za-z0-9._@+-]|%[Ut])+";
    internal const string Match = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    internal const string Url = "(https?://[!-~]+|file:///[!-~]*)";
    internal const string TypeName = "[a-z][a-z0-9-]*";
    internal const string FormatName = "[a-z][a-z0-9.-]*";
    internal const string PartitionType = "[a-z][a-z0-9-]*|" + Shapes.GuidShape.Pattern + "|0[xX][0-9A-Fa-f]{1,2}";

    /// <summary>hostname(7): labels of letters, digits and inner hyphens, 63 characters each.</summary>
    internal const string HostName =
        @"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*";

    /// <summary>tz database, theory.html: parts of 14 characters or fewer, from letters, digits, _ + -.</summary>
    internal const string Timezone = "[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9][A-Za-z0-9_+-]*){0,2}";

    /// <summary>setlocale(3): language[_territory][.codeset][@modifier].</summary>
    internal const string Locale = @"(C|POSIX|[a-z]{2,3}(_([A-Z]{2}|[0-9]{3}))?)(\.[A-Za-z0-9-]+)?(@[A-Za-z0-9]+)?";

    /// <summary>keyboard(5) is read by shells, so nothing that a shell reads is in it.</summary>
    internal const string Keyboard = "[A-Za-z0-9_,:()+-]*";

    /// <summary>deb-control(5), Package, as apt takes it: name[:architecture][=version|/suite], or a pattern.</summary>
    internal const string Package = @"[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?(=[A-Za-z0-9.+:~-]+|/[A-Za-z0-9.+~-]+)?|[?~][!-+.-~]+";

    internal const string PackageName = "[a-z0-9][a-z0-9+.-]+";
    internal const string Suite = "[a-z0-9][a-z0-9+.-]*(/[a-z0-9-]+)?";
    internal const string Component = "[a-z][a-z0-9-]*(/[a-z0-9-]+)*";
    internal const string Architecture = "[a-z0-9]+(-[a-z0-9]+)*";
    internal const string Mirror = @"(https?|ftp)://[!-~]+|(file|copy):/[!-~]*|deb[ \t][^\n]*[!-~]";
    internal const string SourceLine = @"deb(-src)?[ \t][^\n]*[!-~]";
    internal const string Module = "[A-Za-z0-9][A-Za-z0-9_-]*";

    /// <summary>systemd.unit(5): ASCII letters, digits, : - _ . \ and @, 255 characters at most.</summary>
    internal const string Unit = @"[A-Za-z0-9:_.\\@-]{1,255}";

    internal const string SerialLine = "[a-z][A-Za-z0-9_]{1,31}";

    /// <summary>useradd(8) and Debian's: not all digits (see the test beside it), not . or ..</summary>
    internal const string AccountName = @"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,31}\$?";

    /// <summary>Nix's public keys: a name, and 32 bytes in base64; Guix's, S-expressions; or a path of one's file.</summary>
    internal const string CacheKey = "[^:\\s]+:[A-Za-z0-9+/]{43}=|\\s*\\([^\\0]*\\)\\s*|[^:(\\s][^:(\\0]*";

    internal const string ExcludePattern = "/?[^/].*";

    /// <summary>passwd(5): fields are parted by colons, lines by line feeds.</summary>
    internal const string PasswdField = "[^:\\n\\r]*";

    internal const string PasswdPath = "/[^:\\n\\r]*";

    /// <summary>crypt(5): its prefixes with their lengths; before it an exclamation mark locks, * or ! alone allow none.</summary>
    internal const string PasswordHash =
        @"[!*]{1,2}|!?("
        + @"\$(y|gy)\$[./A-Za-z0-9]+\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}"
        + @"|\$7\$[./A-Za-z0-9]{11,97}\$[./A-Za-z0-9]{43}"
        + @"|\$2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53}"
        + @"|\$6\$(rounds=[1-9][0-9]+\$)?[^$:\n]{1,16}\$[./0-9A-Za-z]{86}"
        + @"|\$5\$(rounds=[1-9][0-9]+\$)?[^$:\n]{1,16}\$[./0-9A-Za-z]{43}"
        + @"|\$sha1\$[1-9][0-9]+\$[./0-9A-Za-z]{1,64}\$[./0-9A-Za-z]{28,64}"
        + @"|\$1\$[^$:\n]{1,8}\$[./0-9A-Za-z]{22})";

    internal const string BootDevice = "(UUID|LABEL)=[!-~]+";
    internal const string ChainLoader = @"/[!-~]+|\+[1-9][0-9]*";
    internal const string TreePath = "/([^/].*)?";
    internal const string MountOptions = @"[^\s#]+";
    internal const string OptionalMountOptions = @"[^\s#]*";
    internal const string MountType = "[a-z0-9][a-z0-9._-]*";

    /// <summary>e2p_edit_feature2 in e2fsprogs: a known name, or a bit by its number, with a caret where it is cleared.</summary>
    internal const string Feature = @"\^?[a-z0-9][a-z0-9_]*";

    internal const string VolumeId = "[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}";
    internal const string OneLine = "[^\\n\\r]*[^\\s][^\\n\\r]*";

    private const string Start = "^(?:";
    private const string End = @")\z";
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(Start + Name + End, Options)]
    internal static partial Regex NameForm { get; }

    [GeneratedRegex(Start + Version + End, Options)]
    internal static partial Regex VersionForm { get; }

    [GeneratedRegex(Start + SplitName + End, Options)]
    internal static partial Regex SplitNameForm { get; }

    [GeneratedRegex(Start + Match + End, Options)]
    internal static partial Regex MatchForm { get; }

    [GeneratedRegex(Start + Url + End, Options)]
    internal static partial Regex UrlForm { get; }

    [GeneratedRegex(Start + TypeName + End, Options)]
    internal static partial Regex TypeNameForm { get; }

    [GeneratedRegex(Start + FormatName + End, Options)]
    internal static partial Regex FormatNameForm { get; }

    [GeneratedRegex(Start + PartitionType + End, Options)]
    internal static partial Regex PartitionTypeForm { get; }

    [GeneratedRegex(Start + HostName + End, Options)]
    internal static partial Regex HostNameForm { get; }

    [GeneratedRegex(Start + Feature + End, Options)]
    internal static partial Regex FeatureForm { get; }

    [GeneratedRegex(Start + VolumeId + End, Options)]
    internal static partial Regex VolumeIdForm { get; }

    [GeneratedRegex(Start + Timezone + End, Options)]
    internal static partial Regex TimezoneForm { get; }

    [GeneratedRegex(Start + Locale + End, Options)]
    internal static partial Regex LocaleForm { get; }

    [GeneratedRegex(Start + Keyboard + End, Options)]
    internal static partial Regex KeyboardForm { get; }

    [GeneratedRegex(Start + Package + End, Options)]
    internal static partial Regex PackageForm { get; }

    [GeneratedRegex(Start + PackageName + End, Options)]
    internal static partial Regex PackageNameForm { get; }

    [GeneratedRegex(Start + Suite + End, Options)]
    internal static partial Regex SuiteForm { get; }

    [GeneratedRegex(Start + Component + End, Options)]
    internal static partial Regex ComponentForm { get; }

    [GeneratedRegex(Start + Architecture + End, Options)]
    internal static partial Regex ArchitectureForm { get; }

    [GeneratedRegex(Start + Mirror + End, Options)]
    internal static partial Regex MirrorForm { get; }

    [GeneratedRegex(Start + SourceLine + End, Options)]
    internal static partial Regex SourceLineForm { get; }

    [GeneratedRegex(Start + Module + End, Options)]
    internal static partial Regex ModuleForm { get; }

    [GeneratedRegex(Start + Unit + End, Options)]
    internal static partial Regex UnitForm { get; }

    [GeneratedRegex(Start + SerialLine + End, Options)]
    internal static partial Regex SerialLineForm { get; }

    [GeneratedRegex(Start + AccountName + End, Options)]
    internal static partial Regex AccountNameForm { get; }

    [GeneratedRegex(Start + CacheKey + End, Options)]
    internal static partial Regex CacheKeyForm { get; }

    [GeneratedRegex(Start + ExcludePattern + End, Options | RegexOptions.Singleline)]
    internal static partial Regex ExcludePatternForm { get; }

    [GeneratedRegex(Start + PasswdField + End, Options)]
    internal static partial Regex PasswdFieldForm { get; }

    [GeneratedRegex(Start + PasswdPath + End, Options)]
    internal static partial Regex PasswdPathForm { get; }

    [GeneratedRegex(Start + PasswordHash + End, Options)]
    internal static partial Regex PasswordHashForm { get; }

    [GeneratedRegex(Start + BootDevice + End, Options)]
    internal static partial Regex BootDeviceForm { get; }

    [GeneratedRegex(Start + ChainLoader + End, Options)]
    internal static partial Regex ChainLoaderForm { get; }

    [GeneratedRegex(Start + TreePath + End, Options | RegexOptions.Singleline)]
    internal static partial Regex TreePathForm { get; }

    [GeneratedRegex(Start + OptionalMountOptions + End, Options)]
    internal static partial Regex OptionalMountOptionsForm { get; }

    [GeneratedRegex(Start + MountType + End, Options)]
    internal static partial Regex MountTypeForm { get; }

    [GeneratedRegex(Start + MountOptions + End, Options)]
    internal static partial Regex MountOptionsForm { get; }

    [GeneratedRegex(Start + OneLine + End, Options)]
    internal static partial Regex OneLineForm { get; }
}
