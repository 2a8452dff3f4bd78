using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>A disk drawn as a bar with its partitions, and a table of them.</summary>
internal static class DiskMap
{
    private const int LeastWidth = 4;
    private const int NarrowestBar = 40;
    private const int WidestBar = 100;
    private static readonly Color[] Colors = [Color.Blue, Color.Green, Color.Yellow, Color.Purple, Color.Aqua, Color.Red];

    /// <summary>One partition to draw.</summary>
    /// <param name="Number">Number in the table.</param>
    /// <param name="Name">Short name, as in <c>esp</c>.</param>
    /// <param name="Offset">First byte.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="FileSystem">File system, or nothing.</param>
    /// <param name="Place">Mount point, or nothing.</param>
    /// <param name="Detail">What else there is to say.</param>
    internal readonly record struct Area(
        int Number, string Name, long Offset, long Length, string FileSystem, string Place, string Detail);

    internal static void Write(Terminal terminal, string title, long length, IReadOnlyList<Area> areas)
    {
        IAnsiConsole console = terminal.Output;
        console.MarkupLine($"[bold]{Markup.Escape(title)}[/]  {Units.Size(length)}");
        int width = Math.Clamp(terminal.Width, NarrowestBar, WidestBar);
        int[] widths = Widths(areas, width);
        var bar = new StringBuilder();
        var names = new StringBuilder();
        for (int i = 0; i < areas.Count; i++)
        {
            string label = areas[i].Name.Length <= widths[i] - 1 ? areas[i].Name : areas[i].Number.ToString(CultureInfo.InvariantCulture);
            string color = Colors[i % Colors.Length].ToMarkup();
            bar.Append(CultureInfo.InvariantCulture, $"[{color}]{new string('█', widths[i] - 1)}[/] ");
            names.Append(CultureInfo.InvariantCulture, $"[{color}]{Markup.Escape(i < areas.Count - 1 ? label.PadRight(widths[i]) : label)}[/]");
        }

        console.MarkupLine(bar.ToString().TrimEnd());
        console.MarkupLine(names.ToString());
        console.WriteLine();
        var table = new TextTable(0, 2, 3);
        table.Add("#", Head("partition"), Head("offset"), Head("size"));
        foreach (Area area in areas)
        {
            table.Add(
                area.Number.ToString(CultureInfo.InvariantCulture),
                area.Name,
                Units.Size(area.Offset),
                Units.Size(area.Length),
                area.FileSystem,
                area.Place,
                new TextTable.Cell(area.Detail, "dim"));
        }

        table.Write(terminal);
    }

    private static TextTable.Cell Head(string text) => new(text, "bold");

    /// <summary>Shares the width by size, but gives each partition enough to be seen.</summary>
    private static int[] Widths(IReadOnlyList<Area> areas, int width)
    {
        double total = Math.Max(1, areas.Sum(area => (double)area.Length));
        int spare = Math.Max(0, width - (LeastWidth * areas.Count));
        return [.. areas.Select(area => LeastWidth + (int)(spare * (area.Length / total)))];
    }
}
