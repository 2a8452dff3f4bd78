namespace Diecast.Definitions;

/// <summary>What a command line sets over the files: profiles, then <c>--set</c>, then flags. Later ones win.</summary>
public sealed record DefinitionOverrides
{
    /// <summary>
    /// The value that names the image type. A flag that sets it brings the formats of a type which takes only some, as the
    /// definition's were meant for another.
    /// </summary>
    internal const string TypePath = "image.type";

    /// <summary>
    /// Assignments as <c>image.size=4G</c>, <c>image.partitions[0].label=data</c> or <c>system.services[+]=ssh</c> (one
    /// more item). The value is YAML; an empty one gives back the default.
    /// </summary>
    public ValueList<string> Set { get; init; } = [];

    /// <summary>
    /// Names of the definition's profiles to lay over the files, a later one over an earlier. Default: none.
    /// </summary>
    public ValueList<string> Profiles { get; init; } = [];

    /// <summary>
    /// Directories of image types, each a file NAME.yaml; the first that has a type gives it, and <c>types</c> beside the
    /// definition is the last. Default: none.
    /// </summary>
    public ValueList<string> TypeDirectories { get; init; } = [];

    /// <summary>Values of flags and of the environment.</summary>
    public ValueList<FlagOverride> Flags { get; init; } = [];
}

/// <summary>The value of a flag of the command line, taken as it is.</summary>
/// <param name="Flag">Its name for messages, as in <c>--format</c> or <c>SOURCE_DATE_EPOCH</c>.</param>
/// <param name="Path">What it sets, as in <c>image.format</c>.</param>
/// <param name="Value">The value's text.</param>
public sealed record FlagOverride(string Flag, string Path, string Value);
