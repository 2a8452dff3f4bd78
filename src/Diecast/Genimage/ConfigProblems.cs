using Diecast.Definitions;

namespace Diecast.Genimage;

/// <summary>Collects the faults of a configuration.</summary>
internal sealed class ConfigProblems
{
    /// <summary>A hostile text may have as many as characters.</summary>
    private const int Most = 200;

    private readonly List<DefinitionError> _errors = [];

    internal bool Any => _errors.Count > 0;

    internal void Add(ConfigException exception)
    {
        if (_errors.Count < Most && !_errors.Contains(exception.Error))
            _errors.Add(exception.Error);
    }

    /// <summary>Tells another collection all that is in this one.</summary>
    internal void MoveTo(ConfigProblems other)
    {
        foreach (DefinitionError error in _errors)
            other.Add(new ConfigException(error));
    }

    /// <summary>Does something, and notes the fault that it meets.</summary>
    internal void Try(Action action)
    {
        try
        {
            action();
        }
        catch (ConfigException exception)
        {
            Add(exception);
        }
    }

    /// <summary>Reads something, and notes the fault that it meets.</summary>
    /// <returns>What was read, or null.</returns>
    internal T? Try<T>(Func<T> read)
        where T : class
    {
        T? value = null;
        Try(() => { value = read(); });
        return value;
    }

    /// <exception cref="DefinitionException">There are faults; they are in the order in which they stand in the files.</exception>
    internal void ThrowIfAny()
    {
        if (_errors.Count == 0)
            return;
        // At one place the first that was found comes first.
        throw new DefinitionException([.. _errors.Order(Comparer<DefinitionError>.Create((a, b) => SourcePosition.Compare(a.Position, b.Position)))]);
    }
}
