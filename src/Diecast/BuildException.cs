namespace Diecast;

/// <summary>A build failed for a reason that its user can act on.</summary>
/// <param name="message">A plain sentence: what failed and why.</param>
/// <param name="fix">What to do about it, or null when the message says it.</param>
/// <param name="log">Path of a log with the whole story, or null.</param>
/// <param name="inner">What led to it, or null.</param>
public sealed class BuildException(string message, string? fix = null, string? log = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What to do about it, or null when the message says it.</summary>
    public string? Fix => fix;

    /// <summary>Path of a log with the whole story, or null.</summary>
    public string? Log => log;
}
