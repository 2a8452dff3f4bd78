using System.Text;
using System.Text.Unicode;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>A name in a directory: the eleven bytes of its short form and, where these are not enough, the long form.</summary>
/// <param name="Short">Eight bytes and three, padded with spaces.</param>
/// <param name="CaseBits">Which of the two parts are shown in lower case.</param>
/// <param name="Long">The long name, or null when the short one and the case bits say it all.</param>
internal readonly record struct FatName(byte[] Short, byte CaseBits, string? Long)
{
    internal const int MaximumUnits = 255;
    private const string Forbidden = "\"*/:<>?\\|";

    /// <summary>The entries that the name takes in its directory.</summary>
    internal int Entries => 1 + (Long is null ? 0 : FatLayout.LongEntries(Long.Length));

    /// <summary>The short name as people write it.</summary>
    internal string ShortText(FatCharacters characters)
    {
        var text = new StringBuilder(12);
        foreach (byte value in Short)
            text.Append(characters.Decode(value));
        if (Short[0] == FatLayout.EscapedDeletedMark)
            text[0] = characters.Decode(FatLayout.DeletedMark);
        string name = text.ToString();
        string extension = name[8..].TrimEnd(' ');
        return name[..8].TrimEnd(' ') + (extension.Length > 0 ? "." + extension : "");
    }

    /// <summary>The name as text; returns why VFAT cannot hold it, or null.</summary>
    internal static string? Decode(FileName name, out string text)
    {
        text = "";
        if (!Utf8.IsValid(name.Span))
            return "the name is not UTF-8";
        text = Encoding.UTF8.GetString(name.Span);
        if (text.Length > MaximumUnits)
            return FormattableString.Invariant($"the name has {text.Length} UTF-16 units; there is room for {MaximumUnits}");
        foreach (char unit in text)
        {
            if (unit < ' ' || Forbidden.Contains(unit, StringComparison.Ordinal))
                return FormattableString.Invariant($"the name holds U+{(int)unit:X4}; it may not hold controls or any of {Forbidden}");
        }

        return text[^1] is '.' or ' ' ? "the name ends with a dot or a space, which readers cut off" : null;
    }
}
