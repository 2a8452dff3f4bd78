namespace Diecast.Systems;

/// <summary>One thing that is declared and cannot be done with this base.</summary>
/// <param name="Message">What is wrong, a plain sentence without a full stop.</param>
/// <param name="Fix">What to change, a plain sentence without a full stop.</param>
public sealed record SystemConfigurationError(string Message, string Fix)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Message}; {Fix}";
}

/// <summary>A declared system does not fit its base: a unit, zone, locale, group or source is not there.</summary>
public sealed class SystemConfigurationException : Exception
{
    /// <summary>One error.</summary>
    /// <param name="message">What is wrong, a plain sentence without a full stop.</param>
    /// <param name="fix">What to change, a plain sentence without a full stop.</param>
    public SystemConfigurationException(string message, string fix)
        : this([new SystemConfigurationError(message, fix)])
    {
    }

    /// <summary>All the errors of a run.</summary>
    public SystemConfigurationException(ValueList<SystemConfigurationError> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>The errors, in the order in which they were met; at least one.</summary>
    public ValueList<SystemConfigurationError> Errors { get; }
}
