namespace Diecast.Definitions;

/// <summary>A definition has faults: all that could be found at once, in the order of their positions.</summary>
/// <param name="errors">The faults; at least one.</param>
public sealed class DefinitionException(IReadOnlyList<DefinitionError> errors)
    : Exception(string.Join('\n', errors))
{
    /// <summary>The faults, in the order of their positions.</summary>
    public IReadOnlyList<DefinitionError> Errors => errors;
}
