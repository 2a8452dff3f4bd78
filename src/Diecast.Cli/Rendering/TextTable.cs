using System.Text;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>
/// Rows in columns, two spaces apart, with nothing after the last. No cell is ever cut or broken, because people copy
/// paths and digests out of them: one that does not fit the terminal's line goes to the next, indented.
/// </summary>
/// <param name="rightAligned">Which columns are numbers.</param>
internal sealed class TextTable(params int[] rightAligned)
{
    private const string Gap = "  ";
    private const string Indent = "    ";

    /// <summary>
    /// Cells longer than one of these do not widen their column, unless it is the first: a key or a hash would push
    /// everything else away. The limit that leaves most rows in one line is taken.
    /// </summary>
    private static readonly int[] Limits = [56, 48, 40, 32, 24, 16, 0];

    private readonly List<Cell[]> _rows = [];

    /// <summary>A text with a style of its own.</summary>
    internal readonly record struct Cell(string Text, string Style = "default")
    {
        public static implicit operator Cell(string text) => new(text);
    }

    internal void Add(params Cell[] cells) => _rows.Add(cells);

    internal void Write(Terminal terminal)
    {
        string[] lines = Limits
            .Select(limit => Lines(Widths(limit), terminal.Width))
            .MinBy(layout => layout.Sum(line => line.Count(letter => letter == '\n')))!;
        foreach (string line in lines)
            terminal.Output.MarkupLine(line);
    }

    private string[] Lines(int[] widths, int width) => [.. _rows.Select(row => Line(row, widths, width))];

    private int[] Widths(int limit)
    {
        int[] widths = new int[_rows.Count == 0 ? 0 : _rows.Max(row => row.Length)];
        foreach (Cell[] row in _rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                if (i == 0 || row[i].Text.Length <= limit)
                    widths[i] = Math.Max(widths[i], row[i].Text.Length);
            }
        }

        return widths;
    }

    private string Line(Cell[] row, int[] widths, int width)
    {
        var line = new StringBuilder();
        int start = 0;
        int end = 0;
        for (int i = 0; i < row.Length; i++)
        {
            (string text, string style) = row[i];
            if (text.Length > 0)
            {
                int at = rightAligned.Contains(i) ? start + widths[i] - text.Length : start;
                at = end == 0 ? at : Math.Max(at, end + Gap.Length);
                if (end > 0 && at + text.Length > width && Indent.Length + text.Length <= width)
                {
                    line.Append('\n').Append(Indent);
                    at = end = Indent.Length;
                }

                line.Append(' ', at - end).Append('[').Append(style).Append(']').Append(Markup.Escape(text)).Append("[/]");
                end = at + text.Length;
            }

            start += widths[i] + Gap.Length;
        }

        return line.ToString();
    }
}
