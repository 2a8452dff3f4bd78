using System.Globalization;
using System.Text;

namespace Diecast.Definitions.Yaml;

/// <summary>Writes nodes as YAML in one form only: block style, two spaces, double quotes where plain text could be misread.</summary>
internal static class YamlWriter
{
    internal static string Write(YamlMapping root)
    {
        var text = new StringBuilder();
        WriteEntries(text, root, 0);
        return text.ToString();
    }

    /// <summary>A scalar as it is written: plain, or in double quotes.</summary>
    internal static string Scalar(YamlScalar scalar) =>
        scalar.IsUnset ? "~" : IsPlain(scalar.Text) ? scalar.Text : Quote(scalar.Text);

    private static void WriteEntries(StringBuilder text, YamlMapping mapping, int indent)
    {
        bool first = true;
        foreach (YamlEntry entry in mapping.Entries)
        {
            // The first key of a map in a list stands behind the dash.
            if (!first || indent == 0 || text[^1] == '\n')
                text.Append(' ', indent);
            first = false;
            text.Append(Scalar(entry.Key)).Append(':');
            WriteValue(text, entry.Value, indent + 2);
        }
    }

    private static void WriteValue(StringBuilder text, YamlNode value, int indent)
    {
        switch (value)
        {
            case YamlMapping { Entries.Count: > 0 } mapping:
                text.Append('\n');
                WriteEntries(text, mapping, indent);
                break;
            case YamlSequence { Items.Count: > 0 } sequence:
                text.Append('\n');
                WriteItems(text, sequence, indent);
                break;
            default:
                text.Append(' ').Append(Leaf(value)).Append('\n');
                break;
        }
    }

    private static void WriteItems(StringBuilder text, YamlSequence sequence, int indent)
    {
        foreach (YamlNode item in sequence.Items)
        {
            text.Append(' ', indent).Append("- ");
            switch (item)
            {
                case YamlMapping { Entries.Count: > 0 } mapping:
                    WriteEntries(text, mapping, indent + 2);
                    break;
                case YamlSequence { Items.Count: > 0 }:
                    throw new InvalidOperationException("No record holds a list of lists.");
                default:
                    text.Append(Leaf(item)).Append('\n');
                    break;
            }
        }
    }

    private static string Leaf(YamlNode node) => node switch
    {
        YamlScalar scalar => Scalar(scalar),
        YamlSequence => "[]",
        _ => "{}",
    };

    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || !(char.IsAsciiLetterOrDigit(text[0]) || text[0] is '/' or '_' or '$'))
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('/' or '_' or '-' or '.' or '+' or '@' or '=' or '$'))
                return false;
        }

        return true;
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (Rune rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"' or '\\':
                    quoted.Append('\\').Append((char)rune.Value);
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                case (>= ' ' and <= '~') or (> 0xA0 and not (0x2028 or 0x2029 or 0xFEFF or 0xFFFE or 0xFFFF)):
                    quoted.Append(rune.ToString());
                    break;
                default:
                    quoted.Append("\\u").Append(rune.Value.ToString("X4", CultureInfo.InvariantCulture));
                    break;
            }
        }

        return quoted.Append('"').ToString();
    }
}
