using System.Text;

namespace Diecast.Genimage;

/// <summary>Writes a configuration with everything in it that was included, and every variable replaced.</summary>
internal static class ConfigDump
{
    internal static string Text(ConfigSection top)
    {
        var text = new StringBuilder();
        Write(text, top, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, ConfigSection section, int depth)
    {
        foreach (ConfigOption option in section.Options)
        {
            string values = string.Join(", ", option.Values.Select(Quote));
            Line(text, depth, $"{option.Name} = {(option.IsList ? $"{{{values}}}" : values)}");
        }

        foreach (ConfigSection inner in section.Sections)
        {
            Line(text, depth, inner.Title is { } title ? $"{inner.Name} {Quote(title)} {{" : $"{inner.Name} {{");
            Write(text, inner, depth + 1);
            Line(text, depth, "}");
        }
    }

    private static void Line(StringBuilder text, int depth, string line) => text.Append(' ', depth * 2).Append(line).Append('\n');

    /// <summary>Single quotes, in which nothing is replaced again.</summary>
    private static string Quote(string value) =>
        $"'{value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
}
