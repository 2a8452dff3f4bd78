using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Diecast.Formats.Integrity.Signatures;

/// <summary>
/// An S-expression: bytes, or a list of others. It is read from the forms that libgcrypt writes (RFC 9804: canonical
/// <c>3:abc</c>, and advanced with tokens, quoted texts, <c>#hex#</c> and <c>|base64|</c>) and from Scheme's, of which Guix
/// writes symbols, texts, numbers and <c>#vu8(…)</c>.
/// </summary>
internal sealed class SExpression
{
    private const string Format = "S-expression";
    private const int DeepestNesting = 64;

    private static readonly SearchValues<byte> HexAndBlanks = SearchValues.Create("0123456789abcdefABCDEF \n\t"u8);

    private readonly byte[]? _bytes;

    private SExpression(byte[] bytes) => _bytes = bytes;

    private SExpression(IReadOnlyList<SExpression> items) => Items = items;

    /// <summary>The members of a list; none of bytes.</summary>
    internal IReadOnlyList<SExpression> Items { get; } = [];

    /// <summary>Whether it is a list.</summary>
    internal bool IsList => _bytes is null;

    /// <summary>Whether it was written between quotes, as Scheme's strings are and its symbols are not.</summary>
    internal bool IsQuoted { get; private init; }

    /// <summary>The bytes; none of a list.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The bytes as text.</summary>
    internal string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>The first member's text where it is a list that begins with bytes, else null.</summary>
    internal string? Name => Items is [{ IsList: false } first, ..] ? first.Text : null;

    /// <summary>The first member that is a list of a name, or null.</summary>
    internal SExpression? Find(string name) => Items.FirstOrDefault(item => item.Name == name);

    /// <summary>Reads one expression that is all of a text but for blanks and comments.</summary>
    /// <exception cref="InvalidImageException">It is none, or something follows it.</exception>
    internal static SExpression Parse(ReadOnlySpan<byte> text)
    {
        var reader = new Reader(text);
        SExpression read = reader.Read(0);
        reader.ExpectEnd();
        return read;
    }

    /// <summary>The canonical form, by which two that say the same are the same bytes.</summary>
    internal byte[] ToCanonical()
    {
        var bytes = new List<byte>();
        Append(this, bytes);
        return [.. bytes];
    }

    private static void Append(SExpression expression, List<byte> bytes)
    {
        if (!expression.IsList)
        {
            bytes.AddRange(Encoding.ASCII.GetBytes(expression.Bytes.Length.ToString(CultureInfo.InvariantCulture) + ":"));
            bytes.AddRange(expression.Bytes);
            return;
        }

        bytes.Add((byte)'(');
        foreach (SExpression item in expression.Items)
            Append(item, bytes);
        bytes.Add((byte)')');
    }

