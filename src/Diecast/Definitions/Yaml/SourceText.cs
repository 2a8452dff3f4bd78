using System.Text;

namespace Diecast.Definitions.Yaml;

/// <summary>What is looked up in the text of a definition beside its YAML.</summary>
internal static class SourceText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A character and where it stands.</summary>
    internal readonly record struct Place(int Line, int Column, char Character);

    /// <summary>Decodes UTF-8, without a byte order mark. Null when the bytes are not UTF-8.</summary>
    internal static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            bytes = bytes[3..];
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Where the first byte stands that is not UTF-8.</summary>
    internal static Place FindInvalidByte(ReadOnlySpan<byte> bytes)
    {
        int line = 1;
        int column = 1;
        while (bytes.Length > 0 && Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
        {
            bytes = bytes[used..];
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + rune.Utf16SequenceLength);
        }

        return new Place(line, column, bytes.Length > 0 ? (char)bytes[0] : '\0');
    }

    /// <summary>The first character that YAML has no use for.</summary>
    internal static Place? FindControlCharacter(string text)
    {
        int line = 1;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
                (line, start) = (line + 1, i + 1);
            else if (c is < ' ' and not ('\t' or '\r') or '\u007F' or '\uFFFE' or '\uFFFF')
                return new Place(line, i - start + 1, c);
        }

        return null;
    }

    /// <summary>The first tab among the spaces that start a line or the one before it.</summary>
    internal static Place? FindIndentingTab(string text, int line)
    {
        for (int at = Math.Max(1, line - 1); at <= line; at++)
        {
            string content = Line(text, at);
            int tab = content.AsSpan().IndexOfAnyExcept(' ');
            if (tab >= 0 && content[tab] == '\t' && content.AsSpan(tab).Trim().Length > 0)
                return new Place(at, tab + 1, '\t');
        }

        return null;
    }

    /// <summary>A line by its number from 1, without its end; empty when there is none.</summary>
    internal static string Line(string text, int line)
    {
        int start = 0;
        for (int at = 1; at < line; at++)
        {
            start = text.IndexOf('\n', start) + 1;
            if (start == 0)
                return "";
        }

        int end = text.IndexOf('\n', start);
        return (end < 0 ? text[start..] : text[start..end]).TrimEnd('\r');
    }
}
