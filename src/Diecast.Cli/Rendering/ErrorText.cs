using Diecast.Definitions;
using Spectre.Console;

namespace Diecast.Cli.Rendering;

/// <summary>Errors as people read them: what is wrong, then what to do about it.</summary>
internal static class ErrorText
{
    internal static void Write(Terminal terminal, string message, string? fix = null, string? log = null)
    {
        // Only the label is rendered: a message is never broken in two, because people copy paths out of it.
        Label(terminal, "[red bold]error:[/] ", message);
        if (fix is not null)
            Label(terminal, "  [bold]fix:[/] ", fix);
        if (log is not null)
            Label(terminal, "  [bold]log:[/] ", log);
    }

    internal static void Write(Terminal terminal, DefinitionException exception)
    {
        TextWriter writer = terminal.Error.Profile.Out.Writer;
        foreach (DefinitionError error in exception.Errors)
        {
            writer.WriteLine(error);
            string excerpt = SourceExcerpt.Render(error);
            if (excerpt.Length > 0)
                writer.WriteLine(excerpt);
        }

        string count = exception.Errors.Count == 1 ? "1 error" : $"{exception.Errors.Count} errors";
        writer.WriteLine($"{count} in the definition; nothing was done");
    }

    private static void Label(Terminal terminal, string label, string text)
    {
        terminal.Error.Markup(label);
        terminal.Error.Profile.Out.Writer.WriteLine(text);
    }
}
