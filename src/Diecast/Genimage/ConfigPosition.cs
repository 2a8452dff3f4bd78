using System.Globalization;

namespace Diecast.Genimage;

/// <summary>Where in a configuration something stands.</summary>
/// <param name="File">Path as it was given.</param>
/// <param name="Line">From 1.</param>
internal readonly record struct ConfigPosition(string File, int Line)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}");

    /// <summary>What is wrong there.</summary>
    internal BuildException Wrong(string message, string? fix = null) => new($"{this}: {message}", fix);
}
