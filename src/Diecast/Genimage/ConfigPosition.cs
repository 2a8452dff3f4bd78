using Diecast.Definitions;

namespace Diecast.Genimage;

/// <summary>Where in a configuration something stands.</summary>
/// <param name="Source">The file.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
internal readonly record struct ConfigPosition(DefinitionSource Source, int Line, int Column)
{
    public override string ToString() => new SourcePosition(Source, Line, Column).ToString();

    /// <summary>What is wrong there.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="fix">What to do about it.</param>
    /// <param name="rule">The rule that it breaks, where the message does not say it.</param>
    /// <param name="value">The value that is wrong, which stands there.</param>
    internal ConfigException Wrong(string message, string? fix = null, string? rule = null, string? value = null) => new(new DefinitionError
    {
        Position = new SourcePosition(Source, Line, Column),
        Message = message,
        Value = value,
        Rule = rule ?? "",
        Fix = fix ?? "",
    });
}
