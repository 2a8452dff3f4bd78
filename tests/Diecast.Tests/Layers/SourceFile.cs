using System.Text.RegularExpressions;

namespace Diecast.Tests.Layers;

/// <summary>A source file of the product: where it stands, what it declares and which of our namespaces it names.</summary>
/// <param name="Path">Path below <c>src/</c>.</param>
/// <param name="Namespace">The namespace that it declares; empty where it has none.</param>
/// <param name="References">The namespaces of ours that it names, by a using or in a qualified name.</param>
internal sealed partial record SourceFile(string Path, string Namespace, IReadOnlyList<string> References)
{
    internal string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('/', '.');

    /// <summary>Every file of the product.</summary>
    internal static IReadOnlyList<SourceFile> All { get; } = ReadAll();

    /// <summary>Whether a namespace is another or lies in it.</summary>
    internal static bool IsWithin(string name, string outer) =>
        name == outer || name.StartsWith(outer + ".", StringComparison.Ordinal);

    /// <summary>
    /// The namespaces that a text names, as C# looks them up: a dotted name is tried in the text's own namespace, then
    /// in each that encloses it. Comments and literals name nothing.
    /// </summary>
    internal static IReadOnlyList<string> FindReferences(string text, string home, IReadOnlySet<string> namespaces)
    {
        string code = Names().Replace(CommentsAndLiterals().Replace(text, "\"\""), "");
        return [.. Qualified().Matches(code)
            .Select(match => Resolve(match.Groups["name"].Value, home, namespaces))
            .OfType<string>()
            .Distinct()
            .Order(StringComparer.Ordinal)];
    }

    private static List<SourceFile> ReadAll()
    {
        string root = Checkout.PathOf("src");
        var texts = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: System.IO.Path.GetRelativePath(root, path), Text: File.ReadAllText(path)))
            .OrderBy(file => file.Path, StringComparer.Ordinal)
            .Select(file => (file.Path, file.Text, Namespace: Names().Match(file.Text).Groups["name"].Value))
            .ToList();
        HashSet<string> namespaces = [.. texts.Select(file => file.Namespace)];
        return [.. texts.Select(file => new SourceFile(file.Path, file.Namespace, FindReferences(file.Text, file.Namespace, namespaces)))];
    }

    private static string? Resolve(string name, string home, IReadOnlySet<string> namespaces)
    {
        for (string outer = home; ; outer = outer[..Math.Max(0, outer.LastIndexOf('.'))])
        {
            for (string inner = name; inner.Length > 0; inner = inner[..Math.Max(0, inner.LastIndexOf('.'))])
            {
                string candidate = outer.Length > 0 ? $"{outer}.{inner}" : inner;
                if (namespaces.Contains(candidate))
                    return candidate;
            }

            if (outer.Length == 0)
                return null;
        }
    }

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\"{3}.*?\"{3}|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])+'""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndLiterals();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Names();

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(?<name>[\w.]+)|(?<![\w.])(?:global::)?(?<name>[A-Z]\w*(?:\.\w+)+)", RegexOptions.Multiline)]
    private static partial Regex Qualified();
}
