namespace Diecast.Boot;

/// <summary>A tree cannot be made to boot as it is: something is missing from it, or what is declared cannot be.</summary>
/// <param name="message">What is missing or wrong, and what to do about it.</param>
/// <param name="inner">What led to it, or null.</param>
public sealed class BootException(string message, Exception? inner = null) : Exception(message, inner);
