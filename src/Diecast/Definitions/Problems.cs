using System.Text;

namespace Diecast.Definitions;

/// <summary>Collects faults. A value that could not be read is faulty once: rules about it or inside it are left out.</summary>
internal sealed class Problems(DefinitionOrigins origins)
{
    private const int LongestValue = 80;

    /// <summary>Most faults that are kept: more are of no use, and a hostile text may have as many as characters.</summary>
    private const int MostErrors = 1000;

    private readonly List<DefinitionError> _errors = [];
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>Whether so many faults are noted that further ones are not.</summary>
    internal bool HasEnough => _errors.Count >= MostErrors;

    internal bool Any => _errors.Count > 0;

    /// <summary>Whether a fault of the value at a path, or of a part of it, is noted.</summary>
    internal bool HasAt(string path) => _errors.Exists(e =>
        e.Path.StartsWith(path, StringComparison.Ordinal) && (e.Path.Length == path.Length || e.Path[path.Length] is '.' or '['));

    /// <summary>Notes a fault of the value at a path.</summary>
    internal void Add(string path, string message, string? value, string rule, string fix)
    {
        if (!HasEnough && !IsUnreadable(path))
            AddAt(origins.Nearest(path), path, message, value, rule, fix);
    }

    /// <summary>Notes a fault of a value that may not be shown.</summary>
    internal void AddSecret(string path, string message, string rule, string fix)
    {
        if (!HasEnough && !IsUnreadable(path))
            _errors.Add(Make(origins.Nearest(path), path, message, null, rule, fix) with { IsSecret = true });
    }

    /// <summary>Notes a fault at a position.</summary>
    internal void AddAt(SourcePosition? position, string path, string message, string? value, string rule, string fix)
    {
        if (!HasEnough)
            _errors.Add(Make(position, path, message, value, rule, fix));
    }

    /// <summary>Says that the value at a path stands for nothing; its fault is noted by the caller.</summary>
    internal void MarkUnreadable(string path) => _unreadable.Add(path);

    internal IReadOnlyList<DefinitionError> Sorted()
    {
        var sorted = new List<DefinitionError>(_errors.Distinct());
        // Ties keep no order of discovery: path and message decide.
        sorted.Sort((a, b) =>
        {
            int order = SourcePosition.Compare(a.Position, b.Position);
            if (order == 0)
                order = string.CompareOrdinal(a.Path, b.Path);
            return order != 0 ? order : string.CompareOrdinal(a.Message, b.Message);
        });
        if (HasEnough)
            sorted.Add(Make(null, "", "too many faults", null, $"the first {MostErrors} found are told", "correct them to see the others"));
        return sorted;
    }

    internal void ThrowIfAny()
    {
        if (Any)
            throw new DefinitionException(Sorted());
    }

    /// <summary>The value for one line of a message: shortened, control characters made visible.</summary>
    internal static string Show(string value)
    {
        var shown = new StringBuilder();
        foreach (char c in value)
        {
            if (shown.Length >= LongestValue)
                return shown.Append('…').ToString();
            switch (c)
            {
                case '\n':
                    shown.Append("\\n");
                    break;
                case '\t':
                    shown.Append("\\t");
                    break;
                default:
                    shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
                    break;
            }
        }

        return shown.ToString();
    }

    private static DefinitionError Make(
        SourcePosition? position, string path, string message, string? value, string rule, string fix) => new()
        {
            Position = position,
            Path = path,
            Message = message,
            Value = value is null ? null : Show(value),
            Rule = rule,
            Fix = fix,
        };

    private bool IsUnreadable(string path)
    {
        if (_unreadable.Count == 0)
            return false;
        for (string at = path; ; at = DefinitionOrigins.Parent(at))
        {
            if (_unreadable.Contains(at))
                return true;
            if (at.Length == 0)
                return false;
        }
    }
}
