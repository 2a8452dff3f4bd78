using System.Diagnostics.CodeAnalysis;

namespace Diecast.Definitions;

/// <summary>Where each value of a definition comes from.</summary>
public sealed class DefinitionOrigins
{
    private readonly Dictionary<string, SourcePosition> _positions = new(StringComparer.Ordinal);

    internal DefinitionOrigins()
    {
    }

    /// <summary>The origins of a definition made in C#: everything is unplaced.</summary>
    public static DefinitionOrigins None { get; } = new();

    /// <summary>Where the value at a path is written, as in <c>image.size</c>; null for a default.</summary>
    [SuppressMessage("Design", "CA1043:Use integral or string argument for indexers", Justification = "It is a string.")]
    public SourcePosition? this[string path] => _positions.GetValueOrDefault(path);

    /// <summary>Where the value, or the nearest thing around it that is written, stands; null when nothing is.</summary>
    public SourcePosition? Nearest(string path)
    {
        string at = path;
        while (true)
        {
            if (_positions.TryGetValue(at, out SourcePosition? position))
                return position;
            if (at.Length == 0)
                return null;
            at = Parent(at);
        }
    }

    /// <summary>The path of what holds the value: <c>a.b[1].c</c>, <c>a.b[1]</c>, <c>a.b</c>, <c>a</c>, nothing.</summary>
    internal static string Parent(string path)
    {
        int end = path.AsSpan().LastIndexOfAny('.', '[');
        return end < 0 ? "" : path[..end];
    }

    internal static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    internal void Set(string path, SourcePosition position) => _positions[path] = position;
}
