using System.Globalization;
using System.Text;

namespace Diecast.Genimage;

/// <summary>What a word of a configuration is.</summary>
internal enum ConfigTokenKind
{
    /// <summary>A word without quotes, or text in quotes.</summary>
    Text,

    /// <summary>One of <c>= { } ( ) ,</c>, or <c>+=</c>.</summary>
    Mark,

    /// <summary>There is no more.</summary>
    End,
}

/// <summary>A word of a configuration.</summary>
internal readonly record struct ConfigToken(ConfigTokenKind Kind, string Text, ConfigPosition Position)
{
    internal bool Is(string mark) => Kind == ConfigTokenKind.Mark && Text == mark;
}

/// <summary>Cuts a configuration into words, as libconfuse does: its comments, quotes, escapes and variables.</summary>
internal sealed class ConfigLexer(string text, string file, Func<string, string?> environment)
{
    private const string Marks = "={}(),+";
    private int _at;
    private int _line = 1;

    private ConfigPosition Here => new(file, _line);

    private char Current => _at < text.Length ? text[_at] : '\0';

    /// <summary>The next word.</summary>
    /// <exception cref="BuildException">A quote, comment or variable does not end, or a mark is none.</exception>
    internal ConfigToken Next()
    {
        SkipBlanks();
        ConfigPosition start = Here;
        if (_at >= text.Length)
            return new ConfigToken(ConfigTokenKind.End, "the end of the file", start);
        switch (Current)
        {
            case '"':
                return new ConfigToken(ConfigTokenKind.Text, Quoted(start), start);
            case '\'':
                return new ConfigToken(ConfigTokenKind.Text, Plain(start), start);
            case '+' when _at + 1 < text.Length && text[_at + 1] == '=':
                _at += 2;
                return new ConfigToken(ConfigTokenKind.Mark, "+=", start);
            case var mark when Marks.Contains(mark, StringComparison.Ordinal):
                _at++;
                return new ConfigToken(ConfigTokenKind.Mark, mark.ToString(), start);
            default:
                return new ConfigToken(ConfigTokenKind.Text, Word(start), start);
        }
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (Current == '\n')
                (_at, _line) = (_at + 1, _line + 1);
            else if (char.IsWhiteSpace(Current))
                _at++;
            else if (Current == '#' || Follows("//"))
                SkipLine();
            else if (Follows("/*"))
                SkipComment();
            else
                return;
        }
    }

    private bool Follows(string mark) => string.CompareOrdinal(text, _at, mark, 0, mark.Length) == 0;

    private void SkipLine()
    {
        while (_at < text.Length && Current != '\n')
            _at++;
    }

    private void SkipComment()
    {
        ConfigPosition start = Here;
        int end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
            throw start.Wrong("a comment begins with /* and does not end", "end it with */");
        _line += text.AsSpan(_at, end - _at).Count('\n');
        _at = end + 2;
    }

    private string Word(ConfigPosition start)
    {
        var word = new StringBuilder();
        while (_at < text.Length && !char.IsWhiteSpace(Current) && !Marks.Contains(Current, StringComparison.Ordinal) && Current is not ('"' or '\'' or '#'))
        {
            if (Follows("${"))
                word.Append(Variable(start));
            else if (Current == '\0')
                throw start.Wrong("a zero byte is no text");
            else
                word.Append(text[_at++]);
        }

        return word.ToString();
    }

    /// <summary><c>${NAME}</c> or <c>${NAME:-text where it is not set}</c>.</summary>
    private string Variable(ConfigPosition start)
    {
        int end = text.IndexOf('}', _at);
        if (end < 0)
            throw start.Wrong("a variable begins with ${ and does not end", "end it with }");
        string name = text[(_at + 2)..end];
        _line += name.Count(c => c == '\n');
        _at = end + 1;
        int cut = name.IndexOf(":-", StringComparison.Ordinal);
        return cut < 0
            ? environment(name) ?? ""
            : environment(name[..cut]) is { Length: > 0 } value ? value : name[(cut + 2)..];
    }

    /// <summary>Single quotes: only quotes and backslashes are escaped, and nothing is replaced.</summary>
    private string Plain(ConfigPosition start)
    {
        var value = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            char c = Current;
            if (c == '\'')
            {
                _at++;
                return value.ToString();
            }

            if (c == '\\' && _at + 1 < text.Length && text[_at + 1] is '\'' or '\\')
                c = text[++_at];
            if (c == '\n')
                _line++;
            value.Append(c);
        }

        throw start.Wrong("a text begins with ' and does not end", "end it with '");
    }

    private string Quoted(ConfigPosition start)
    {
        var value = new StringBuilder();
        _at++;
        while (_at < text.Length)
        {
            if (Follows("${"))
            {
                value.Append(Variable(start));
                continue;
            }

            char c = text[_at++];
            switch (c)
            {
                case '"':
                    return value.ToString();
                case '\\':
                    Escape(value, start);
                    break;
                default:
                    if (c == '\n')
                        _line++;
                    value.Append(c);
                    break;
            }
        }

        throw start.Wrong("a text begins with \" and does not end", "end it with \"");
    }

    private void Escape(StringBuilder value, ConfigPosition start)
    {
        if (_at >= text.Length)
            throw start.Wrong("a text begins with \" and does not end", "end it with \"");
        char c = text[_at++];
        switch (c)
        {
            case '\n':
                _line++;
                return;
            case 'x' when HexDigits(2) is { Length: > 0 } digits:
                _at += digits.Length;
                value.Append((char)int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                return;
            case >= '0' and <= '7':
                value.Append((char)Octal(c - '0'));
                return;
        }

        value.Append(c switch
        {
            'n' => '\n',
            't' => '\t',
            'b' => '\b',
            'r' => '\r',
            'f' => '\f',
            'a' => '\a',
            'e' => '\e',
            'v' => '\v',
            _ => c,
        });
    }

    private string HexDigits(int most)
    {
        int end = _at;
        while (end < text.Length && end < _at + most && char.IsAsciiHexDigit(text[end]))
            end++;
        return text[_at..end];
    }

    private int Octal(int value)
    {
        for (int digits = 1; digits < 3 && Current is >= '0' and <= '7'; digits++)
            value = (value * 8) + (text[_at++] - '0');
        return value & 0xFF;
    }
}
