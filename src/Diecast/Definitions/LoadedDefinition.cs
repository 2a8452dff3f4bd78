namespace Diecast.Definitions;

/// <summary>A definition that was read and found to be free of faults.</summary>
public sealed record LoadedDefinition
{
    /// <summary>The effective values.</summary>
    public required Definition Definition { get; init; }

    /// <summary>Where they come from.</summary>
    public required DefinitionOrigins Origins { get; init; }

    /// <summary>SHA-256 of the effective values in lower-case hexadecimal, see <see cref="DefinitionDigest"/>.</summary>
    public required string Digest { get; init; }

    /// <summary>The seed of every id: the definition's own, else one from the digest.</summary>
    public Guid Seed => Definition.Seed ?? DefinitionDigest.Seed(Digest);

    /// <summary>The files that were read: the definition, then what it includes, in the order of reading.</summary>
    public required ValueList<DefinitionSource> Files { get; init; }
}
