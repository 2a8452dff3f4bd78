using System.Globalization;
using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions;

/// <summary>One effective value of a definition.</summary>
/// <param name="Path">Its path, as in <c>image.partitions[0].size</c>.</param>
/// <param name="Value">The value as it may be written; null when nothing is set.</param>
/// <param name="Position">Where it is written; null for a default.</param>
public sealed record EffectiveValue(string Path, string? Value, SourcePosition? Position)
{
    /// <summary>Where it comes from: <c>default</c>, <c>file:line:column</c>, or a flag with its argument.</summary>
    public string Origin => Position?.ToString() ?? "default";
}

/// <summary>Prints definitions.</summary>
public static class DefinitionPrinter
{
    /// <summary>Every effective value in the order of the reference, defaults too.</summary>
    public static IReadOnlyList<EffectiveValue> Rows(Definition definition, DefinitionOrigins? origins = null)
    {
        var rows = new List<EffectiveValue>();
        AddRows(rows, DefinitionShape.Shape.Print(definition, PrintMode.Full), "", origins ?? DefinitionOrigins.None);
        return rows;
    }

    /// <summary>
    /// The definition as canonical YAML: what differs from the defaults, in one order and one form. Reading it in the
    /// definition's directory gives an equal definition.
    /// </summary>
    public static string ToYaml(Definition definition) =>
        YamlWriter.Write((YamlMapping)DefinitionShape.Shape.Print(definition, PrintMode.Compact));

    private static void AddRows(List<EffectiveValue> rows, YamlNode node, string path, DefinitionOrigins origins)
    {
        switch (node)
        {
            case YamlMapping { Entries.Count: > 0 } mapping:
                foreach (YamlEntry entry in mapping.Entries)
                    AddRows(rows, entry.Value, DefinitionOrigins.Join(path, entry.Key.Text), origins);
                break;
            case YamlSequence { Items.Count: > 0 } sequence:
                for (int i = 0; i < sequence.Items.Count; i++)
                    AddRows(rows, sequence.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), origins);
                break;
            default:
                string? value = node switch
                {
                    YamlScalar { IsUnset: true } => null,
                    YamlScalar scalar => YamlWriter.Scalar(scalar),
                    YamlSequence => "[]",
                    _ => "{}",
                };
                rows.Add(new EffectiveValue(path, value, origins[path]));
                break;
        }
    }
}
