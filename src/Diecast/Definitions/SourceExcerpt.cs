using System.Globalization;
using System.Text;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions;

/// <summary>Renders the line that a fault is on, with a caret below the place.</summary>
public static class SourceExcerpt
{
    private const int Width = 100;
    private const int Before = 60;

    /// <summary>
    /// Two lines, the source's with its number and the caret's, without a line feed at the end; empty when the fault has
    /// no position or its line must not be shown.
    /// </summary>
    public static string Render(DefinitionError error)
    {
        if (error.IsSecret || error.Position is not { } position)
            return "";
        string line = SourceText.Line(position.Source.Text, position.Line);
        int column = Math.Clamp(position.Column - 1, 0, line.Length);

        // Of a long line, the part around the place.
        int start = line.Length <= Width ? 0 : Math.Clamp(column - Before, 0, line.Length - Width);
        string part = line.Substring(start, Math.Min(Width, line.Length - start));
        int marked = Math.Clamp(MarkedLength(line[column..], error.Value), 1, Math.Max(1, start + part.Length - column));
        string number = position.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        return new StringBuilder()
            .Append(number).Append(" | ").Append(start > 0 ? "…" : "").Append(Printable(part)).Append(start + part.Length < line.Length ? "…" : "")
            .Append('\n')
            .Append(' ', 5).Append(" | ").Append(start > 0 ? " " : "").Append(' ', column - start).Append('^').Append('~', marked - 1)
            .ToString();
    }

    private static int MarkedLength(string rest, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return 1;
        int quote = rest.Length > 0 && rest[0] is '"' or '\'' ? 1 : 0;
        return rest.AsSpan(quote).StartsWith(value, StringComparison.Ordinal) ? value.Length + (2 * quote) : 1;
    }

    /// <summary>One cell for each UTF-16 unit, so that the caret stands below its place.</summary>
    private static string Printable(string text) =>
        string.Create(text.Length, text, static (cells, source) =>
        {
            for (int i = 0; i < cells.Length; i++)
                cells[i] = source[i] == '\t' ? ' ' : char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '\uFFFD' : source[i];
        });
}
