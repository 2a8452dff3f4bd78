using Diecast.Building;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>What a build did, as one table, and where its outputs are.</summary>
internal static class ReportTable
{
    internal static void Write(IAnsiConsole console, BuildReport report)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn("step");
        table.AddColumn(new TableColumn("time").RightAligned());
        table.AddColumn(new TableColumn("bytes").RightAligned());
        table.AddColumn("");
        foreach (StepFinished step in report.Steps)
        {
            table.AddRow(
                Markup.Escape(step.Title),
                Units.Time(step.Elapsed),
                step.Bytes > 0 ? Units.Size(step.Bytes) : "",
                Markup.Escape(step.Summary));
        }

        console.Write(table);
        foreach (OutputReport output in report.Outputs)
        {
            var lines = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
            lines.AddRow("output", Markup.Escape(output.Path));
            lines.AddRow("format", output.Format);
            lines.AddRow("size", $"{Units.Size(output.Size)} ({output.Size} bytes), {Units.Size(output.AllocatedSize)} allocated");
            lines.AddRow("sha256", output.Sha256);
            console.Write(lines);
        }
    }
}
