using System.Globalization;
using System.Text;

namespace Diecast.Repart.Definitions;

/// <summary>Cuts values into words, as systemd does: with quotes, or with C's escapes, or with both.</summary>
internal static class Words
{
    /// <summary>Words between white space; quotes hold words together. Null where the syntax is wrong.</summary>
    internal static List<string>? Split(string text) => Cut(text, null, quotes: true, escapes: false);

    /// <summary>Parts between separators, empty ones too, with C's escapes. Null where the syntax is wrong.</summary>
    /// <param name="text">The text.</param>
    /// <param name="separator">The separator.</param>
    /// <param name="quotes">Whether quotes hold parts together.</param>
    internal static List<string>? Split(string text, char separator, bool quotes = false) => Cut(text, separator, quotes, escapes: true);

    private static List<string>? Cut(string text, char? separator, bool quotes, bool escapes)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        bool begun = separator is not null;
        for (int i = 0; i < text.Length;)
        {
            char c = text[i];
            if (separator is { } s ? c == s : char.IsWhiteSpace(c))
            {
                if (begun)
                    words.Add(word.ToString());
                word.Clear();
                begun = separator is not null;
                i++;
            }
            else if (quotes && c is '"' or '\'' && quotes)
            {
                begun = true;
                for (i++; i < text.Length && text[i] != c;)
                {
                    if (!Take(text, ref i, word, escapes, quotes))
                        return null;
                }

                if (i >= text.Length)
                    return null;
                i++;
            }
            else
            {
                begun = true;
                if (!Take(text, ref i, word, escapes, quotes))
                    return null;
            }
        }

        if (begun)
            words.Add(word.ToString());
        return words;
    }

    /// <summary>Takes one character, which may be escaped.</summary>
    private static bool Take(string text, ref int at, StringBuilder word, bool escapes, bool quotes)
    {
        if (text[at] != '\\' || (!escapes && !quotes))
        {
            word.Append(text[at++]);
            return true;
        }

        if (++at == text.Length)
            return false;
        char c = text[at++];
        if (!escapes)
        {
            word.Append(c);
            return true;
        }

        const string Plain = "abfnrtvs\\\"'";
        const string Meant = "\a\b\f\n\r\t\v \\\"'";
        int index = Plain.IndexOf(c, StringComparison.Ordinal);
        if (index >= 0)
        {
            word.Append(Meant[index]);
            return true;
        }

        (int start, int digits, int radix) = c switch
        {
            'x' => (at, 2, 16),
            'u' => (at, 4, 16),
            'U' => (at, 8, 16),
            >= '0' and <= '7' => (at - 1, 3, 8),
            _ => (0, 0, 0),
        };
        if (digits == 0 || start + digits > text.Length || Number(text.AsSpan(start, digits), radix) is not { } value || !Rune.IsValid(value) || value == 0)
            return false;
        at = start + digits;
        word.Append(new Rune(value).ToString());
        return true;
    }

    private static int? Number(ReadOnlySpan<char> digits, int radix)
    {
        if (radix == 16)
            return int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int hex) ? hex : null;
        int value = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
                return null;
            value = (value * 8) + digit - '0';
        }

        return value;
    }
}
