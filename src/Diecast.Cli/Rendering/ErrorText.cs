using Diecast.Definitions;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>Errors as people read them: what is wrong, then what to do about it.</summary>
internal static class ErrorText
{
    internal static void Write(Terminal terminal, string message, string? fix = null, string? log = null)
    {
        terminal.Error.MarkupLineInterpolated($"[red bold]error:[/] {message}");
        if (fix is not null)
            Hint(terminal, "fix", fix);
        if (log is not null)
            Hint(terminal, "log", log);
    }

    /// <summary>A line that is no error, with what it is before it.</summary>
    internal static void Say(Terminal terminal, string? label, string text)
    {
        if (label is null)
            terminal.Error.MarkupLineInterpolated($"{text}");
        else
            terminal.Error.MarkupLineInterpolated($"[yellow]{label}:[/] {text}");
    }

    /// <summary>A line that helps on.</summary>
    internal static void Hint(Terminal terminal, string label, string text) =>
        terminal.Error.MarkupLineInterpolated($"  [bold]{label}:[/] {text}");

    internal static void Write(Terminal terminal, DefinitionException exception)
    {
        foreach (DefinitionError error in exception.Errors)
        {
            string place = error.Position is null ? "error:" : error.Position + ":";
            string path = error.Path.Length > 0 ? error.Path + ": " : "";
            string value = error.Value is null ? "" : $": '{error.Value}'";
            terminal.Error.MarkupLineInterpolated($"[bold]{place}[/] {path}{error.Message}{value}");
            string excerpt = SourceExcerpt.Render(error);
            if (excerpt.Length > 0)
                terminal.Error.MarkupLineInterpolated($"[dim]{excerpt}[/]");
            if (error.Rule.Length > 0)
                Hint(terminal, "rule", error.Rule);
            if (error.Fix.Length > 0)
                Hint(terminal, "fix", error.Fix);
        }

        string count = exception.Errors.Count == 1 ? "1 error" : $"{exception.Errors.Count} errors";
        terminal.Error.MarkupLineInterpolated($"[red bold]{count}[/] in the definition; nothing was done");
    }
}
