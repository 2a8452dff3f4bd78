using System.Text;

namespace Diecast.Repart.Definitions;

/// <summary>Reads the lines of a definition file (systemd.syntax(7)).</summary>
internal static class SettingsFile
{
    private const string Section = "Partition";

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The assignments in the section <c>[Partition]</c>, in order.</summary>
    /// <exception cref="BuildException">The file cannot be read, or is not UTF-8.</exception>
    internal static List<SettingLine> Read(DefinitionFile file, RepartLog log)
    {
        string path = file.Path;
        string text;
        try
        {
            text = Utf8.GetString(file.Read());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new BuildException($"{path}: {exception.Message}", null, null, exception);
        }

        var lines = new List<SettingLine>();
        string? section = null;
        string pending = "";
        string[] raw = text.TrimStart('\uFEFF').Split('\n');
        for (int i = 0; i < raw.Length; i++)
        {
            string trimmed = raw[i].Trim();
            // A comment within a value that goes on is left out of it.
            if (trimmed.Length > 0 && trimmed[0] is '#' or ';')
                continue;
            string line = pending + (pending.Length > 0 ? trimmed : raw[i].TrimStart());
            int slashes = line.TrimEnd('\r').Length - line.TrimEnd('\r').TrimEnd('\\').Length;
            if (slashes % 2 == 1)
            {
                pending = line.TrimEnd('\r')[..^1] + " ";
                continue;
            }

            pending = "";
            Take(line.Trim(), FormattableString.Invariant($"{path}:{i + 1}"), new SettingLine(path, i + 1, "", ""), ref section, lines, log);
        }

        if (pending.Trim().Length > 0)
            Take(pending.Trim(), FormattableString.Invariant($"{path}:{raw.Length}"), new SettingLine(path, raw.Length, "", ""), ref section, lines, log);
        return lines;
    }

    private static void Take(string line, string where, SettingLine empty, ref string? section, List<SettingLine> lines, RepartLog log)
    {
        if (line.Length == 0)
            return;
        if (line[0] == '[')
        {
            if (line[^1] != ']')
                throw new BuildException($"{where}: the section's name has no closing bracket: {line}");
            section = line[1..^1];
            // Sections that begin with X- are for others.
            if (section != Section && !section.StartsWith("X-", StringComparison.Ordinal))
                log.Warning($"{where}: unknown section [{section}], ignored; definitions have [{Section}] only");
            return;
        }

        int equals = line.IndexOf('=', StringComparison.Ordinal);
        if (section is null)
            log.Warning($"{where}: an assignment outside of a section, ignored; begin with [{Section}]");
        else if (section != Section)
            return;
        else if (equals <= 0)
            log.Warning($"{where}: no assignment, ignored: {line}; a line is KEY=VALUE");
        else
            lines.Add(empty with { Key = line[..equals].TrimEnd(), Value = line[(equals + 1)..].TrimStart() });
    }
}
