using System.Globalization;
using Diecast.Formats.Trees;

namespace Diecast.Systems.Accounts;

/// <summary>The settings of login.defs(5) that making accounts depends on, with its defaults.</summary>
internal sealed class LoginDefinitions
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private LoginDefinitions(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '"'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0][0] != '#')
                _values[words[0]] = words[1];
        }
    }

    internal static LoginDefinitions Load(FileTree tree) =>
        new(tree.ReadText("/etc/login.defs") ?? tree.ReadText("/usr/etc/login.defs") ?? "");

    internal (long First, long Last) UserIds => (Number("UID_MIN", 1000), Number("UID_MAX", 60000));

    internal (long First, long Last) GroupIds => (Number("GID_MIN", 1000), Number("GID_MAX", 60000));

    internal (long First, long Last) SystemUserIds =>
        (Number("SYS_UID_MIN", 101), Number("SYS_UID_MAX", UserIds.First - 1));

    internal (long First, long Last) SystemGroupIds =>
        (Number("SYS_GID_MIN", 101), Number("SYS_GID_MAX", GroupIds.First - 1));

    internal (long First, long Last, long Count) SubordinateUserIds =>
        (Number("SUB_UID_MIN", 100000), Number("SUB_UID_MAX", 600100000), Number("SUB_UID_COUNT", 65536));

    internal (long First, long Last, long Count) SubordinateGroupIds =>
        (Number("SUB_GID_MIN", 100000), Number("SUB_GID_MAX", 600100000), Number("SUB_GID_COUNT", 65536));

    /// <summary>PASS_MIN_DAYS, PASS_MAX_DAYS and PASS_WARN_AGE as shadow(5) holds them; empty for none.</summary>
    internal (string Min, string Max, string Warn) PasswordAging =>
        (Days("PASS_MIN_DAYS"), Days("PASS_MAX_DAYS"), Days("PASS_WARN_AGE"));

    internal int HomeMode => _values.ContainsKey("HOME_MODE")
        ? (int)(Number("HOME_MODE", 0) & 0xfff)
        : 0b111_111_111 & ~(int)Number("UMASK", 0b000_010_010);

    private string Days(string key) =>
        Number(key, -1) is >= 0 and long days ? days.ToString(CultureInfo.InvariantCulture) : "";

    // Decimal, 0 before octal, 0x before hexadecimal, as strtol reads it.
    private long Number(string key, long otherwise)
    {
        if (!_values.TryGetValue(key, out string? text))
            return otherwise;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long hex) ? hex : otherwise;
        if (text.Length > 1 && text[0] == '0')
            return text.Length <= 12 && text.All(c => c is >= '0' and <= '7') ? Convert.ToInt64(text, 8) : otherwise;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : otherwise;
    }
}
