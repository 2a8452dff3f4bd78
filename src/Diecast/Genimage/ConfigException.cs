using Diecast.Definitions;

namespace Diecast.Genimage;

/// <summary>A fault of a configuration, at its place. Those that are found together are told together.</summary>
internal sealed class ConfigException(DefinitionError error) : FormatException(error.ToString())
{
    /// <summary>The fault.</summary>
    internal DefinitionError Error => error;

    /// <summary>The fault where work has been done already.</summary>
    internal BuildException ToBuildException() => new($"{error.Position}: {error.Message}", error.Fix.Length > 0 ? error.Fix : null, null, this);
}
