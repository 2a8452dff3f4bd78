using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Diecast.Definitions.Yaml;

/// <summary>
/// Reads one YAML document into nodes, from the events of YamlDotNet's parser. No scalar is given a type here.
/// Aliases are allowed, and bounded; merge keys, tags and further documents are refused.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Deepest nesting; the deepest definition has about 8.</summary>
    private const int MaxDepth = 64;

    /// <summary>Most nodes with every alias written out, which ends a document that doubles itself again and again.</summary>
    private const int MaxNodes = 200_000;

    private readonly DefinitionSource _source;
    private readonly Problems _problems;
    private readonly int _firstColumn;
    private readonly Parser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private YamlReader(DefinitionSource source, string text, int firstColumn, Problems problems)
    {
        (_source, _firstColumn, _problems) = (source, firstColumn, problems);
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a source; null after a fault that ends the reading, which is noted. An empty text is an unset scalar.</summary>
    internal static YamlNode? Read(DefinitionSource source, Problems problems) => Read(source, source.Text, 0, problems);

    /// <summary>Reads the end of a source's only line, from a column (0 is the first).</summary>
    internal static YamlNode? ReadFrom(DefinitionSource source, int column, Problems problems) =>
        Read(source, source.Text[column..], column, problems);

    private static YamlNode? Read(DefinitionSource source, string text, int firstColumn, Problems problems)
    {
        if (SourceText.FindControlCharacter(text) is { } bad)
        {
            problems.AddAt(
                new SourcePosition(source, bad.Line, bad.Column), "", "control character",
                string.Create(CultureInfo.InvariantCulture, $"U+{(int)bad.Character:X4}"),
                "YAML is made of printable characters, tabs and line feeds", "remove it, or write it as an escape in double quotes");
            return null;
        }

        var reader = new YamlReader(source, text, firstColumn, problems);
        try
        {
            return reader.ReadDocument();
        }
        catch (RefusedException)
        {
            return null;
        }
        catch (YamlException e)
        {
            reader.AddSyntaxError(e, text);
            return null;
        }
    }

    private YamlNode ReadDocument()
    {
        YamlNode? document = null;
        while (_parser.MoveNext())
        {
            switch (_parser.Current)
            {
                case DocumentStart start when document is not null:
                    throw Refuse(At(start.Start), "second document", null,
                        "a definition is one YAML document", "put it into a file of its own and name that under include:");
                case StreamStart or StreamEnd or DocumentStart or DocumentEnd or Comment:
                    break;
                default:
                    document = ReadNode(0);
                    break;
            }
        }

        return document ?? YamlScalar.Unset(new SourcePosition(_source, 1, 1 + _firstColumn));
    }

    private YamlNode ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        SourcePosition position = At(current.Start);
        if (depth > MaxDepth)
            throw Refuse(position, "nested too deep", null, $"values are nested at most {MaxDepth} deep", "flatten it");
        if (current is AnchorAlias alias)
            return Resolve(alias, position);

        var start = (NodeEvent)current;
        if (!start.Tag.IsEmpty)
        {
            _problems.AddAt(position, "", "tag", start.Tag.ToString(),
                "every value is read as text and typed by its key", "remove the tag");
        }

        YamlNode node = start switch
        {
            Scalar scalar => new YamlScalar(position, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadSequence(position, depth),
            MappingStart => ReadMapping(position, depth),
            _ => throw new InvalidOperationException($"The YAML parser sent {start} where a value starts."),
        };
        // Known to later aliases only, so that a value cannot hold itself.
        if (!start.Anchor.IsEmpty)
            _anchors[start.Anchor.Value] = node;
        return Bounded(node, position);
    }

    private YamlNode Resolve(AnchorAlias alias, SourcePosition position) =>
        _anchors.TryGetValue(alias.Value.Value, out YamlNode? node)
            ? Bounded(node, position)
            : throw Refuse(position, "unknown alias", $"*{alias.Value.Value}",
                "an alias repeats a value that is complete before it", $"mark that value with &{alias.Value.Value}");

    private YamlSequence ReadSequence(SourcePosition position, int depth)
    {
        var items = new List<YamlNode>();
        long weight = 0;
        while (Next() is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
            Bound(weight += items[^1].Weight, position);
        }

        return new YamlSequence(position, items);
    }

    private YamlMapping ReadMapping(SourcePosition position, int depth)
    {
        var entries = new List<YamlEntry>();
        var keys = new Dictionary<string, YamlScalar>(StringComparer.Ordinal);
        long weight = 0;
        while (Next() is not MappingEnd)
        {
            YamlNode keyNode = ReadNode(depth + 1);
            Next();
            YamlNode value = ReadNode(depth + 1);
            Bound(weight += value.Weight, position);
            if (keyNode is not YamlScalar key)
            {
                _problems.AddAt(keyNode.Position, "", $"{keyNode.Kind} as a key", null, "a key is a name", "write one key: value pair for each");
            }
            else if (key.Text == "<<")
            {
                _problems.AddAt(key.Position, "", "merge key", "<<", "merge keys are not read", "name the common part's file under include:");
            }
            else if (!keys.TryAdd(key.Text, key))
            {
                SourcePosition first = keys[key.Text].Position!;
                _problems.AddAt(key.Position, "", "key given twice", key.Text,
                    string.Create(CultureInfo.InvariantCulture, $"the first is on line {first.Line}; a key stands once in a map"), "remove one");
            }
            else
            {
                entries.Add(new YamlEntry(key, value));
            }
        }

        return new YamlMapping(position, entries);
    }

    private ParsingEvent Next()
    {
        do
        {
            if (!_parser.MoveNext())
                throw new InvalidOperationException("The YAML parser ended inside a value.");
        }
        while (_parser.Current is Comment);

        return _parser.Current!;
    }

    private YamlNode Bounded(YamlNode node, SourcePosition position)
    {
        Bound(node.Weight, position);
        return node;
    }

    private void Bound(long weight, SourcePosition position)
    {
        if (weight > MaxNodes)
            throw Refuse(position, "too many values", null, $"a definition has at most {MaxNodes} values with its aliases written out", "make it smaller");
    }

    private SourcePosition At(Mark mark) =>
        new(_source, (int)mark.Line, (int)mark.Column + (mark.Line == 1 ? _firstColumn : 0));

    private RefusedException Refuse(SourcePosition position, string message, string? value, string rule, string fix)
    {
        _problems.AddAt(position, "", message, value, rule, fix);
        return new RefusedException();
    }

    private void AddSyntaxError(YamlException e, string text)
    {
        SourcePosition position = At(e.Start);
        // The scanner stops where the tab's consequences show; the tab itself is what the user has to change.
        if (SourceText.FindIndentingTab(text, position.Line) is { } tab)
        {
            _problems.AddAt(position with { Line = tab.Line, Column = tab.Column }, "", "tab in the indentation", null,
                "YAML is indented by spaces", "replace the tab by spaces");
            return;
        }

        string message = e.Message.Length == 0 ? "cannot be read" : char.ToLowerInvariant(e.Message[0]) + e.Message[1..].TrimEnd('.');
        _problems.AddAt(position, "", "not YAML", null, message, "correct the syntax here or just above");
    }

    /// <summary>Ends the reading; the fault is noted already.</summary>
    private sealed class RefusedException() : YamlException("refused");
}
