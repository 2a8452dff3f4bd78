using Diecast.ImageTypes;

namespace Diecast.Definitions;

/// <summary>A definition that was read, or made in C#, and found to be free of faults.</summary>
public sealed record LoadedDefinition
{
    private LoadedDefinition(Definition definition, DefinitionOrigins origins, ValueList<DefinitionSource> files) =>
        (Definition, Origins, Files, Digest) = (definition, origins, files, DefinitionDigest.Compute(definition));

    /// <summary>The effective values.</summary>
    public Definition Definition { get; }

    /// <summary>Where they come from.</summary>
    public DefinitionOrigins Origins { get; }

    /// <summary>
    /// SHA-256 of the values that are not the defaults, in lower-case hexadecimal: the same however the definition is
    /// written, and for every disk format.
    /// </summary>
    public string Digest { get; }

    /// <summary>The seed of every id: the definition's own, else one from the digest.</summary>
    public Guid Seed => Definition.Seed ?? DefinitionDigest.Seed(Digest);

    /// <summary>The files that were read: the definition, then what it includes, in the order of reading.</summary>
    public ValueList<DefinitionSource> Files { get; }

    /// <summary>Accepts a definition made in C#.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="overrides">What a command line sets over it. Default: nothing.</param>
    /// <exception cref="DefinitionException">It has faults; the exception has all of them.</exception>
    public static LoadedDefinition Of(Definition definition, DefinitionOverrides? overrides = null)
    {
        // Overrides name values as YAML does, so they go over the canonical text and mean the same as over a file.
        // So does an image type of a file.
        bool isOverridden = overrides is not null && overrides.Set.Count + overrides.Flags.Count + overrides.Profiles.Count > 0;
        if (isOverridden || ImageCatalogue.Of(definition) is null)
            return DefinitionReader.ReadAgain(definition, overrides ?? new DefinitionOverrides());
        IReadOnlyList<DefinitionError> errors = DefinitionValidator.Validate(definition);
        return errors.Count > 0 ? throw new DefinitionException(errors) : Validated(definition, DefinitionOrigins.None, []);
    }

    /// <summary>What the reader found to be free of faults.</summary>
    internal static LoadedDefinition Validated(Definition definition, DefinitionOrigins origins, ValueList<DefinitionSource> files) =>
        new(definition, origins, files);
}
