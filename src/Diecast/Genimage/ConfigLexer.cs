using System.Globalization;
using System.Text;
using Diecast.Definitions;

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
internal sealed class ConfigLexer
{
    private const string Marks = "={}(),+";
    private readonly string _text;
    private readonly DefinitionSource _source;
    private readonly Func<string, string?> _environment;
    private readonly List<int> _lines = [0];
    private int _at;

    internal ConfigLexer(DefinitionSource source, Func<string, string?> environment)
    {
        (_source, _text, _environment) = (source, source.Text, environment);
        for (int at = _text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = _text.IndexOf('\n', at + 1))
            _lines.Add(at + 1);
    }

    private ConfigPosition Here
    {
        get
        {
            int line = _lines.BinarySearch(_at);
            line = line < 0 ? ~line - 1 : line;
            return new(_source, line + 1, _at - _lines[line] + 1);
        }
    }

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    /// <summary>The next word.</summary>
    /// <exception cref="ConfigException">A quote, comment or variable does not end, or a mark is none.</exception>
    internal ConfigToken Next()
    {
        SkipBlanks();
        ConfigPosition start = Here;
        if (_at >= _text.Length)
            return new ConfigToken(ConfigTokenKind.End, "the end of the file", start);
        switch (Current)
        {
            case '"':
                return new ConfigToken(ConfigTokenKind.Text, Quoted(start), start);
            case '\'':
                return new ConfigToken(ConfigTokenKind.Text, Plain(start), start);
            case '+' when _at + 1 < _text.Length && _text[_at + 1] == '=':
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
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(Current))
                _at++;
            else if (Current == '#' || Follows("//"))
                SkipLine();
            else if (Follows("/*"))
                SkipComment();
            else
                return;
        }
    }

    private bool Follows(string mark) => string.CompareOrdinal(_text, _at, mark, 0, mark.Length) == 0;

    private void SkipLine()
    {
        while (_at < _text.Length && Current != '\n')
            _at++;
    }

    private void SkipComment()
    {
        ConfigPosition start = Here;
        int end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
            throw start.Wrong("a comment begins with /* and does not end", "end it with */");
        _at = end + 2;
    }

    private string Word(ConfigPosition start)
    {
        var word = new StringBuilder();
        while (_at < _text.Length && !char.IsWhiteSpace(Current) && !Marks.Contains(Current, StringComparison.Ordinal) && Current is not ('"' or '\'' or '#'))
        {
            if (Follows("${"))
                word.Append(Variable(start));
            else if (Current == '\0')
                throw start.Wrong("a zero byte is no text");
            else
                word.Append(_text[_at++]);
        }

        return word.ToString();
    }

    /// <summary><c>${NAME}</c> or <c>${NAME:-text where it is not set}</c>.</summary>
    private string Variable(ConfigPosition start)
    {
        int end = _text.IndexOf('}', _at);
        if (end < 0)
            throw start.Wrong("a variable begins with ${ and does not end", "end it with }");
        string name = _text[(_at + 2)..end];
        _at = end + 1;
        int cut = name.IndexOf(":-", StringComparison.Ordinal);
        return cut < 0
            ? _environment(name) ?? ""
            : _environment(name[..cut]) is { Length: > 0 } value ? value : name[(cut + 2)..];
    }

    /// <summary>Single quotes: only quotes and backslashes are escaped, and nothing is replaced.</summary>
    private string Plain(ConfigPosition start)
    {
        var value = new StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            char c = Current;
            if (c == '\'')
            {
                _at++;
                return value.ToString();
            }

            if (c == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '\'' or '\\')
                c = _text[++_at];
            value.Append(c);
        }

        throw start.Wrong("a text begins with ' and does not end", "end it with '");
    }

    private string Quoted(ConfigPosition start)
    {
        var value = new StringBuilder();
        _at++;
        while (_at < _text.Length)
        {
            if (Follows("${"))
            {
                value.Append(Variable(start));
                continue;
            }

            char c = _text[_at++];
            switch (c)
            {
                case '"':
                    return value.ToString();
                case '\\':
                    Escape(value, start);
                    break;
                default:
                    value.Append(c);
                    break;
            }
        }

        throw start.Wrong("a text begins with \" and does not end", "end it with \"");
    }

    private void Escape(StringBuilder value, ConfigPosition start)
    {
        if (_at >= _text.Length)
            throw start.Wrong("a text begins with \" and does not end", "end it with \"");
        char c = _text[_at++];
        switch (c)
        {
            case '\n':
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
        while (end < _text.Length && end < _at + most && char.IsAsciiHexDigit(_text[end]))
            end++;
        return _text[_at..end];
    }

    private int Octal(int value)
    {
        for (int digits = 1; digits < 3 && Current is >= '0' and <= '7'; digits++)
            value = (value * 8) + (_text[_at++] - '0');
        return value & 0xFF;
    }
}
