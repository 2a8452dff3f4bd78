namespace Diecast.Definitions;

/// <summary>What a command line sets over the files. Later ones win, flags over <c>--set</c>.</summary>
public sealed record DefinitionOverrides
{
    /// <summary>
    /// Assignments as <c>image.size=4G</c>, <c>image.partitions[0].label=data</c> or <c>system.services[+]=ssh</c> (one
    /// more item). The value is YAML; an empty one gives back the default.
    /// </summary>
    public ValueList<string> Set { get; init; } = [];

    /// <summary>Values of flags and of the environment.</summary>
    public ValueList<FlagOverride> Flags { get; init; } = [];
}

/// <summary>The value of a flag of the command line, taken as it is.</summary>
/// <param name="Flag">Its name for messages, as in <c>--format</c> or <c>SOURCE_DATE_EPOCH</c>.</param>
/// <param name="Path">What it sets, as in <c>image.format</c>.</param>
/// <param name="Value">The value's text.</param>
public sealed record FlagOverride(string Flag, string Path, string Value);
