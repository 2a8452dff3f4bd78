using Diecast.Building;

namespace Diecast.Cli.Rendering;

/// <summary>What a build did, as one table, and where its outputs are.</summary>
internal static class ReportTable
{
    internal static void Write(Terminal terminal, BuildReport report)
    {
        var steps = new TextTable(1, 2);
        steps.Add(Head("step"), Head("time"), Head("bytes"));
        foreach (StepFinished step in report.Steps)
        {
            steps.Add(
                step.Title,
                Units.Time(step.Elapsed),
                step.Bytes > 0 ? Units.Size(step.Bytes) : "",
                new TextTable.Cell(step.Summary, "dim"));
        }

        TimeSpan total = report.Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Elapsed);
        steps.Add(Head("total"), Head(Units.Time(total)));
        steps.Write(terminal);
        foreach (OutputReport output in report.Outputs)
        {
            var lines = new TextTable();
            lines.Add(Name("output"), new TextTable.Cell(output.Path, "bold"));
            lines.Add(Name("format"), output.Format);
            lines.Add(Name("size"), $"{Units.Size(output.Size)} ({output.Size} bytes), {Units.Size(output.AllocatedSize)} on the disk");
            if (output.Sha256 is { } sha256)
                lines.Add(Name("sha256"), sha256);
            terminal.Output.Profile.Out.Writer.WriteLine();
            lines.Write(terminal);
        }
    }

    private static TextTable.Cell Head(string text) => new(text, "bold");

    private static TextTable.Cell Name(string text) => new(text, "dim");
}
