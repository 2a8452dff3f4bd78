namespace Diecast.Formats.Inspection;

/// <summary>Something that a content says of itself.</summary>
/// <param name="Name">What it is, as in <c>cipher</c>.</param>
/// <param name="Value">What it says, as in <c>aes-xts-plain64</c>.</param>
public readonly record struct ContentFact(string Name, string Value);
