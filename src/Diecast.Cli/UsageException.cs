namespace Diecast.Cli;

/// <summary>The command was called in a way that cannot be meant.</summary>
internal sealed class UsageException(string message) : Exception(message);
