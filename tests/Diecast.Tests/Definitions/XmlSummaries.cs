using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Diecast.Tests.Definitions;

/// <summary>The summaries of the model's types, properties and enumeration members, from the compiler's documentation file.</summary>
internal static partial class XmlSummaries
{
    /// <summary><c>Partition.Label</c> and its text, in ordinal order.</summary>
    internal static SortedDictionary<string, string> Read(IReadOnlyCollection<Type> types)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        XDocument document = XDocument.Load(Path.ChangeExtension(typeof(Definition).Assembly.Location, ".xml"), LoadOptions.PreserveWhitespace);
        var members = document.Descendants("member").ToDictionary(m => m.Attribute("name")!.Value);
        foreach (Type type in types)
        {
            XElement member = members[$"T:{type.FullName}"];
            texts[type.Name] = Text(member.Element("summary")!);
            foreach (XElement parameter in member.Elements("param"))
                texts[$"{type.Name}.{parameter.Attribute("name")!.Value}"] = Text(parameter);
            foreach ((string name, XElement inner) in members)
            {
                Match match = Regex.Match(name, $"^[PF]:{Regex.Escape(type.FullName!)}\\.(\\w+)$");
                if (match.Success && inner.Element("summary") is { } summary)
                    texts[$"{type.Name}.{match.Groups[1].Value}"] = Text(summary);
            }
        }

        return texts;
    }

    private static string Text(XElement element)
    {
        var text = new StringBuilder();
        foreach (XNode node in element.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "see" } see => $"`{KeyOf(see.Attribute("cref")!.Value)}`",
                _ => throw new InvalidOperationException($"The summaries of the model have no <{node}>."),
            });
        }

        return Space().Replace(text.ToString(), " ").Trim();
    }

    /// <summary>A reference to a property or choice as it is written in a definition.</summary>
    private static string KeyOf(string reference)
    {
        string name = reference[(reference.LastIndexOf('.') + 1)..];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
