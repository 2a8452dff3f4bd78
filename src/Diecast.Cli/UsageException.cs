namespace Diecast.Cli;

/// <summary>The command was called in a way that cannot be meant.</summary>
internal sealed class UsageException(string message, string? fix = null) : Exception(message)
{
    /// <summary>What to do about it, or null when the message says it.</summary>
    internal string? Fix => fix;
}
