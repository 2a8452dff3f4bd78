using System.Text;
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

    /// <summary>The name as text, if VFAT can hold it.</summary>
    /// <exception cref="UnrepresentableException">It is not UTF-8, too long, or holds what no FAT name may hold.</exception>
    internal static string Decode(FileName name, Func<string> path)
    {
        string text;
        try
        {
            text = Strict.GetString(name.Span);
        }
        catch (DecoderFallbackException)
        {
            throw new UnrepresentableException(FatFileSystem.Format, path(), "the name is not UTF-8");
        }

        if (text.Length > MaximumUnits)
            throw new UnrepresentableException(FatFileSystem.Format, path(), FormattableString.Invariant($"the name has {text.Length} UTF-16 units; there is room for {MaximumUnits}"));
        foreach (char unit in text)
        {
            if (unit < ' ' || Forbidden.Contains(unit, StringComparison.Ordinal))
                throw new UnrepresentableException(FatFileSystem.Format, path(), FormattableString.Invariant($"the name holds U+{(int)unit:X4}; it may not hold controls or any of {Forbidden}"));
        }

        if (text[^1] is '.' or ' ')
            throw new UnrepresentableException(FatFileSystem.Format, path(), "the name ends with a dot or a space, which readers cut off");
        return text;
    }

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
