using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>A disk drawn as a bar with its partitions, and a table of them.</summary>
internal static class DiskMap
{
    private const int LeastWidth = 4;
    private static readonly Color[] Colors = [Color.Blue, Color.Green, Color.Yellow, Color.Purple, Color.Aqua, Color.Red];

    /// <summary>One partition to draw.</summary>
    /// <param name="Number">Number in the table.</param>
    /// <param name="Name">Short name, as in <c>esp</c>.</param>
    /// <param name="Offset">First byte.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="Detail">File system, mount point and so on.</param>
    internal readonly record struct Area(int Number, string Name, long Offset, long Length, string Detail);

    internal static void Write(IAnsiConsole console, string title, long length, IReadOnlyList<Area> areas)
    {
        console.MarkupLine($"[bold]{Markup.Escape(title)}[/]  {Units.Size(length)}");
        int width = Math.Clamp(console.Profile.Width - 2, 40, 100);
        int[] widths = Widths(areas, width);
        var bar = new System.Text.StringBuilder();
        var names = new System.Text.StringBuilder();
        for (int i = 0; i < areas.Count; i++)
        {
            string label = areas[i].Name.Length <= widths[i] - 1 ? areas[i].Name : areas[i].Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            string color = Colors[i % Colors.Length].ToMarkup();
            bar.Append(System.Globalization.CultureInfo.InvariantCulture, $"[{color}]{new string('█', widths[i] - 1)}[/] ");
            names.Append(System.Globalization.CultureInfo.InvariantCulture, $"[{color}]{Markup.Escape(label.PadRight(widths[i]))}[/]");
        }

        console.MarkupLine(bar.ToString());
        console.MarkupLine(names.ToString().TrimEnd());
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("", "partition");
        table.AddColumn(new TableColumn("offset").RightAligned());
        table.AddColumn(new TableColumn("size").RightAligned());
        table.AddColumn("");
        foreach (Area area in areas)
        {
            table.AddRow(
                area.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Markup.Escape(area.Name),
                Units.Size(area.Offset),
                Units.Size(area.Length),
                Markup.Escape(area.Detail));
        }

        console.Write(table);
    }

    /// <summary>Shares the width by size, but gives each partition enough to be seen.</summary>
    private static int[] Widths(IReadOnlyList<Area> areas, int width)
    {
        double total = Math.Max(1, areas.Sum(area => (double)area.Length));
        int spare = Math.Max(0, width - (LeastWidth * areas.Count));
        return [.. areas.Select(area => LeastWidth + (int)(spare * (area.Length / total)))];
    }
}
