using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>A section beside those that unified kernel images have.</summary>
/// <param name="Name">Its name: a point and one to seven letters, digits, points, hyphens or underscores, as in <c>.extra</c>.</param>
/// <param name="Content">What it holds.</param>
public sealed record UkiSection(string Name, Blob Content);