    private ref struct Reader(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _at;

        internal SExpression Read(int depth)
        {
            SkipBlanks();
            if (depth > DeepestNesting)
                throw Wrong("it is nested too deeply");
            switch (Peek())
            {
                case (byte)'(':
                    _at++;
                    return new SExpression(ReadList(depth));
                case (byte)'\'' or (byte)'`':
                    _at++;
                    return Read(depth + 1);
                case (byte)'"':
                    return new SExpression(ReadQuoted()) { IsQuoted = true };
                case (byte)'|':
                    return new SExpression(ReadBase64());
                case (byte)'#':
                    return ReadHash(depth);
                case >= (byte)'0' and <= (byte)'9' when LengthPrefix() is { } length:
                    return ReadCounted(length);
                default:
                    return new SExpression(ReadToken());
            }
        }

        internal void ExpectEnd()
        {
            SkipBlanks();
            if (_at < _text.Length)
                throw Wrong("something follows it");
        }

        private List<SExpression> ReadList(int depth)
        {
            var items = new List<SExpression>();
            while (true)
            {
                SkipBlanks();
                if (Peek() == (byte)')')
                {
                    _at++;
                    return items;
                }

                items.Add(Read(depth + 1));
            }
        }

        private byte[] ReadQuoted()
        {
            var bytes = new List<byte>();
            _at++;
            while (Peek() != (byte)'"')
            {
                byte c = _text[_at++];
                if (c != (byte)'\\')
                {
                    bytes.Add(c);
                    continue;
                }

                Peek();
                c = _text[_at++];
                switch (c)
                {
                    case (byte)'n':
                        bytes.Add((byte)'\n');
                        break;
                    case (byte)'t':
                        bytes.Add((byte)'\t');
                        break;
                    case (byte)'r':
                        bytes.Add((byte)'\r');
                        break;
                    case (byte)'x' when IsHex(_at) && IsHex(_at + 1):
                        bytes.Add(byte.Parse(_text.Slice(_at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                        _at += 2;
                        // Guile ends the number with a semicolon (R6RS).
                        if (_at < _text.Length && _text[_at] == (byte)';')
                            _at++;
                        break;
                    case (byte)'"' or (byte)'\\' or (byte)'\'':
                        bytes.Add(c);
                        break;
                    default:
                        throw Wrong("a backslash in a text is followed by what it does not escape");
                }
            }

            _at++;
            return [.. bytes];
        }

        private byte[] ReadBase64()
        {
            ReadOnlySpan<byte> inner = Until((byte)'|');
            byte[] bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(inner.Length)];
            return Base64.DecodeFromUtf8(inner, bytes, out int read, out int written) == OperationStatus.Done && read == inner.Length
                ? bytes[..written]
                : throw Wrong("its base 64 is damaged");
        }

        private SExpression ReadHash(int depth)
        {
            ReadOnlySpan<byte> rest = _text[_at..];
            if (rest.StartsWith("#vu8("u8))
            {
                _at += "#vu8("u8.Length;
                List<SExpression> numbers = ReadList(depth);
                return new SExpression([.. ToBytes(numbers)]);
            }

            // Truth, keywords and characters of Scheme.
            if (rest.Length >= 2 && rest[1] is (byte)'t' or (byte)'f' or (byte)':' or (byte)'\\' && !IsHexString(rest))
                return new SExpression(ReadToken());
            ReadOnlySpan<byte> inner = Until((byte)'#');
            var digits = new StringBuilder();
            foreach (byte c in inner)
            {
                if (!IsBlank(c))
                    digits.Append((char)c);
            }

            try
            {
                return new SExpression(Convert.FromHexString(digits.ToString()));
            }
            catch (FormatException)
            {
                throw Wrong("its hexadecimal digits are none");
            }
        }

        private static List<byte> ToBytes(List<SExpression> numbers)
        {
            var bytes = new List<byte>();
            foreach (SExpression number in numbers)
            {
                bytes.Add(byte.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out byte value)
                    ? value
                    : throw Wrong("its bytes are not from 0 to 255"));
            }

            return bytes;
        }

        private SExpression ReadCounted(int length)
        {
            _at = _text[_at..].IndexOf((byte)':') + _at + 1;
            if (length > _text.Length - _at)
                throw Wrong("it is cut short");
            byte[] bytes = _text.Slice(_at, length).ToArray();
            _at += length;
            return new SExpression(bytes);
        }

        /// <summary>The length of bytes that are written as <c>LENGTH:</c>, or null where a number is only that.</summary>
        private readonly int? LengthPrefix()
        {
            int end = _at;
            while (end < _text.Length && _text[end] is >= (byte)'0' and <= (byte)'9')
                end++;
            return end < _text.Length && _text[end] == (byte)':' && int.TryParse(_text[_at..end], NumberStyles.None, CultureInfo.InvariantCulture, out int length) ? length : null;
        }

        private byte[] ReadToken()
        {
            int start = _at;
            while (_at < _text.Length && !IsBlank(_text[_at]) && _text[_at] is not ((byte)'(' or (byte)')' or (byte)'"' or (byte)';'))
                _at++;
            return _at > start ? _text[start.._at].ToArray() : throw Wrong("a parenthesis is not opened");
        }

        private ReadOnlySpan<byte> Until(byte end)
        {
            int length = _text[(_at + 1)..].IndexOf(end);
            if (length < 0)
                throw Wrong("it is cut short");
            ReadOnlySpan<byte> inner = _text.Slice(_at + 1, length);
            _at += length + 2;
            return inner;
        }

        private void SkipBlanks()
        {
            while (_at < _text.Length)
            {
                if (IsBlank(_text[_at]))
                {
                    _at++;
                }
                else if (_text[_at] == (byte)';')
                {
                    int line = _text[_at..].IndexOf((byte)'\n');
                    _at = line < 0 ? _text.Length : _at + line;
                }
                else
                {
                    return;
                }
            }
        }

        private readonly byte Peek() => _at < _text.Length ? _text[_at] : throw Wrong("it is cut short");

        private readonly bool IsHex(int at) => at < _text.Length && char.IsAsciiHexDigit((char)_text[at]);

        private static bool IsHexString(ReadOnlySpan<byte> text)
        {
            int end = text[1..].IndexOf((byte)'#');
            return end > 0 && !text.Slice(1, end).ContainsAnyExcept(HexAndBlanks);
        }

        private static bool IsBlank(byte c) => c is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f';

        private static InvalidImageException Wrong(string what) => new(Format, what);
    }
}
