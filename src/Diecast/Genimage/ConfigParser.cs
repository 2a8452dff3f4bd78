using System.Text;
using Diecast.Definitions;

namespace Diecast.Genimage;

/// <summary>Reads a configuration with the files that it includes. What an option means is not looked at.</summary>
internal sealed class ConfigParser(IReadOnlyList<string> includePaths, Func<string, string?> environment)
{
    private const int DeepestSection = 16;
    private const int DeepestInclude = 10;
    private const int MostIncludes = 1000;
    private int _included;
    private int _sources;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigException">It is not there, or is no configuration.</exception>
    internal ConfigSection Read(string path)
    {
        var top = new ConfigSection("", null, new ConfigPosition(SourceOf(path, ""), 1, 1));
        ReadInto(top, path, top.Position, 0, 0);
        return top;
    }

    /// <summary>Reads a text.</summary>
    internal ConfigSection ReadText(string text, string name)
    {
        DefinitionSource source = SourceOf(name, text);
        var top = new ConfigSection("", null, new ConfigPosition(source, 1, 1));
        var lexer = new ConfigLexer(source, environment);
        ReadSection(lexer, top, isOuter: true, 0, 0);
        return top;
    }

    private DefinitionSource SourceOf(string name, string text) => DefinitionSource.File(name, text, "", _sources++);

    private void ReadInto(ConfigSection section, string path, ConfigPosition asked, int depth, int includes)
    {
        string text;
        try
        {
            text = File.ReadAllText(path == "-" ? "/dev/stdin" : path, Encoding.UTF8);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw includes == 0
                ? new BuildException($"{path}: the configuration cannot be read: {exception.Message}", "name it with --config=", null, exception)
                : asked.Wrong($"{path} cannot be read: {exception.Message}");
        }

        ReadSection(new ConfigLexer(SourceOf(path, text), environment), section, isOuter: true, depth, includes);
    }

    private void ReadSection(ConfigLexer lexer, ConfigSection section, bool isOuter, int depth, int includes)
    {
        while (true)
        {
            ConfigToken word = lexer.Next();
            if (word.Kind == ConfigTokenKind.End)
            {
                if (!isOuter)
                    throw word.Position.Wrong($"the section {section.Name} of line {section.Position.Line} does not end", "end it with }");
                return;
            }

            if (word.Is("}") && !isOuter)
                return;
            if (word.Kind != ConfigTokenKind.Text)
                throw word.Position.Wrong($"{word.Text} stands where the name of an option or section does");
            ReadStatement(lexer, section, word, depth, includes);
        }
    }

    private void ReadStatement(ConfigLexer lexer, ConfigSection section, ConfigToken word, int depth, int includes)
    {
        ConfigToken next = lexer.Next();
        if (next.Is("=") || next.Is("+="))
        {
            section.Set(ReadValue(lexer, word), next.Is("+="));
        }
        else if (next.Is("("))
        {
            Include(lexer, section, word, depth, includes);
        }
        else if (next.Is("{") || next.Kind == ConfigTokenKind.Text)
        {
            bool isTitled = next.Kind == ConfigTokenKind.Text;
            if (isTitled && lexer.Next() is var brace && !brace.Is("{"))
                throw brace.Position.Wrong($"{brace.Text} stands where {{ does, after {word.Text} {next.Text}", $"write {word.Text} {next.Text} {{ ... }} for a section, {word.Text} = {next.Text} for an option");
            if (depth >= DeepestSection)
                throw word.Position.Wrong("sections stand too deep in each other");
            var inner = new ConfigSection(word.Text, isTitled ? next.Text : null, word.Position);
            ReadSection(lexer, inner, isOuter: false, depth + 1, includes);
            section.Add(inner);
        }
        else
        {
            throw next.Position.Wrong($"{next.Text} stands after {word.Text} where = or {{ does");
        }
    }

    private static ConfigOption ReadValue(ConfigLexer lexer, ConfigToken name)
    {
        ConfigToken first = lexer.Next();
        if (first.Kind == ConfigTokenKind.Text)
            return new ConfigOption(name.Text, [first.Text], false, name.Position, first.Position);
        if (!first.Is("{"))
            throw first.Position.Wrong($"{first.Text} stands where the value of {name.Text} does");
        var values = new List<string>();
        while (true)
        {
            ConfigToken value = lexer.Next();
            if (value.Is("}"))
                return new ConfigOption(name.Text, values, true, name.Position, first.Position);
            if (value.Kind != ConfigTokenKind.Text)
                throw value.Position.Wrong($"{value.Text} stands where a value of the list {name.Text} does");
            values.Add(value.Text);
            ConfigToken mark = lexer.Next();
            if (mark.Is("}"))
                return new ConfigOption(name.Text, values, true, name.Position, first.Position);
            if (!mark.Is(","))
                throw mark.Position.Wrong($"{mark.Text} stands in the list {name.Text} where a comma does");
        }
    }

    private void Include(ConfigLexer lexer, ConfigSection section, ConfigToken function, int depth, int includes)
    {
        if (function.Text != "include")
            throw function.Position.Wrong($"there is no function {function.Text}", "only include(\"FILE\") is one");
        ConfigToken file = lexer.Next();
        if (file.Kind != ConfigTokenKind.Text)
            throw file.Position.Wrong($"{file.Text} stands where the file to include does");
        if (lexer.Next() is var end && !end.Is(")"))
            throw end.Position.Wrong($"{end.Text} stands where ) does");
        if (includes >= DeepestInclude || ++_included > MostIncludes)
            throw function.Position.Wrong($"{file.Text} is not included: files include each other too deep", "a file cannot include itself");
        string path = Path.IsPathRooted(file.Text)
            ? file.Text
            : includePaths.Select(folder => Path.Combine(folder, file.Text)).FirstOrDefault(File.Exists) ?? file.Text;
        if (!File.Exists(path))
            throw function.Position.Wrong($"there is no file {file.Text} to include", "name its folder with --includepath=; the current one is looked into last");
        ReadInto(section, path, function.Position, depth, includes + 1);
    }
}
