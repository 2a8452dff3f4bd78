using System.Globalization;
using System.Text;

namespace Diecast.Systems.Units;

/// <summary>A unit's name taken apart (systemd.unit(5)): prefix, instance and type.</summary>
/// <param name="Text">The whole name.</param>
internal readonly record struct UnitName(string Text)
{
    // UNIT_NAME_MAX of systemd.
    private const int MaximumLength = 255;

    private static readonly string[] Types =
        [".automount", ".device", ".mount", ".path", ".scope", ".service", ".slice", ".socket", ".swap", ".target", ".timer"];

    /// <summary>The type with its dot, or null when the name has none that systemd knows.</summary>
    internal string? Type
    {
        get
        {
            string text = Text;
            return Array.Find(Types, type => text.Length > type.Length && text.EndsWith(type, StringComparison.Ordinal));
        }
    }

    internal bool IsValid =>
        Text.Length is > 0 and <= MaximumLength && Type is not null && At != 0
        && Text.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_' or '.' or '\\' or '@');

    internal bool IsTemplate => At >= 0 && At + 1 == Stem.Length;

    internal bool IsInstance => At >= 0 && At + 1 < Stem.Length;

    internal bool IsPlain => At < 0;

    /// <summary>What stands before the @, or before the type.</summary>
    internal string Prefix => At < 0 ? Stem : Text[..At];

    /// <summary>What stands between @ and type; empty for a template, null for a plain name.</summary>
    internal string? Instance => At < 0 ? null : Stem[(At + 1)..];

    /// <summary>The name without its type.</summary>
    internal string Stem => Text[..^(Type?.Length ?? 0)];

    private int At => Text.IndexOf('@', StringComparison.Ordinal);

    internal UnitName Template => new($"{Prefix}@{Type}");

    /// <summary>The name with <c>.service</c> where it has no type.</summary>
    internal static UnitName Parse(string text)
    {
        var name = new UnitName(text);
        return name.Type is null ? new UnitName(text + ".service") : name;
    }

    internal UnitName WithInstance(string instance) => new($"{Prefix}@{instance}{Type}");

    /// <summary>A path below /dev as part of a name (systemd-escape --path).</summary>
    internal static string EscapePath(string path)
    {
        var escaped = new StringBuilder();
        foreach (byte b in Encoding.UTF8.GetBytes(path.Trim('/')))
        {
            char c = (char)b;
            if (c == '/')
                escaped.Append('-');
            else if (char.IsAsciiLetterOrDigit(c) || c is ':' or '_' || (c == '.' && escaped.Length > 0))
                escaped.Append(c);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }

        return escaped.ToString();
    }

    public override string ToString() => Text;
}
