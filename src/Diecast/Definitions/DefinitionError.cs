using System.Text;

namespace Diecast.Definitions;

/// <summary>One fault of a definition: where, what, the value, the rule and the fix.</summary>
public sealed record DefinitionError
{
    /// <summary>Where it is written; null for a definition made in C#.</summary>
    public SourcePosition? Position { get; init; }

    /// <summary>The value's path, as in <c>image.partitions[0].size</c>; empty when it concerns the whole.</summary>
    public string Path { get; init; } = "";

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>The value that is wrong, shortened when it is long; null when there is none to show.</summary>
    public string? Value { get; init; }

    /// <summary>The rule that it breaks.</summary>
    public required string Rule { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Fix { get; init; }

    /// <summary>Whether the value is a secret, so that neither it nor its line may be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary><c>file:line:column: path: what: 'value'; rule; fix</c> in one line.</summary>
    public override string ToString()
    {
        var line = new StringBuilder();
        if (Position is not null)
            line.Append(Position).Append(": ");
        if (Path.Length > 0)
            line.Append(Path).Append(": ");
        line.Append(Message);
        if (Value is not null)
            line.Append(": '").Append(Value).Append('\'');
        return line.Append("; ").Append(Rule).Append("; ").Append(Fix).ToString();
    }
}
