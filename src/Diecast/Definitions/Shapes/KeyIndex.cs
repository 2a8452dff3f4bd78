using System.Collections.Frozen;
using Diecast.Definitions.Records;

namespace Diecast.Definitions.Shapes;

/// <summary>In which maps of a definition a key may stand, to help one that stands in the wrong place.</summary>
internal static class KeyIndex
{
    private static readonly Lazy<FrozenDictionary<string, List<string>>> Paths = new(Build);

    /// <summary>The paths of the maps that have the key, in the order of the reference.</summary>
    internal static IReadOnlyList<string> PathsOf(string key) => Paths.Value.GetValueOrDefault(key, []);

    private static FrozenDictionary<string, List<string>> Build()
    {
        var paths = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        Visit(DefinitionShape.Shape, "", paths);
        return paths.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Visit(Shape shape, string path, Dictionary<string, List<string>> paths)
    {
        foreach ((string key, Shape child) in shape.Children)
        {
            if (key == "[]")
            {
                Visit(child, path + key, paths);
                continue;
            }

            if (!paths.TryGetValue(key, out List<string>? at))
                paths[key] = at = [];
            if (path.Length > 0)
                at.Add(path);
            if (child is not IRecordShape { IsAlwaysShort: true })
                Visit(child, DefinitionOrigins.Join(path, key), paths);
        }
    }
}
